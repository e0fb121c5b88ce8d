import type { ChannelId, ScopeId, UserId } from './ids.ts';

export const CHANNEL_KINDS = ['mega', 'dj', 'event', 'crew', 'private', 'direct'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export interface Channel {
  readonly id: ChannelId;
  readonly kind: ChannelKind;
  /** As shown, without `#`. */
  readonly name: string;
  readonly topic: string;
  /** The DJ of a dj, event or crew channel; the maker of a private one; null for mega and direct. */
  readonly owner: UserId | null;
  readonly state: 'open' | 'read-only';
}

/** Who owns what changes together with this channel. */
export function scopeOf(channel: Pick<Channel, 'id' | 'kind' | 'owner'>): ScopeId {
  switch (channel.kind) {
    case 'mega':
      return 'mega' as ScopeId;
    case 'dj':
    case 'event':
    case 'crew':
      return `dj:${channel.owner ?? channel.id}` as ScopeId;
    case 'private':
    case 'direct':
      return `conv:${channel.id}` as ScopeId;
  }
}

/** Whether anyone may find and read the channel. */
export function isPublic(kind: ChannelKind): boolean {
  return kind === 'mega' || kind === 'dj' || kind === 'event';
}
