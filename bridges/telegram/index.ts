import { type Bridge, BridgeError, defineBridge, type HubPort, pause } from '../../core/plugin/index.ts';
import { createAlbums } from './albums.ts';
import { createChats } from './chats.ts';
import { type Client, createClient } from './client.ts';
import { EXAMPLE_CONFIG, maxDownloadBytes, parseConfig, type TelegramConfig } from './config.ts';
import { doctor } from './doctor.ts';
import { runInbound } from './inbound.ts';
import { createOutbound } from './outbound.ts';
import { createPictures } from './pictures.ts';
import type { Session } from './session.ts';

/** Chats that are asked about at once. */
const AT_ONCE = 8;
/** Rights, names and reactions of chats change without a word, and Telegram may not have answered the first time. */
const LOOK_AGAIN_MS = 5 * 60_000;
/** A stop waits no longer for what the hub is storing. */
const STOP_MS = 4_000;

export default defineBridge<TelegramConfig>({
  apiVersion: 1,
  platform: 'telegram',
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create: createTelegram,
  doctor,
});

/** What runs between a start and a stop. */
interface Running {
  readonly session: Session;
  readonly stopping: AbortController;
  readonly work: Set<Promise<unknown>>;
  readonly unsubscribe: () => void;
}

function createTelegram(config: TelegramConfig, hub: HubPort): Bridge {
  let running: Running | null = null;

  async function start(signal: AbortSignal): Promise<void> {
    const client = createClient(config);
    try {
      const session = await openSession(client, config, hub, signal);
      await registerCommands(session, hub, signal);
      await lookAround(session, hub, signal);
      signal.throwIfAborted();
      running = run(session, hub);
    } catch (error) {
      client.close();
      throw error;
    }
    hub.status(null, { kind: 'live' });
  }

  async function stop(): Promise<void> {
    const ending = running;
    running = null;
    if (ending === null) return;
    ending.stopping.abort();
    ending.unsubscribe();
    const settled = new AbortController();
    await Promise.race([Promise.allSettled(ending.work), pause(hub.clock, STOP_MS, settled.signal)]);
    settled.abort();
    ending.session.client.close();
  }

  return {
    placement: 'one-hub',
    delivery: 'courier',
    start,
    stop,
    capabilities: createOutbound(() => running?.session ?? null, hub),
  };
}

async function openSession(
  client: Client,
  config: TelegramConfig,
  hub: HubPort,
  signal: AbortSignal,
): Promise<Session> {
  const own = await client.call('getMe', {}, signal);
  if (own.username === undefined) {
    throw new BridgeError('Telegram named no bot', { kind: 'retryable', delivered: 'no' });
  }
  const albums = createAlbums(hub.state);
  await albums.load();
  return {
    client,
    own: { id: own.id, username: own.username },
    pollSeconds: config.pollSeconds,
    albums,
    chats: createChats(client, hub),
    pictures: createPictures(client, hub, maxDownloadBytes(config)),
  };
}

/** So that people find the commands in Telegram's menu. Nothing depends on it. */
async function registerCommands({ client }: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  const commands = hub.commands
    .filter(({ name }) => /^[a-z0-9_]{1,32}$/.test(name))
    .slice(0, 100)
    .map(({ name, summary }) => ({ command: name, description: summary.slice(0, 256) || name }));
  if (commands.length === 0) return;
  try {
    await client.call('setMyCommands', { commands }, signal);
  } catch (error) {
    hub.log.warn({ say: error instanceof Error ? error.message : '' }, 'the commands are not in the menu');
  }
}

/** Asks about the chat of every linked room; one that fails is told to the hub and holds up none. */
async function lookAround({ chats, own }: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  const rooms = hub.rooms.list();
  for (let from = 0; from < rooms.length; from += AT_ONCE) {
    const some = rooms.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ room }) => chats.refresh(room, own.id, signal)));
  }
}

function run(session: Session, hub: HubPort): Running {
  const stopping = new AbortController();
  const work = new Set<Promise<unknown>>();
  const keep = (task: Promise<unknown>): void => {
    work.add(task);
    void task.finally(() => work.delete(task));
  };
  const unsubscribe = hub.rooms.onChange(({ kind, room: { room } }) => {
    if (kind === 'linked') keep(session.chats.refresh(room, session.own.id, stopping.signal));
  });
  const stopLooking = hub.clock.every(LOOK_AGAIN_MS, () => keep(lookAround(session, hub, stopping.signal)));
  keep(runInbound(session, hub, stopping.signal));
  return {
    session,
    stopping,
    work,
    unsubscribe() {
      stopLooking();
      unsubscribe();
    },
  };
}
