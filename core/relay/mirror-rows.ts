import type { AccountId, BridgeId, EpochMs, RoomId, UserId } from '../domain/ids.ts';
import type { Sql } from '../store/sql/sql.ts';
import type { MirroredTable } from '../store/sql/tables.ts';
import type { Restraint } from './mirror-plan.ts';

/** A native act that is in force, or may be. */
export interface Mirrored extends Restraint {
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly account: AccountId;
  readonly user: UserId;
  /** The act of the hub that it stands for. */
  readonly cause: string;
  /** `sending`: it may have arrived. `refused`: it did not. `theirs`: the platform's own people gave it. */
  readonly state: 'sending' | 'applied' | 'refused' | 'theirs';
  readonly at: EpochMs;
}

/** What was done natively, kept over restarts. */
export interface MirrorRows {
  of(bridge: BridgeId, user: UserId): Promise<readonly Mirrored[]>;
  /** Everybody against whom something is written down. */
  users(bridge: BridgeId): Promise<readonly UserId[]>;
  /** Timeouts that have ended in this time. */
  over(after: EpochMs, upTo: EpochMs): Promise<readonly Pick<Mirrored, 'bridge' | 'user'>[]>;
  /** Whether this was done on the account in any room of the bridge since then. */
  wasDone(bridge: BridgeId, account: AccountId, act: Mirrored['act'], since: EpochMs): Promise<Mirrored | null>;
  put(row: Mirrored): Promise<void>;
  drop(row: Pick<Mirrored, 'bridge' | 'room' | 'account'>): Promise<void>;
}

export function createMirrorRows({ build, read, write }: Pick<Sql, 'build' | 'read' | 'write'>): MirrorRows {
  const all = () => build.selectFrom('mirrored').selectAll();
  return {
    async of(bridge, user) {
      const rows = await read(all().where('bridge', '=', bridge).where('user_id', '=', user).compile());
      return rows.map(mirroredOf);
    },
    async users(bridge) {
      const found = build.selectFrom('mirrored').select('user_id').distinct().where('bridge', '=', bridge);
      return (await read(found.compile())).map((row) => row.user_id as UserId);
    },
    async over(after, upTo) {
      return (await read(all().where('until', '>', after).where('until', '<=', upTo).compile())).map(mirroredOf);
    },
    async wasDone(bridge, account, act, since) {
      const found = all().where('bridge', '=', bridge).where('account_id', '=', account).where('act', '=', act);
      const [row] = await read(found.where('at', '>=', since).where('state', '<>', 'theirs').limit(1).compile());
      return row === undefined ? null : mirroredOf(row);
    },
    async put({ bridge, room, account, user, ...rest }) {
      const set = {
        user_id: user,
        act: rest.act,
        until: rest.until,
        cause: rest.cause,
        state: rest.state,
        at: rest.at,
      };
      const insert = build.insertInto('mirrored').values({ bridge, room, account_id: account, ...set });
      const query = insert.onConflict((at) => at.columns(['bridge', 'room', 'account_id']).doUpdateSet(set)).compile();
      await write([{ query }]);
    },
    async drop({ bridge, room, account }) {
      const gone = build.deleteFrom('mirrored').where('bridge', '=', bridge).where('room', '=', room);
      await write([{ query: gone.where('account_id', '=', account).compile() }]);
    },
  };
}

function mirroredOf(row: MirroredTable): Mirrored {
  return {
    bridge: row.bridge as BridgeId,
    room: row.room as RoomId,
    account: row.account_id as AccountId,
    user: row.user_id as UserId,
    act: row.act,
    until: row.until as EpochMs | null,
    cause: row.cause,
    state: row.state,
    at: row.at as EpochMs,
  };
}
