import type { Channel } from '../../domain/channel.ts';
import type { HouseRules } from '../../domain/house-rules.ts';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Sql } from '../sql/sql.ts';

/** How far somebody has got with the rules of one channel; versions, 0: none. */
export interface RulesStand {
  readonly told: number;
  readonly accepted: number;
}

/** House rules as this hub knows them: all of the rules, and of people those who were asked about. */
export interface HouseRulesBook {
  /** What holds in this channel; null: nothing. */
  of(channel: Channel): HouseRules | null;
  hasAny(): boolean;
  /** Newest version that there ever was; 0: none. */
  newest(channel: ChannelId): number;
  /** Null: these people are at hand. Otherwise resolves once they are. */
  know(users: readonly UserId[]): Promise<void> | null;
  /** Whether the person with these users has accepted them; not known is no. */
  isAccepted(users: readonly UserId[], rules: HouseRules): boolean;
  /** Whether the person was shown them by itself. */
  isTold(users: readonly UserId[], rules: HouseRules): boolean;
  /** Of the channels whose rules this person was shown last: those that are not accepted, at the version that holds now. */
  waitingFor(users: readonly UserId[]): readonly HouseRules[];
  /** This hub has shown them to this person. */
  told(user: UserId, rules: HouseRules): void;
}

export interface OwnHouseRules extends HouseRulesBook {
  /** Takes the newest version for a channel; an empty text: there are none any more. */
  set(rules: HouseRules, channel: Channel | null): void;
  /** What is kept of this person has changed. */
  changed(user: UserId): Promise<void>;
}

type Stands = ReadonlyMap<ChannelId, RulesStand>;
const NOBODY: Stands = new Map();
const NONE: RulesStand = { told: 0, accepted: 0 };
/** People of whom it is remembered what they have accepted. */
const MOST_KNOWN = 50_000;

export function createHouseRulesBook(
  read: (user: UserId) => Promise<Stands>,
  most: number = MOST_KNOWN,
): OwnHouseRules {
  const rules = new Map<ChannelId, HouseRules>();
  const ofDjs = new Map<UserId, ChannelId>();
  const known = new Map<UserId, Stands>();
  const loading = new Map<UserId, Promise<void>>();
  const stale = new Set<UserId>();

  const current = (id: ChannelId | undefined): HouseRules | null => {
    const found = id === undefined ? undefined : rules.get(id);
    return found === undefined || found.text === '' ? null : found;
  };

  function keep(user: UserId, stands: Stands): void {
    const [oldest] = known.size >= most && !known.has(user) ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    known.set(user, stands);
  }

  async function readUp(user: UserId): Promise<void> {
    let stands = await read(user);
    // what changes while it is read is read again
    while (stale.delete(user)) stands = await read(user);
    keep(user, stands);
  }

  function load(user: UserId): Promise<void> {
    const under = loading.get(user) ?? readUp(user).finally(() => loading.delete(user));
    loading.set(user, under);
    return under;
  }

  const standOf = (user: UserId, channel: ChannelId): RulesStand => known.get(user)?.get(channel) ?? NONE;

  return {
    set(now, channel) {
      rules.set(now.channel, now);
      if (channel?.kind === 'dj' && channel.owner !== null) ofDjs.set(channel.owner, channel.id);
    },
    of({ id, kind, owner }) {
      if (rules.size === 0) return null;
      return current(id) ?? (kind === 'event' && owner !== null ? current(ofDjs.get(owner)) : null);
    },
    hasAny: () => rules.size > 0,
    newest: (channel) => rules.get(channel)?.version ?? 0,
    know(users) {
      const missing = users.filter((user) => !known.has(user));
      return missing.length === 0 ? null : Promise.all(missing.map(load)).then(() => undefined);
    },
    isAccepted: (users, { channel, version }) => users.some((user) => standOf(user, channel).accepted >= version),
    isTold: (users, { channel, version }) => users.some((user) => standOf(user, channel).told >= version),
    waitingFor(users) {
      const told = new Set(users.flatMap((user) => [...(known.get(user) ?? NOBODY)].map(([channel]) => channel)));
      return [...told].flatMap((channel) => {
        const now = current(channel);
        if (now === null) return [];
        const wasTold = users.some((user) => standOf(user, channel).told >= now.version);
        return wasTold && users.every((user) => standOf(user, channel).accepted < now.version) ? [now] : [];
      });
    },
    told(user, { channel, version }) {
      const before = known.get(user) ?? NOBODY;
      const { accepted } = standOf(user, channel);
      known.set(user, new Map([...before, [channel, { told: version, accepted }]]));
    },
    async changed(user) {
      if (loading.has(user)) stale.add(user);
      if (known.has(user)) keep(user, await read(user));
    },
  };
}

/** The newest version of each channel; of one channel, that one. */
export async function readHouseRules(sql: Sql, channel: ChannelId | null): Promise<readonly HouseRules[]> {
  const all = sql.build.selectFrom('house_rules').select(['channel_id', 'version', 'text', 'set_at']);
  const query = channel === null ? all : all.where('channel_id', '=', channel);
  const rows = await sql.read(query.orderBy('channel_id').orderBy('version').compile());
  return rows.map((row) => ({
    channel: row.channel_id as ChannelId,
    version: row.version,
    text: row.text,
    setAt: row.set_at as EpochMs,
  }));
}

/** What one person has been shown and has accepted. */
export async function readRulesStands(sql: Sql, user: UserId): Promise<Stands> {
  const query = sql.build.selectFrom('house_rule_people').where('user_id', '=', user);
  const rows = await sql.read(query.select(['channel_id', 'told_version', 'accepted_version']).compile());
  return new Map(
    rows.map((row) => [row.channel_id as ChannelId, { told: row.told_version, accepted: row.accepted_version }]),
  );
}
