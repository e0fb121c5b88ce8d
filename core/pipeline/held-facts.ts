import type { HeldBody, HeldMessage } from '../domain/held.ts';
import { HOUSE_RULES } from '../domain/house-rules.ts';
import type { ChannelId, EpochMs, MessageId, Position, ScopeId, UserId } from '../domain/ids.ts';
import type { Entry, LiveSnapshot, Log } from '../store/ports.ts';

/** More than this in one channel is turned down: nobody looks through so many. */
export const MOST_HELD = 500;
/** So long others leave a message to the moderator who has taken it. */
export const TAKEN_MS = 60_000;

/** Body of an entry of kind `taken`. */
export interface TakenBody {
  readonly id: MessageId;
  readonly by: UserId;
  readonly until: EpochMs;
}

/** What waits for a moderator, as this hub knows it. */
export interface HeldFacts {
  seed(shard: number, snapshot: Pick<LiveSnapshot, 'at' | 'held'>): void;
  /** As a snapshot has it. */
  inForce(shard: number): LiveSnapshot['held'];
  apply(batch: readonly Entry[]): void;
  /** This hub has just stored it, which the log will tell in a moment. */
  stored(scope: ScopeId, one: LiveSnapshot['held'][number]): void;
  /** What became of it lately; null: it is not known here. */
  decision(id: MessageId): Decision | null;
  get(id: MessageId, now: EpochMs): HeldMessage | null;
  /** The one that came under this step key. */
  byKey(key: string): MessageId | null;
  /** Those for moderators, oldest first, after this one. */
  list(channel: ChannelId, after: MessageId | null, most: number, now: EpochMs): readonly HeldMessage[];
  count(channel: ChannelId): number;
  /** What waits for nothing but that its author accepts the house rules, oldest first. */
  forRules(channel: ChannelId): readonly Awaiting[];
  /** Channels in which something waits for that. */
  channelsForRules(): readonly ChannelId[];
  /** How many of these people's messages wait for that here, among other things or alone. */
  countForRules(channel: ChannelId, users: readonly UserId[]): number;
  /** Calls back with the channels in which something was held, taken or decided. @returns a function that stops it */
  onChange(listener: (channels: ReadonlySet<ChannelId>) => void): () => void;
}

const KINDS: ReadonlySet<Entry['kind']> = new Set(['held', 'discarded', 'taken']);

/** What became of a held message. */
export interface Decision {
  readonly channel: ChannelId;
  readonly how: 'released' | 'discarded';
  /** Its author, or a moderator. */
  readonly by: UserId;
  readonly author: UserId;
}
/** A message that waits for house rules to be accepted. */
export interface Awaiting {
  readonly id: MessageId;
  readonly author: UserId;
  readonly at: EpochMs;
}
/** Of so many it is remembered what became of them. */
const MOST_DECIDED = 2_000;

type Kept = LiveSnapshot['held'][number] & {
  readonly shard: number;
  readonly cameAs: string;
  /** Whether it waits for house rules to be accepted, and for moderators besides. */
  readonly rules: 'alone' | 'among' | null;
  taken: TakenBody | null;
};

export function createHeldFacts(log: Pick<Log, 'isBefore' | 'shardOf'>): HeldFacts {
  const seededAt = new Map<number, Position>();
  const channels = new Map<ChannelId, Map<MessageId, Kept>>();
  const all = new Map<MessageId, Kept>();
  const keys = new Map<string, MessageId>();
  const decisions = new Map<MessageId, Decision>();
  const listeners = new Set<(channels: ReadonlySet<ChannelId>) => void>();

  function add(shard: number, one: LiveSnapshot['held'][number]): void {
    const { cameAs, findings } = JSON.parse(one.body) as HeldBody;
    const kept: Kept = { ...one, shard, cameAs, rules: rulesAmong(findings), taken: null };
    all.set(one.id, kept);
    keys.set(cameAs, one.id);
    channels.set(one.channel, (channels.get(one.channel) ?? new Map<MessageId, Kept>()).set(one.id, kept));
  }

  const inChannel = (id: ChannelId): readonly Kept[] => [...(channels.get(id)?.values() ?? [])];

  function drop(id: MessageId): ChannelId | null {
    const kept = all.get(id);
    if (kept === undefined) return null;
    all.delete(id);
    keys.delete(kept.cameAs);
    const here = channels.get(kept.channel);
    here?.delete(id);
    if (here?.size === 0) channels.delete(kept.channel);
    return kept.channel;
  }

  function decide(id: MessageId, { kind, note }: Entry): ChannelId | null {
    const kept = all.get(id);
    if (kept === undefined) return null;
    const { author, channel } = kept;
    const { actor: by = author } = JSON.parse(note) as { readonly actor?: UserId };
    decisions.set(id, { channel, how: kind === 'message' ? 'released' : 'discarded', by, author });
    const [oldest] = decisions.size > MOST_DECIDED ? decisions.keys() : [];
    if (oldest !== undefined) decisions.delete(oldest);
    return drop(id);
  }

  function take(body: TakenBody, at: EpochMs): ChannelId | null {
    const kept = all.get(body.id);
    if (kept === undefined) return null;
    const isFree = kept.taken === null || kept.taken.by === body.by || kept.taken.until <= at;
    if (isFree) kept.taken = body;
    return kept.channel;
  }

  /** @returns the channel in which something changed */
  function applyOne(entry: Entry): ChannelId | null {
    const { kind, message: id, channel, at, body, shard } = entry;
    // most entries are messages while nothing is held
    if (kind === 'message' ? all.size === 0 : !KINDS.has(kind)) return null;
    const seeded = seededAt.get(shard);
    if (seeded !== undefined && !log.isBefore(seeded, entry.position)) return null;
    if (kind === 'taken') return take(JSON.parse(body) as TakenBody, at);
    if (id === null) return null;
    if (kind !== 'held') return decide(id, entry);
    const { author } = JSON.parse(entry.note) as { readonly author?: UserId };
    if (channel === null || author === undefined || all.has(id)) return channel;
    add(shard, { id, channel, author, at, body });
    return channel;
  }

  function shown({ shard: _, cameAs: __, rules: ___, taken, body, ...one }: Kept, now: EpochMs): HeldMessage {
    const takenBy = taken !== null && taken.until > now ? taken.by : null;
    return { ...one, body: JSON.parse(body) as HeldBody, takenBy };
  }

  return {
    seed(shard, { at, held }) {
      seededAt.set(shard, at);
      for (const kept of [...all.values()]) if (kept.shard === shard) drop(kept.id);
      for (const one of held) add(shard, one);
    },
    inForce: (shard) =>
      [...all.values()]
        .filter((kept) => kept.shard === shard)
        .map(({ id, channel, author, at, body }) => ({ id, channel, author, at, body })),
    apply(batch) {
      const changed = new Set<ChannelId>();
      for (const entry of batch) {
        const channel = applyOne(entry);
        if (channel !== null) changed.add(channel);
      }
      if (changed.size > 0) for (const listener of listeners) listener(changed);
    },
    stored(scope, one) {
      if (!all.has(one.id) && !decisions.has(one.id)) add(log.shardOf(scope), one);
    },
    decision: (id) => decisions.get(id) ?? null,
    get(id, now) {
      const kept = all.get(id);
      return kept === undefined ? null : shown(kept, now);
    },
    byKey: (key) => keys.get(key) ?? null,
    list(channel, after, most, now) {
      const here = inChannel(channel).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return here
        .filter(({ id, rules }) => rules !== 'alone' && (after === null || id > after))
        .slice(0, most)
        .map((kept) => shown(kept, now));
    },
    count: (channel) => inChannel(channel).filter(({ rules }) => rules !== 'alone').length,
    forRules: (channel) =>
      inChannel(channel)
        .filter(({ rules }) => rules === 'alone')
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, author, at }) => ({ id, author, at })),
    channelsForRules: () =>
      [...channels].filter(([, kept]) => [...kept.values()].some(({ rules }) => rules === 'alone')).map(([id]) => id),
    countForRules: (channel, users) =>
      inChannel(channel).filter(({ rules, author }) => rules !== null && users.includes(author)).length,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function rulesAmong(findings: HeldBody['findings']): Kept['rules'] {
  const isAmong = findings.some(({ rule }) => rule === HOUSE_RULES);
  if (!isAmong) return null;
  return findings.every(({ rule }) => rule === HOUSE_RULES) ? 'alone' : 'among';
}
