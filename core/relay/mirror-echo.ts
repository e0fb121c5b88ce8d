import type { Clock } from '../async/clock.ts';
import type { AccountId, BridgeId, EpochMs } from '../domain/ids.ts';
import type { MirrorRows } from './mirror-rows.ts';

/** A platform tells of an act of ours within this time. */
const ECHO_MS = 60_000;
/** Platforms round the end of a timeout. */
const AGREE_MS = 5_000;
const MOST = 2_000;

/** An act on one account of a platform. */
export interface NativeAct {
  readonly bridge: BridgeId;
  readonly account: AccountId;
  readonly act: 'timeout' | 'ban' | 'lift';
  readonly until: EpochMs | null;
}

/** What the hub itself has done natively: platforms tell of it as of anything else. */
export interface Echoes {
  /** To be told before the act is sent. */
  expect(act: NativeAct): void;
  /** In whichever room of the bridge it is told: where an act holds in more than the room, all of them tell of it. */
  isEcho(act: NativeAct): Promise<boolean>;
}

export function createEchoes(rows: Pick<MirrorRows, 'wasDone'>, clock: Pick<Clock, 'now'>): Echoes {
  const done = new Map<string, { readonly until: EpochMs | null; readonly at: EpochMs }>();
  const keyOf = ({ bridge, account, act }: NativeAct): string => JSON.stringify([bridge, account, act]);

  return {
    expect(act) {
      const key = keyOf(act);
      done.delete(key);
      done.set(key, { until: act.until, at: clock.now() });
      const [oldest] = done.keys();
      if (done.size > MOST && oldest !== undefined) done.delete(oldest);
    },
    async isEcho(told) {
      const since = (clock.now() - ECHO_MS) as EpochMs;
      const own = done.get(keyOf(told));
      if (own !== undefined && own.at >= since && isSameEnd(own.until, told.until)) return true;
      if (told.act === 'lift') return false;
      // it may have been done by the hub that ran the bridge before
      const row = await rows.wasDone(told.bridge, told.account, told.act, since);
      return row !== null && isSameEnd(row.until, told.until);
    },
  };
}

function isSameEnd(a: EpochMs | null, b: EpochMs | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= AGREE_MS;
}
