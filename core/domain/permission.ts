import type { ChannelKind } from './channel.ts';

/** Standing of one user in one channel, lowest first. */
export const RANKS = ['guest', 'listener', 'moderator', 'dj', 'admin'] as const;
export type Rank = (typeof RANKS)[number];

export const ACTS = [
  'read',
  'post',
  'react',
  'edit-own',
  'redact-own',
  'redact-others',
  'timeout',
  'ban',
  'appoint',
  'house-rules',
  'portals',
  'make-dj',
] as const;
export type Act = (typeof ACTS)[number];

/** All that decides: where, who, in what state. Pure values, gathered from memory. */
export interface Standing {
  readonly kind: ChannelKind;
  readonly rank: Rank;
  /** Belongs to a crew, private or direct channel; always true in public ones. */
  readonly isMember: boolean;
  readonly channelState: 'open' | 'read-only';
  readonly guestsMayPost: boolean;
  /** The DJ lets moderators ban; those of the megachannel always may. */
  readonly moderatorsMayBan: boolean;
}

/** The lowest rank that may do each act in a public channel and in a closed one; null: nobody. */
const TABLE: Readonly<Record<Act, { readonly open: Rank | null; readonly closed: Rank | null }>> = {
  read: { open: 'guest', closed: 'listener' },
  post: { open: 'listener', closed: 'listener' },
  react: { open: 'listener', closed: 'listener' },
  'edit-own': { open: 'listener', closed: 'listener' },
  'redact-own': { open: 'listener', closed: 'listener' },
  'redact-others': { open: 'moderator', closed: 'dj' },
  timeout: { open: 'moderator', closed: 'dj' },
  ban: { open: 'moderator', closed: 'dj' },
  appoint: { open: 'dj', closed: 'dj' },
  'house-rules': { open: 'dj', closed: 'dj' },
  portals: { open: 'dj', closed: 'dj' },
  'make-dj': { open: 'admin', closed: null },
};

/** Acts that change what a channel holds: refused while it is read-only. */
const WRITES: ReadonlySet<Act> = new Set(['post', 'react', 'edit-own']);

export type Permission =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'forbidden' | 'sign-in' | 'read-only'; readonly say: string };

/** Whether someone of this standing may do this. The one place that knows. */
export function may(act: Act, standing: Standing): Permission {
  const isOpen = standing.kind === 'mega' || standing.kind === 'dj' || standing.kind === 'event';
  if (!isOpen && !standing.isMember) return refuse('forbidden', 'This channel is for its members.');
  if (standing.channelState === 'read-only' && WRITES.has(act)) {
    return refuse('read-only', 'This channel is read-only.');
  }
  if (standing.rank === 'guest' && standing.guestsMayPost && (act === 'post' || act === 'react') && isOpen)
    return { ok: true };
  const least = TABLE[act][isOpen ? 'open' : 'closed'];
  if (least === null) return refuse('forbidden', 'Nobody can do that here.');
  if (rankValue(standing.rank) < rankValue(least)) {
    return standing.rank === 'guest'
      ? refuse('sign-in', 'Sign in to do that.')
      : refuse('forbidden', `Only a ${least === 'dj' ? 'DJ' : least} can do that here.`);
  }
  if (act === 'ban' && standing.rank === 'moderator' && standing.kind !== 'mega' && !standing.moderatorsMayBan) {
    return refuse('forbidden', 'The DJ has not allowed moderators to ban.');
  }
  return { ok: true };
}

/** Nobody acts on someone of the same or a higher rank in that channel. */
export function outranks(actor: Rank, target: Rank): boolean {
  return rankValue(actor) > rankValue(target);
}

function rankValue(rank: Rank): number {
  return RANKS.indexOf(rank);
}

function refuse(code: 'forbidden' | 'sign-in' | 'read-only', say: string): Permission {
  return { ok: false, code, say };
}
