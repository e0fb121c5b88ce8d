import type { ChannelId, Epoch, ScopeId, Seq, UserId } from '../domain/ids.ts';
import type { Feed, FeedEntry, RightsChange } from '../plugin/surface.ts';
import type { ChangeWhat } from './directory/directory.ts';
import type { Entry, LiveState } from './ports.ts';

/** Farther back than this, a reader loads a page instead of reading what was missed. */
const MOST_MISSED = 20_000;

type Follower = (batch: readonly FeedEntry[]) => void;

export interface FeedDeps {
  readonly live: LiveState;
  readonly firstEpoch: Epoch;
  readonly scopeOf: (channel: ChannelId) => ScopeId | null;
  /** Over archive and log alike, oldest first. */
  readonly since: (scope: ScopeId, channel: ChannelId, after: Seq, limit: number) => Promise<readonly FeedEntry[]>;
  readonly head: (scope: ScopeId, channel: ChannelId) => Promise<Seq>;
  /** Who gets what of an entry; absent: every reader the whole. */
  readonly seenBy?: (entry: Entry) => FeedEntry['seenBy'];
}

export interface HubFeed extends Feed {
  /** Follows the log. */
  apply(batch: readonly Entry[]): void;
  stop(): void;
}

/** The log as readers see it, channel by channel. A channel that nobody follows costs one number. */
export function createFeed(deps: FeedDeps): HubFeed {
  const followers = new Map<ChannelId, Set<Follower>>();
  const liveSeqs = new Map<ChannelId, Seq>();
  const rightsListeners = new Set<(change: RightsChange) => void>();
  const epochListeners = new Set<(epoch: Epoch) => void>();
  let epoch = deps.firstEpoch;

  const stopEpochs = deps.live.onEpoch((next) => {
    epoch = next;
    for (const listener of epochListeners) listener(next);
  });

  function hand(channel: ChannelId, batch: readonly FeedEntry[]): void {
    const last = batch.at(-1);
    if (last !== undefined) liveSeqs.set(channel, last.seq);
    for (const follower of followers.get(channel) ?? []) follower(batch);
  }

  return {
    epoch: () => epoch,
    follow(channel, entries) {
      const set = followers.get(channel) ?? new Set();
      followers.set(channel, set.add(entries));
      return () => {
        set.delete(entries);
        if (set.size === 0 && followers.get(channel) === set) followers.delete(channel);
      };
    },
    liveSeq: (channel) => liveSeqs.get(channel) ?? null,
    async since(channel, asOf, after, limit) {
      const scope = deps.scopeOf(channel);
      if (scope === null || asOf !== epoch) return { kind: 'reset' };
      const head = await deps.head(scope, channel);
      if (after > head || head - after > MOST_MISSED) return { kind: 'reset' };
      const entries = await deps.since(scope, channel, after, limit);
      if (asOf !== epoch) return { kind: 'reset' };
      return { kind: 'entries', entries, isLast: entries.length < limit };
    },
    async headSeq(channel) {
      const scope = deps.scopeOf(channel);
      return scope === null ? (0 as Seq) : deps.head(scope, channel);
    },
    onEpoch(listener) {
      epochListeners.add(listener);
      return () => void epochListeners.delete(listener);
    },
    onRights(listener) {
      rightsListeners.add(listener);
      return () => void rightsListeners.delete(listener);
    },
    apply(batch) {
      // first: whoever may read no more gets nothing of what follows
      const change = rightsIn(batch);
      if (change !== null) for (const listener of rightsListeners) listener(change);
      for (const [channel, entries] of byChannel(batch, deps.seenBy)) hand(channel, entries);
    },
    stop: stopEpochs,
  };
}

/** Null where rights stay as they are. */
function rightsIn(batch: readonly Entry[]): RightsChange | null {
  const found = batch.filter(({ kind }) => kind === 'change' || kind === 'channel');
  if (found.length === 0) return null;
  const users = new Set<UserId>();
  let isForAll = false;
  for (const { kind, body } of found) {
    const what = kind === 'change' ? (JSON.parse(body) as { readonly what: readonly ChangeWhat[] }).what : [];
    if (kind === 'channel') isForAll = true;
    for (const one of what) {
      if (one.kind === 'settings' || one.kind === 'relations') continue;
      if (one.kind === 'user' || one.kind === 'roles') users.add(one.user);
      else if (one.kind === 'members' && one.users !== undefined) for (const user of one.users) users.add(user);
      else isForAll = true;
    }
  }
  return { users, isForAll };
}

function byChannel(batch: readonly Entry[], seenBy: FeedDeps['seenBy']): Map<ChannelId, FeedEntry[]> {
  const channels = new Map<ChannelId, FeedEntry[]>();
  for (const entry of batch) {
    const { audience, channel, seq, body } = entry;
    if (audience !== 'readers' || channel === null || seq === null) continue;
    const seen = seenBy?.(entry);
    const one = seen === undefined ? { seq, body } : { seq, body, seenBy: seen };
    const entries = channels.get(channel);
    if (entries === undefined) channels.set(channel, [one]);
    else entries.push(one);
  }
  return channels;
}
