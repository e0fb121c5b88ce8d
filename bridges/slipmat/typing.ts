import type { Actor } from '../../core/domain/inbound.ts';
import type { ChannelFeed } from './channel-feed.ts';
import type { Connection } from './connection.ts';
import { encodeFrame } from './encode.ts';
import type { ParsedRequest } from './protocol.ts';
import type { Readers } from './readers.ts';
import { sayError } from './say.ts';

/** One person's typing is told at most this often. */
const EVERY_MS = 2_000;
/** All of a channel together, in one second. */
const PER_SECOND = 5;
/** In larger crowds nobody needs to know, and it would cost a write for each. */
const MAX_READERS = 200;

/** Tells the others who read the channel on this hub. At most once, never kept; too much is left out silently. */
export function tellTyping(
  readers: Readers,
  connection: Connection,
  actor: Actor,
  frame: Extract<ParsedRequest, { readonly type: 'typing' }>,
  now: number,
  mayHear: (other: Actor) => boolean,
): void {
  const reader = connection.joined.get(frame.channel);
  const feed = readers.feed(frame.channel);
  if (reader === undefined || feed === null) {
    sayError(connection, frame.id, 'bad-request', 'Join the channel first.', 'channel');
    return;
  }
  if (!reader.mayPost || feed.readers.length > MAX_READERS) return;
  if (frame.on && now - reader.typingToldAt < EVERY_MS) return;
  if (!takeTurn(feed, now)) return;
  reader.typingToldAt = frame.on ? now : Number.NEGATIVE_INFINITY;
  const { user, name } = actor;
  const bytes = encodeFrame({ type: 'typing', channel: frame.channel, user, name, on: frame.on });
  for (const other of feed.readers) {
    const { person } = other.connection;
    if (person === null || person.actor.user === user || !other.connection.takesLive()) continue;
    if (!reader.isClosed || mayHear(person.actor)) other.connection.write(bytes);
  }
}

function takeTurn(feed: ChannelFeed, now: number): boolean {
  if (now - feed.typing.at > 1_000) feed.typing = { at: now, count: 0 };
  feed.typing.count += 1;
  return feed.typing.count <= PER_SECOND;
}
