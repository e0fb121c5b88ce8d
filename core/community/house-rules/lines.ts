import type { HouseRules } from '../../domain/house-rules.ts';
import type { BridgeId, ChannelId, EpochMs, RoomId } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** Lines of the hub that show rules, in rooms and to one person alone: a reaction on one accepts them. */
export interface RuleLines {
  add(bridge: BridgeId, refs: readonly RemoteRef[], rules: HouseRules, at: EpochMs): Promise<void>;
  /** The rules that this line shows; null: it is none. */
  at(bridge: BridgeId, ref: RemoteRef): Promise<Pick<HouseRules, 'channel' | 'version'> | null>;
  /** When this room was told last; null: not lately. */
  newestIn(bridge: BridgeId, room: RoomId): Promise<EpochMs | null>;
  /** Forgets what is older. */
  sweep(before: EpochMs): Promise<void>;
}

export function createRuleLines(sql: Pick<Sql, 'build' | 'read' | 'write'>): RuleLines {
  return {
    async add(bridge, refs, { channel, version }, at) {
      const rows = refs.map(({ room, id }) => ({ bridge, room, ref_id: id, channel_id: channel, version, at }));
      if (rows.length === 0) return;
      const insert = sql.build.insertInto('house_rule_lines').values(rows);
      await sql.write([{ query: insert.onConflict((conflict) => conflict.doNothing()).compile() }]);
    },
    async at(bridge, { room, id }) {
      const query = sql.build.selectFrom('house_rule_lines').select(['channel_id', 'version']);
      const here = query.where('bridge', '=', bridge).where('room', '=', room).where('ref_id', '=', id);
      const [row] = await sql.read(here.compile());
      return row === undefined ? null : { channel: row.channel_id as ChannelId, version: row.version };
    },
    async newestIn(bridge, room) {
      const query = sql.build.selectFrom('house_rule_lines').select((row) => row.fn.max('at').as('at'));
      const [row] = await sql.read(query.where('bridge', '=', bridge).where('room', '=', room).compile());
      return (row?.at ?? null) as EpochMs | null;
    },
    async sweep(before) {
      const old = sql.build.deleteFrom('house_rule_lines').where('at', '<', before);
      await sql.write([{ query: old.compile() }]);
    },
  };
}

const AGREEING: ReadonlySet<string> = new Set(['✅', '☑', '✔', '👍', '👌', '🆗']);

/** Whether a reaction with this on the rules accepts them. */
export function isAgreeing(emoji: string): boolean {
  return AGREEING.has(emoji.replace(/[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, ''));
}
