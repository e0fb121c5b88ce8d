import type { AccountId, BridgeId, ChannelId, EpochMs, RoomId, UserId } from '../../domain/ids.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { NativeActsTable } from '../../store/sql/tables.ts';

/** An act on a platform that stayed there: moderators may have it hold everywhere. */
export interface NativeActItem {
  /** The same each time the platform tells of it. */
  readonly id: string;
  readonly channel: ChannelId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly account: AccountId;
  readonly user: UserId;
  readonly name: string;
  /** Null: the platform does not say. */
  readonly byName: string | null;
  readonly act: 'timeout' | 'ban' | 'lift' | 'kick';
  readonly until: EpochMs | null;
  readonly reason: string | null;
  readonly at: EpochMs;
}

export interface NativeActs {
  /** @returns whether it is new */
  add(item: NativeActItem): Promise<boolean>;
  /** Those that nobody has decided, newest first. */
  open(channels: readonly ChannelId[], limit: number): Promise<readonly NativeActItem[]>;
  find(id: string): Promise<NativeActItem | null>;
  /** @returns false where somebody else has decided it */
  decide(id: string, by: UserId): Promise<boolean>;
  /** Forgets what nobody wanted. */
  sweep(): Promise<void>;
}

/** How long a moderator may take. */
const KEPT_MS = 7 * 24 * 3_600_000;

export function createNativeActs(
  { build, read, write }: Pick<Sql, 'build' | 'read' | 'write'>,
  clock: { now(): EpochMs },
): NativeActs {
  const all = () => build.selectFrom('native_acts').selectAll().where('decided_at', 'is', null);
  return {
    async add(item) {
      const { channel, account, user, byName, ...rest } = item;
      const row = { ...rest, channel_id: channel, account_id: account, user_id: user, by_name: byName };
      const insert = build.insertInto('native_acts').values({ ...row, decided_by: null, decided_at: null });
      const written = await write([{ query: insert.onConflict((at) => at.column('id').doNothing()).compile() }]);
      return written.ok && written.changes[0] === 1;
    },
    async open(channels, limit) {
      if (channels.length === 0) return [];
      const found = all().where('channel_id', 'in', channels).orderBy('at', 'desc').orderBy('id').limit(limit);
      return (await read(found.compile())).map(itemOf);
    },
    async find(id) {
      const [row] = await read(all().where('id', '=', id).compile());
      return row === undefined ? null : itemOf(row);
    },
    async decide(id, by) {
      const set = { decided_by: by, decided_at: clock.now() };
      const update = build.updateTable('native_acts').set(set).where('id', '=', id).where('decided_at', 'is', null);
      return (await write([{ query: update.compile(), expect: 1 }])).ok;
    },
    async sweep() {
      await write([
        {
          query: build
            .deleteFrom('native_acts')
            .where('at', '<', clock.now() - KEPT_MS)
            .compile(),
        },
      ]);
    },
  };
}

function itemOf(row: NativeActsTable): NativeActItem {
  return {
    id: row.id,
    channel: row.channel_id as ChannelId,
    bridge: row.bridge as BridgeId,
    room: row.room as RoomId,
    account: row.account_id as AccountId,
    user: row.user_id as UserId,
    name: row.name,
    byName: row.by_name,
    act: row.act,
    until: row.until as EpochMs | null,
    reason: row.reason,
    at: row.at as EpochMs,
  };
}
