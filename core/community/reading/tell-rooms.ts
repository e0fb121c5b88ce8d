import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { BridgeId, ChannelId, MessageId, RoomId, Seq, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { Leg } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import type { Signals } from '../../store/ports.ts';

const TOPIC = 'read-here';
/** What one person reads within this time is told once, as far as they got. */
const GATHER_MS = 1_000;
/** People whose reading waits to be told; more are left out. */
const MOST_WAITING = 500;
/** A signal that takes longer tells of the past. */
const WITHIN_MS = 3_000;
/** The newest message that a room has is looked for among so many. */
const LOOK_BACK = 20;

/** Tells rooms what people have read here, where their platform shows that. At most once, and never kept. */
export interface ReadTelling {
  read(actor: Actor, channel: ChannelId, seq: Seq): void;
  stop(): Promise<void>;
}

export interface ReadTellingDeps {
  readonly signals: Signals;
  readonly legs: () => readonly Leg[];
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  /** Where this message stands in the room of this portal. */
  readonly refsOf: (leg: Leg, message: MessageId) => Promise<readonly RemoteRef[]>;
  /** The messages of the channel up to this seq, newest first, at most `limit`. */
  readonly upTo: (channel: ChannelId, seq: Seq, limit: number) => Promise<readonly MessageId[]>;
  readonly isOptedOut: (user: UserId) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Read extends Pick<Actor, 'user' | 'name' | 'platform' | 'avatarUrl'> {
  readonly channel: ChannelId;
  readonly seq: Seq;
}

export function createReadTelling(deps: ReadTellingDeps): ReadTelling {
  const { signals, clock, logger } = deps;
  let waiting = new Map<string, Read>();
  let cancel: (() => void) | null = null;
  let telling: Promise<void> = Promise.resolve();

  function roomsOf(channel: ChannelId) {
    return deps.legs().flatMap((leg) => {
      if (leg.channel !== channel || leg.isPaused || leg.direction === 'in') return [];
      const signal = deps.can(leg.bridge, leg.room)?.signal;
      return signal?.limits.kinds.includes('read') === true ? [{ leg, signal }] : [];
    });
  }

  function take(read: Read): void {
    const key = `${read.user} ${read.channel}`;
    if (deps.isOptedOut(read.user) || (waiting.size >= MOST_WAITING && !waiting.has(key))) return;
    if (roomsOf(read.channel).length === 0 || (waiting.get(key)?.seq ?? -1) >= read.seq) return;
    waiting.set(key, read);
    cancel ??= clock.after(GATHER_MS, () => {
      cancel = null;
      const reads = [...waiting.values()];
      waiting = new Map();
      telling = telling.then(async () => {
        for (const one of reads) await tell(one);
      });
    });
  }

  async function tell(read: Read): Promise<void> {
    const rooms = roomsOf(read.channel);
    try {
      const ids = await deps.upTo(read.channel, read.seq, LOOK_BACK);
      await Promise.all(rooms.map(({ leg, signal }) => tellRoom(read, ids, leg, signal)));
    } catch (error) {
      logger.debug({ err: error }, 'what was read could not be looked up');
    }
  }

  async function tellRoom(
    { user, name, platform, avatarUrl }: Read,
    ids: readonly MessageId[],
    leg: Leg,
    can: NonNullable<Capabilities['signal']>,
  ): Promise<void> {
    const speaker = { kind: 'user', name, avatarUrl, key: user, platform } as const;
    try {
      for (const id of ids) {
        const upTo = (await deps.refsOf(leg, id)).at(-1);
        if (upTo === undefined) continue;
        const command = { room: leg.room, speaker, what: { kind: 'read', upTo } } as const;
        await withDeadline(clock, WITHIN_MS, null, (signal) => can.run(command, signal));
        return;
      }
    } catch (error) {
      logger.debug({ err: error, bridge: leg.bridge, room: leg.room }, 'a room was not told who has read');
    }
  }

  const stopHearing = signals.hear((topic, body) => {
    if (topic !== TOPIC) return;
    const read: Read = JSON.parse(body);
    take(read);
  });

  return {
    read({ user, name, platform, avatarUrl }, channel, seq) {
      const read: Read = { user, name, platform, avatarUrl, channel, seq };
      signals.say(TOPIC, JSON.stringify(read));
      take(read);
    },
    async stop() {
      stopHearing();
      cancel?.();
      await telling;
    },
  };
}
