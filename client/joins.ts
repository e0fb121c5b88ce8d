import type { RequestFrame } from '../bridges/slipmat/protocol.ts';
import type { Epoch, Seq } from '../core/domain/ids.ts';
import type { Answer, ClientClock, Failure, FrameOf } from './api.ts';
import type { EntryFrame } from './channel-view.ts';

const TRY_AGAIN_MS = 2_000;

interface Joined {
  readonly channel: string;
  readonly limit: number;
  /** How far this client has been told; null until the first page. */
  at: { readonly epoch: Epoch; readonly seq: Seq } | null;
  /** Id of the join that is not answered yet. */
  asked: string | null;
  /** Seen there, whatever is asked for: it cannot be joined unnoticed, or they have shown themselves. */
  isSeen: boolean;
  cancelRetry: () => void;
  waiting: ((answer: Answer<FrameOf<'joined'>>) => void)[];
}

/** The channels that a client follows, and how far it has got in each. */
export interface Joins {
  join(channel: string, limit: number): Promise<Answer<FrameOf<'joined'>>>;
  leave(channel: string): boolean;
  /** The person is seen there from now on. */
  show(channel: string): void;
  /** A new connection: everything is resumed. */
  resumeAll(): void;
  /** Another past, or another person: everything is loaded anew. */
  forgetPlaces(): void;
  /** @returns whether it is news in a joined channel */
  isNews(entry: EntryFrame): boolean;
  /** @returns false when it answers a join of no account any more */
  onJoined(frame: FrameOf<'joined'>): boolean;
  onGap(frame: FrameOf<'gap'>): void;
  /** @returns the channel that can no longer be read, if the error says that of a join; undefined if it is no join's */
  onError(frame: FrameOf<'error'>): { readonly removed: string | null } | undefined;
}

export function createJoins(parts: {
  readonly clock: ClientClock;
  readonly newId: () => string;
  readonly send: (frame: RequestFrame) => boolean;
  readonly isUnnoticed: () => boolean;
}): Joins {
  const joins = new Map<string, Joined>();

  function ask(joined: Joined): void {
    joined.cancelRetry();
    const { channel, limit } = joined;
    const id = parts.newId();
    const isHidden = !joined.isSeen && parts.isUnnoticed();
    const frame = { type: 'join', id, channel, after: joined.at, limit, ...(isHidden && { unnoticed: true }) } as const;
    joined.asked = parts.send(frame) ? id : null;
  }

  function drop(joined: Joined, failure: Failure): void {
    joined.cancelRetry();
    joins.delete(joined.channel);
    for (const resolve of joined.waiting) resolve(failure);
  }

  return {
    join(channel, limit) {
      const known = joins.get(channel);
      const joined = known ?? {
        channel,
        limit,
        at: null,
        asked: null,
        isSeen: false,
        cancelRetry: () => {},
        waiting: [],
      };
      joins.set(channel, joined);
      const answer = new Promise<Answer<FrameOf<'joined'>>>((resolve) => joined.waiting.push(resolve));
      // Asked for once more, it starts from the newest page: the app has nothing of it.
      if (known !== undefined) joined.at = null;
      ask(joined);
      return answer;
    },
    leave(channel) {
      const joined = joins.get(channel);
      if (joined === undefined) return false;
      drop(joined, { ok: false, code: 'left', say: 'Left meanwhile.', field: null, retryAfterMs: null });
      return true;
    },
    show(channel) {
      const joined = joins.get(channel);
      if (joined !== undefined) joined.isSeen = true;
    },
    resumeAll() {
      for (const joined of joins.values()) ask(joined);
    },
    forgetPlaces() {
      for (const joined of joins.values()) joined.at = null;
    },
    isNews({ channel, seq }) {
      const joined = joins.get(channel);
      if (joined?.at == null || seq <= joined.at.seq) return false;
      joined.at = { epoch: joined.at.epoch, seq };
      return true;
    },
    onJoined(frame) {
      const joined = joins.get(frame.channel);
      if (joined?.asked !== frame.id) return false;
      joined.asked = null;
      const seq =
        frame.mode === 'resumed' && joined.at !== null && joined.at.seq > frame.seq ? joined.at.seq : frame.seq;
      joined.at = { epoch: frame.epoch, seq };
      const waiting = joined.waiting;
      joined.waiting = [];
      for (const resolve of waiting) resolve({ ok: true, value: frame });
      return true;
    },
    onGap({ channel }) {
      const joined = joins.get(channel);
      if (joined !== undefined) ask(joined);
    },
    onError(frame) {
      if (frame.id === null) return undefined;
      const joined = [...joins.values()].find(({ asked }) => asked === frame.id);
      if (joined === undefined) return undefined;
      joined.asked = null;
      if (frame.field === 'unnoticed' && frame.code === 'forbidden') {
        // only admins may, in public channels alone: everywhere else one is seen like anybody
        joined.isSeen = true;
        ask(joined);
        return { removed: null };
      }
      if (frame.code === 'unavailable' || frame.code === 'rate-limited') {
        joined.cancelRetry = parts.clock.after(frame.retryAfterMs ?? TRY_AGAIN_MS, () => ask(joined));
        return { removed: null };
      }
      const wasIn = joined.at !== null;
      const { code, say, field, retryAfterMs } = frame;
      drop(joined, { ok: false, code, say, field, retryAfterMs });
      return { removed: wasIn ? joined.channel : null };
    },
  };
}
