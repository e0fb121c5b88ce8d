import { directIdOf } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import type { Member } from '../../domain/conversation.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Directory } from '../../store/directory/directory.ts';

export const NOTES_NAME = 'Notes to yourself';
/** Who else was in it has been forgotten. */
const GONE = 'Nobody else';
const MOST_NAMED = 4;

/** A direct conversation is called by the names of the others. */
export function faceOf(
  { conversations, sameAs }: Pick<Directory, 'conversations' | 'sameAs'>,
  viewer: UserId,
  channel: Channel,
): Channel {
  if (channel.kind !== 'direct') return channel;
  const person = sameAs(viewer);
  const others = conversations.members(channel.id).filter(({ user }) => !person.includes(user));
  const there = others.filter(({ state }) => state !== 'left');
  if (others.length === 0 && !person.some((user) => directIdOf([user]) === channel.id))
    return { ...channel, name: GONE };
  return { ...channel, name: nameOf(there.length === 0 ? others : there) };
}

export function nameOf(others: readonly Pick<Member, 'name'>[]): string {
  if (others.length === 0) return NOTES_NAME;
  const named = others.slice(0, MOST_NAMED).map(({ name }) => name);
  const left = others.length - named.length;
  return left > 0 ? `${named.join(', ')} and ${left} more` : named.join(', ');
}
