import type { Clock } from '../../async/clock.ts';
import { isPublic } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, Seq, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import type { WireEntry } from '../../domain/wire.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { HookKind } from '../../plugin/asked/hooks-out.ts';
import type { History } from '../../store/archive/history.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Entry } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Views } from '../directs/views.ts';
import { kindsOf, SANCTIONS, type Told } from './payload.ts';
import type { Subscription } from './subscriptions.ts';

/** What has not arrived by then is given up, and what is older is not begun with. */
export const GIVEN_UP_MS = 24 * 60 * 60_000;
const BATCH = 200;

/** What a subscription is to tell next, read from where it is kept. */
export interface Source {
  /** @param after seq that was looked through already */
  next(subscription: Subscription, after: number): Promise<{ readonly told: Told | null; readonly through: number }>;
  /** The same thing once more, as it stands now; null: it is gone, or not for the owner. */
  again(subscription: Subscription, at: Pick<Told, 'source' | 'place'>): Promise<Told | null>;
  /** Whether its owner may be told of this channel now. */
  isAllowed(subscription: Pick<Subscription, 'owner' | 'channel' | 'kinds'>): boolean;
}

export interface SourceDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'channel' | 'isDisabled'>;
  readonly history: Pick<History, 'entries'>;
  readonly views: Pick<Views, 'seenBy'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Public channels are told of by those who moderate them, others by their members; acts by moderators alone. */
export function mayHear({ channel, standing }: Place, kinds: readonly HookKind[]): boolean {
  const needsRank = isPublic(channel.kind) || kinds.includes('sanction');
  return !needsRank || may('timeout', standing).ok;
}

export function createSource({ facts, directory, history, views, sql, clock }: SourceDeps): Source {
  function toldOf(entry: Entry, owner: UserId): { readonly told: Told; readonly kinds: readonly HookKind[] } | null {
    const seenBy = views.seenBy(entry);
    const body = seenBy === undefined ? entry.body : seenBy(owner);
    if (body === null || entry.seq === null) return null;
    const wire: WireEntry = JSON.parse(body);
    const { type, kinds } = kindsOf(wire);
    return { told: { source: 'entry', place: entry.seq, at: entry.at, type, data: body }, kinds };
  }

  async function entries(channel: ChannelId, after: number, limit: number): Promise<readonly Entry[]> {
    const here = directory.channel(channel);
    return here === null ? [] : history.entries(here, after as Seq, limit);
  }

  function audits(channel: ChannelId) {
    return sql.build
      .selectFrom('audit')
      .selectAll()
      .where('channel_id', '=', channel)
      .where('act', 'in', [...SANCTIONS]);
  }

  async function nextAct({ channel, kinds, afterAudit, tries }: Subscription): Promise<Told | null> {
    if (!kinds.includes('sanction')) return null;
    const after = audits(channel).where('id', '>', afterAudit);
    // one that was tried is given up by name
    const young = tries > 0 ? after : after.where('at', '>=', clock.now() - GIVEN_UP_MS);
    const [row] = await sql.read(young.orderBy('id').limit(1).compile());
    return row === undefined ? null : actOf(row);
  }

  return {
    async next(subscription, after) {
      const { channel, owner, kinds, tries } = subscription;
      const oldest = clock.now() - GIVEN_UP_MS;
      let through = after;
      for (const entry of await entries(channel, after, BATCH)) {
        const found = toldOf(entry, owner);
        const isWanted = found?.kinds.some((kind) => kinds.includes(kind)) === true;
        if (found !== null && isWanted && (tries > 0 || entry.at >= oldest)) return { told: found.told, through };
        through = entry.seq ?? through;
      }
      return { told: await nextAct(subscription), through };
    },
    async again({ channel, owner }, { source, place: at }) {
      switch (source) {
        case 'entry': {
          const [entry] = await entries(channel, at - 1, 1);
          return entry?.seq === at ? (toldOf(entry, owner)?.told ?? null) : null;
        }
        case 'audit': {
          const [row] = await sql.read(audits(channel).where('id', '=', at).compile());
          return row === undefined ? null : actOf(row);
        }
        case 'test':
          return testOf(clock.now());
      }
    },
    isAllowed({ owner, channel, kinds }) {
      if (directory.isDisabled(owner)) return false;
      const here = place(facts, bare(owner), channel, 'read');
      return !isReceipt(here) && mayHear(here, kinds);
    },
  };
}

export function testOf(at: EpochMs): Told {
  return { source: 'test', place: 0, at, type: 'test', data: '{"say":"It works."}' };
}

interface Act {
  readonly id: number;
  readonly at: number;
  readonly act: string;
  readonly by_id: string | null;
  readonly target_id: string | null;
  readonly until: number | null;
  readonly reason: string | null;
}

function actOf({ id, at, act, by_id: by, target_id: target, until, reason }: Act): Told {
  const data = JSON.stringify({ type: 'sanction', act, by, target, until, reason, at });
  return { source: 'audit', place: id, at: at as EpochMs, type: 'sanction', data };
}

function bare(user: UserId): Actor {
  return { user, name: '', platform: '', avatarUrl: null, isGuest: false, isBot: false };
}
