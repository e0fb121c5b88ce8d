/** What people have chosen for single channels. */
export const choiceTables = `
create table notify_levels (
  user_id text not null,
  channel_id text not null,
  -- null: chosen no more
  level text,
  at integer not null,
  primary key (user_id, channel_id)
) without rowid, strict;
`;

export interface NotifyLevelsTable {
  user_id: string;
  channel_id: string;
  level: 'all' | 'mentions' | 'none' | null;
  at: number;
}
