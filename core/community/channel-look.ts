import type { Channel } from '../domain/channel.ts';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import type { Directory } from '../store/directory/directory.ts';

type Look = Pick<ChannelSettings, 'accent' | 'picture'>;

/** Colour and picture of a channel; an event that has none of its own has those of its DJ. */
export function lookOf(directory: Pick<Directory, 'channels' | 'settings'>, { id, kind, owner, state }: Channel): Look {
  const { accent, picture } = directory.settings(id);
  if (kind !== 'event' || state === 'read-only' || (accent !== null && picture !== null)) return { accent, picture };
  const home = directory.channels().find((one) => one.kind === 'dj' && one.owner === owner);
  if (home === undefined) return { accent, picture };
  const ofDj = directory.settings(home.id);
  return { accent: accent ?? ofDj.accent, picture: picture ?? ofDj.picture };
}
