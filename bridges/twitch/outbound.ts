import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import type { RemoteRef } from '../../core/domain/message.ts';
import { BridgeError, type Clock, createSerialByKey, pause } from '../../core/plugin/index.ts';
import type { Budget, Capabilities, Post, Sanction } from '../../core/plugin/operations.ts';
import { encodeText, MAX_TEXT, REPEAT_ROOM, repeated } from './encode.ts';
import { commandError } from './failures.ts';
import type { Bench, Helix } from './helix.ts';
import type { Identity } from './oauth.ts';
import { type OwnActs, removalKey, sanctionKey } from './own-acts.ts';
import type { Rights, TwitchRoom } from './rooms.ts';

export const SCOPES = {
  read: 'chat:read',
  write: 'user:write:chat',
  bans: 'moderator:manage:banned_users',
  messages: 'moderator:manage:chat_messages',
  moderated: 'user:read:moderated_channels',
} as const;
/** Lets a broadcaster ask who the moderators are; of no use to others. */
const MODERATORS = 'moderation:read';

const WINDOW_MS = 30_000;
/** Twitch refuses what is said again within this time, in channels where the bot has no standing. */
const REPEAT_MS = 31_000;
/** And more than one message a second. */
const PACE_MS = 1_100;
const REMOVABLE_MS = 6 * 60 * 60_000;
const MAX_TIMEOUT_MS = 1_209_600_000;

export interface OutboundDeps {
  readonly helix: Pick<Helix, 'send' | 'remove' | 'ban' | 'lift' | 'isModerator'>;
  readonly clock: Clock;
  readonly identity: () => Identity | null;
  readonly room: (key: RoomId) => TwitchRoom | null;
  readonly rights: (key: RoomId) => Rights;
  readonly slowMs: (key: RoomId) => number;
  readonly ownActs: Pick<OwnActs, 'expect'>;
  /** Whether the bridge runs: nothing is sent once it has stopped. */
  readonly isOpen: () => boolean;
  /** Whether the badges of that account said so last. */
  readonly isModerator: (key: RoomId, account: AccountId) => boolean;
}

/** What was said in one channel in the last half minute, oldest first, and how often each text was. */
interface Said {
  readonly lines: { readonly text: string; readonly at: number }[];
  readonly times: Map<string, number>;
}

/** What the bot can do in each channel; it changes with its standing there. */
export function createOutbound(deps: OutboundDeps): (key: RoomId) => Capabilities {
  const { helix, clock } = deps;
  /** Of channels that are linked, so there are few. */
  const said = new Map<RoomId, Said>();
  const turns = createSerialByKey<RoomId>();

  function placeOf(key: RoomId): { readonly room: TwitchRoom; readonly self: Identity } {
    const room = deps.room(key);
    const self = deps.identity();
    if (self === null || !deps.isOpen())
      throw new BridgeError('not connected to Twitch', { kind: 'retryable', delivered: 'no' });
    if (room === null) throw new BridgeError('there is no such Twitch channel', { kind: 'permanent', scope: 'portal' });
    return { room, self };
  }

  function benchOf(key: RoomId): Bench {
    const { room, self } = placeOf(key);
    return { broadcaster: room.id, moderator: self.userId };
  }

  async function post(command: Post, signal: AbortSignal): Promise<readonly RemoteRef[]> {
    placeOf(command.room);
    const isTrusted = hasStanding(deps.rights(command.room));
    const text = encodeText(command.text, command.media, limitOf(isTrusted));
    if (text === '') throw commandError('there is nothing in it that Twitch could show');
    if (isTrusted) return send(command, text, signal);
    return turns.run(command.room, async () => {
      await keepPace(command.room, signal);
      return send(command, text, signal);
    });
  }

  async function send(command: Post, text: string, signal: AbortSignal): Promise<readonly RemoteRef[]> {
    const { room, self } = placeOf(command.room);
    const isTrusted = hasStanding(deps.rights(command.room));
    if (signal.aborted) throw new BridgeError('given up', { kind: 'retryable', delivered: 'no' });
    const times = recentIn(command.room).times.get(text) ?? 0;
    try {
      const id = await helix.send(
        {
          broadcaster: room.id,
          sender: self.userId,
          text: isTrusted ? text : repeated(text, times),
          replyTo: command.replyTo?.id ?? null,
          slowMs: deps.slowMs(command.room),
        },
        signal,
      );
      return [{ room: command.room, id }];
    } finally {
      // Twitch counts from when it has it, which is some time before its answer
      note(recentIn(command.room), text);
    }
  }

  function note({ lines, times }: Said, text: string): void {
    lines.push({ text, at: clock.elapsed() });
    times.set(text, (times.get(text) ?? 0) + 1);
  }

  function recentIn(key: RoomId): Said {
    const recent: Said = said.get(key) ?? { lines: [], times: new Map() };
    said.set(key, recent);
    const { lines, times } = recent;
    const before = clock.elapsed() - REPEAT_MS;
    for (let [oldest] = lines; oldest !== undefined && oldest.at <= before; [oldest] = lines) {
      lines.shift();
      const left = (times.get(oldest.text) ?? 0) - 1;
      if (left > 0) times.set(oldest.text, left);
      else times.delete(oldest.text);
    }
    return recent;
  }

  async function keepPace(key: RoomId, signal: AbortSignal): Promise<void> {
    const last = said.get(key)?.lines.at(-1);
    const waitMs = last === undefined ? 0 : last.at + PACE_MS - clock.elapsed();
    if (waitMs > 0) await pause(clock, waitMs, signal);
  }

  /** The chat will tell of it without naming the bot. */
  async function expecting(key: string, act: () => Promise<void>): Promise<void> {
    const takeBack = deps.ownActs.expect(key);
    try {
      await act();
    } catch (error) {
      takeBack();
      throw error;
    }
  }

  async function remove({ room, id }: RemoteRef, signal: AbortSignal): Promise<void> {
    const bench = benchOf(room);
    await expecting(removalKey(id), () => helix.remove(bench, id, signal));
  }

  async function sanction({ room, account, act, until, reason }: Sanction, signal: AbortSignal): Promise<undefined> {
    const bench = benchOf(room);
    const key = sanctionKey(room, account, act);
    switch (act) {
      case 'timeout': {
        // without a length Twitch would make it a ban
        if (until === null || !Number.isFinite(until)) throw commandError('a timeout without an end');
        const seconds = Math.ceil((until - clock.now()) / 1_000);
        if (seconds < 1) return undefined;
        const within = Math.min(seconds, MAX_TIMEOUT_MS / 1_000);
        await expecting(key, () => helix.ban(bench, account, within, reason, signal));
        return undefined;
      }
      case 'ban':
        await expecting(key, () => helix.ban(bench, account, null, reason, signal));
        return undefined;
      case 'lift':
        await helix.lift(bench, account, signal);
        return undefined;
      default:
        return act satisfies never;
    }
  }

  async function standing(key: RoomId, account: AccountId, signal: AbortSignal) {
    const { room, self } = placeOf(key);
    if (account === room.id) return 'owner';
    const canAsk = self.userId === room.id && self.scopes.has(MODERATORS);
    const isMod = canAsk ? await helix.isModerator(room.id, account, signal) : deps.isModerator(key, account);
    return isMod ? 'moderator' : 'member';
  }

  return (key) => {
    const rights = deps.rights(key);
    const scopes = deps.identity()?.scopes ?? null;
    const may = (scope: string): boolean => scopes === null || scopes.has(scope);
    return {
      ...(may(SCOPES.write) && { post: { limits: postLimits(rights), run: post } }),
      ...(rights.isMod &&
        may(SCOPES.messages) && {
          redact: {
            limits: { windowMs: REMOVABLE_MS, maxRefs: 1, others: true },
            async run({ refs }: { refs: readonly RemoteRef[] }, signal: AbortSignal) {
              for (const ref of refs) await remove(ref, signal);
              return undefined;
            },
          },
        }),
      ...(rights.isMod &&
        may(SCOPES.bans) && {
          sanction: {
            limits: {
              acts: ['timeout', 'ban', 'lift'] as const,
              minMs: 1_000,
              maxMs: MAX_TIMEOUT_MS,
              within: 'room' as const,
            },
            run: sanction,
          },
        }),
      authority: { limits: {}, run: ({ room, account }, signal) => standing(room, account, signal) },
    };
  };
}

function hasStanding({ isMod, isVip }: Rights): boolean {
  return isMod || isVip;
}

/** Room is kept for telling a repeated text from the one before. */
function limitOf(isTrusted: boolean): number {
  return isTrusted ? MAX_TEXT : MAX_TEXT - REPEAT_ROOM;
}

function postLimits(rights: Rights) {
  const isTrusted = hasStanding(rights);
  const text = limitOf(isTrusted);
  // counted over the whole account: what is said where it is a moderator counts elsewhere too
  const budget: Budget = { bucket: 'account', count: isTrusted ? 100 : 20, perMs: WINDOW_MS };
  return {
    text,
    caption: text,
    unit: 'code-point',
    speaker: 'prefix',
    reply: true,
    idempotent: false,
    takesSentAt: false,
    maxMedia: 0,
    maxMediaBytes: 0,
    spoiler: false,
    budget,
  } as const;
}
