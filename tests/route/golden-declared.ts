import discord from '../../bridges/discord/index.ts';
import matrix from '../../bridges/matrix/index.ts';
import telegram from '../../bridges/telegram/index.ts';
import twitch from '../../bridges/twitch/index.ts';
import { systemClock } from '../../core/async/clock.ts';
import { createPortDouble, type PortDouble } from '../../core/contract/port-double.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import type { BridgePlugin } from '../../core/plugin/bridge.ts';
import type { Capabilities, Operations } from '../../core/plugin/operations.ts';
import irc from '../../examples/irc/src/index.ts';
import { ALL_CAPABILITIES, startModernServer } from '../examples/irc/modern-server.ts';
import { openDiscordDouble } from '../fakes/discord-double.ts';
import { openMatrixDouble } from '../fakes/matrix-double.ts';
import { openTelegramDouble } from '../fakes/telegram-double.ts';
import { startTwitch } from '../fakes/twitch.ts';
import { PATIENCE_MS } from '../fakes/until.ts';

/** What a bridge declares of a room in which it has every right that its page asks for. */
export interface Declared {
  readonly title: string;
  readonly limits: { readonly [K in keyof Operations]?: Operations[K][2] };
}

const ROOM = '#club';

/** Asks each bridge, live on the double of its platform. */
export async function declared(): Promise<readonly Declared[]> {
  return [await onDiscord(), await onTwitch(), await onTelegram(), await onMatrix(), ...(await onIrc())];
}

async function onDiscord(): Promise<Declared> {
  const double = await openDiscordDouble();
  const config = { token: double.server.world.token, apiRoot: double.server.apiRoot };
  return ask('Discord', discord, config, double.room, double.stop);
}

async function onTwitch(): Promise<Declared> {
  const world = await startTwitch();
  return ask('Twitch', twitch, world.config(), world.rooms[0], world.stop);
}

async function onTelegram(): Promise<Declared> {
  const { double, server } = await openTelegramDouble();
  const config = { token: server.token, apiRoot: server.url, pollSeconds: 5 };
  return ask('Telegram', telegram, config, double.room, double.stop);
}

async function onMatrix(): Promise<Declared> {
  const { double, config } = await openMatrixDouble();
  return ask('Matrix', matrix, config, double.room, double.stop, (hub) => double.callBy?.(hub.call));
}

/** As most networks are, and one with all that has been added to IRC since. */
async function onIrc(): Promise<readonly Declared[]> {
  const rare = ['draft/relaymsg=/', 'draft/message-redaction', 'draft/chathistory'];
  const plain = await startModernServer({ capabilities: ALL_CAPABILITIES.filter((one) => !rare.includes(one)) });
  const modern = await startModernServer({ relayIn: [ROOM] });
  const config = (port: number) => ({ host: '127.0.0.1', port, tls: false, nick: 'hub' });
  const makeOperator = (server: typeof plain) => () => server.tell(`:services MODE ${ROOM} +o ~me`);
  const room = ROOM as RoomId;
  return [
    await ask('IRC', irc, config(plain.port), room, plain.stop, makeOperator(plain)),
    await ask('IRC (Ergo)', irc, config(modern.port), room, modern.stop, makeOperator(modern)),
  ];
}

async function ask<Config>(
  title: string,
  plugin: BridgePlugin<Config>,
  config: object,
  room: RoomId,
  stop: () => Promise<void>,
  settle: (hub: PortDouble) => void = () => {},
): Promise<Declared> {
  const hub = createPortDouble([room]);
  const bridge = plugin.create(plugin.parseConfig(config), hub.port);
  try {
    await bridge.start(AbortSignal.timeout(PATIENCE_MS));
    settle(hub);
    const can = await untilEntitled(title, () => bridge.capabilities(room));
    return { title, limits: limitsOf(can) };
  } finally {
    await bridge.stop();
    await stop();
  }
}

/** Some learn of their rights only after they have started. */
async function untilEntitled(title: string, look: () => Capabilities): Promise<Capabilities> {
  const end = systemClock.elapsed() + PATIENCE_MS;
  for (;;) {
    const can = look();
    if (can.post !== undefined && can.sanction !== undefined) return can;
    if (systemClock.elapsed() > end) throw new Error(`${title} does not declare what it does with every right`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function limitsOf(can: Capabilities): Declared['limits'] {
  return Object.fromEntries(Object.entries(can).map(([name, { limits }]) => [name, limits]));
}
