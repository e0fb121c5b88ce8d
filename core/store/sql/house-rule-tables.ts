/** House rules of channels, who has seen and accepted them, and where rooms were told of them. Times are epoch ms. */
export const houseRuleTables = `
create table house_rules (
  channel_id text not null,
  version integer not null,
  -- empty: there are none any more
  text text not null,
  set_by text,
  set_at integer not null,
  primary key (channel_id, version)
) without rowid, strict;

-- Newest version that somebody was shown by itself, and that somebody has accepted. 0: none.
create table house_rule_people (
  user_id text not null,
  channel_id text not null,
  told_version integer not null,
  told_at integer,
  accepted_version integer not null,
  accepted_at integer,
  primary key (user_id, channel_id)
) without rowid, strict;
create index house_rule_people_by_channel on house_rule_people (channel_id);

-- Lines of the hub that show rules: a reaction on one accepts them.
create table house_rule_lines (
  bridge text not null,
  room text not null,
  ref_id text not null,
  channel_id text not null,
  version integer not null,
  at integer not null,
  primary key (bridge, room, ref_id)
) without rowid, strict;
create index house_rule_lines_by_at on house_rule_lines (at);
`;
