import type { Portal } from '../../domain/portal.ts';
import { isEntitled, isWider } from '../portals/entitled.ts';
import { roomText } from '../portals/say.ts';
import type { CommandCall, CommandDeps } from './command.ts';
import { changed, parseSwitch } from './switches.ts';

/** `/bridge` in the native chat: the links of the channel, for its DJ and admins. */
export async function bridgeHere(call: CommandCall, deps: CommandDeps): Promise<string> {
  const { channel, actor, rest, prefix } = call;
  if (channel === null) return 'There is no such channel.';
  if (!isEntitled(channel.kind, call.rank)) return 'Only the DJ of this chat and admins can see and change its links.';
  const [verb = '', ...more] = rest.split(/\s+/);
  const portals = deps.portals.list().filter((one) => one.channel === channel.id || one.home === channel.id);
  if (verb === '') return listed(portals, call, deps);
  if (verb === 'code') return code(more[0] ?? null, call, deps);
  const index = more.findIndex((word) => /^\d{1,4}$/.test(word));
  const wanted = index < 0 ? null : Number(more[index]);
  const words = more.filter((_, at) => at !== index);
  const portal = wanted === null && portals.length === 1 ? portals[0] : portals[(wanted ?? 0) - 1];
  if (portal === undefined) return `Say which one by its number; see ${prefix}bridge.`;
  if (verb === 'off') {
    const ended = await deps.desk.unlink(portal.id);
    return ended.ok ? 'The link is ended.' : ended.say;
  }
  if (verb === 'test') return (await deps.testLine.send(portal)).say;
  const switches = parseSwitch(verb.toLowerCase(), words);
  if (switches === null) return `That is not understood, ${actor.name}; see ${prefix}help bridge.`;
  if (switches.reach !== undefined && isWider(switches.reach, portal, deps.actsWithin)) {
    return `Acts of moderation may hold in more than that room, so somebody who administers it must allow them there: ${portal.prefix}bridge reach ${switches.reach}`;
  }
  return changed(await deps.desk.change(portal.id, switches), switches, deps);
}

function listed(portals: readonly Portal[], { prefix }: CommandCall, deps: CommandDeps): string {
  const how = `${prefix}bridge code makes a code that links a room: somebody who administers that room writes it there.`;
  if (portals.length === 0) return `This chat is linked with no room. ${how}`;
  const lines = portals.map((one, index) => {
    const platform = deps.bridges().find(({ id }) => id === one.bridge)?.platform ?? one.bridge;
    const state = one.isPaused ? 'paused' : `${one.direction}, reach ${one.reach}`;
    const loop = deps.loopIn(one);
    return `${index + 1}. ${roomText(one, platform)}: ${state}.${loop === null ? '' : ` ${loop}`}`;
  });
  return [...lines, how].join('\n');
}

async function code(name: string | null, { channel, actor }: CommandCall, deps: CommandDeps): Promise<string> {
  if (channel === null) return 'There is no such channel.';
  const refusal = deps.desk.unlinkable(channel.id);
  if (refusal !== null) return refusal.say;
  const found = deps.bridges().filter(({ id, platform }) => [id, platform].some((one) => same(one, name)));
  if (name !== null && found.length !== 1) {
    const known = deps.bridges().map(({ id }) => id);
    return `Name one of the bridges: ${known.join(', ') || 'there are none'}.`;
  }
  const bridge = name === null ? null : (found[0]?.id ?? null);
  const { code: made } = await deps.codes.make({ channel: channel.id, bridge, madeBy: actor.user });
  return `Write this in the room within 10 minutes, as somebody who administers it: !bridge ${made}`;
}

function same(name: string, typed: string | null): boolean {
  return typed !== null && name.toLowerCase() === typed.toLowerCase();
}
