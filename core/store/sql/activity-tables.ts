/**
 * How many messages were said in each public channel, by platform and five minutes: counted from the log, and kept when
 * the messages themselves are gone. Nobody is named.
 */
export const activityTables = `
create table channel_activity (
  channel_id text not null,
  -- epoch ms of its begin
  slot integer not null,
  platform text not null,
  messages integer not null,
  primary key (channel_id, slot, platform)
) without rowid, strict;
insert into channel_activity
  select e.channel_id, e.at / 300000 * 300000, json_extract(e.body, '$.message.author.platform'), count(*)
  from entries e join channels c on c.id = e.channel_id and c.kind in ('mega', 'dj', 'event')
  where e.kind = 'message' and e.audience = 'readers' and e.seq is not null and json_valid(e.body)
    and json_extract(e.body, '$.message.author.platform') is not null
  group by 1, 2, 3;
-- shows of a DJ that are over
create index live_events_over on live_events (dj_id, starts_at) where state in ('archived', 'cancelled');
-- the newest pictures of a channel
create index media_uses_by_channel on media_uses (channel_id, message_id);
`;

export const SLOT_MS = 300_000;

export interface ChannelActivityTable {
  channel_id: string;
  /** Epoch ms; begin of five minutes. */
  slot: number;
  platform: string;
  messages: number;
}
