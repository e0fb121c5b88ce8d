import type { Actor } from '../../core/domain/inbound.ts';
import { isOverlay } from '../../core/domain/scopes.ts';
import type { SurfacePort, Typing } from '../../core/plugin/surface.ts';
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

/** Tells the others who read the channel, here and elsewhere. At most once, never kept; too much is left out silently. */
export function tellTyping(
  port: SurfacePort,
  readers: Readers,
  connection: Connection,
  actor: Actor,
  frame: Extract<ParsedRequest, { readonly type: 'typing' }>,
): void {
  const reader = connection.joined.get(frame.channel);
  const feed = readers.feed(frame.channel);
  if (reader === undefined || feed === null) {
    sayError(connection, frame.id, 'bad-request', 'Join the channel first.', 'channel');
    return;
  }
  const lack = port.lacks(actor, 'post');
  if (lack !== null) {
    sayError(connection, frame.id, lack.code, lack.say);
    return;
  }
  const now = port.clock.elapsed();
  if (!reader.mayPost || reader.endUnnoticed !== null || feed.readers.length > MAX_READERS) return;
  if (frame.on && now - reader.typingToldAt < EVERY_MS) return;
  if (!takeTurn(feed, now)) return;
  reader.typingToldAt = frame.on ? now : Number.NEGATIVE_INFINITY;
  const { user, name, platform, avatarUrl } = actor;
  const typing = { channel: frame.channel, user, name, platform, avatarUrl, on: frame.on };
  tellReaders(port, feed, typing);
  port.typing.say(typing);
}

/** Somebody types at another hub, or in a room. */
export function hearTyping(port: SurfacePort, readers: Readers, typing: Typing): void {
  const feed = readers.feed(typing.channel);
  if (feed === null || feed.readers.length > MAX_READERS || !takeTurn(feed, port.clock.elapsed())) return;
  tellReaders(port, feed, typing);
}

function tellReaders(port: SurfacePort, feed: ChannelFeed, { channel, user, name, on }: Typing): void {
  const bytes = encodeFrame({ type: 'typing', channel, user, name, on });
  for (const { connection, isClosed } of feed.readers) {
    const { person } = connection;
    if (person === null || person.actor.user === user || !connection.takesLive()) continue;
    if (isOverlay(person.actor)) continue;
    if (!isClosed || port.mayHear(person.actor, { user })) connection.write(bytes);
  }
}

function takeTurn(feed: ChannelFeed, now: number): boolean {
  if (now - feed.typing.at > 1_000) feed.typing = { at: now, count: 0 };
  feed.typing.count += 1;
  return feed.typing.count <= PER_SECOND;
}
