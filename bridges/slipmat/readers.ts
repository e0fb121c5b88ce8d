import type { ChannelId, Seq } from '../../core/domain/ids.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import { ChannelFeed } from './channel-feed.ts';
import { Flusher } from './flusher.ts';
import type { Outlet, Reader } from './reader.ts';

/** Who reads which channel on this hub. */
export class Readers {
  readonly #port: SurfacePort;
  readonly #feeds = new Map<ChannelId, ChannelFeed>();
  readonly #flusher: Flusher;

  constructor(port: SurfacePort) {
    this.#port = port;
    this.#flusher = new Flusher(port.clock);
  }

  feed(channel: ChannelId): ChannelFeed | null {
    return this.#feeds.get(channel) ?? null;
  }

  /** Enters a connection into a channel, not yet following it; one that was there before is replaced. */
  enter(connection: Outlet, channel: ChannelId): Reader {
    this.leave(connection, channel);
    const reader: Reader = {
      connection,
      channel,
      place: -1,
      lastSent: 0 as Seq,
      mayPost: false,
      isClosed: false,
      isGone: false,
      typingToldAt: Number.NEGATIVE_INFINITY,
      endUnnoticed: null,
    };
    connection.joined.set(channel, reader);
    return reader;
  }

  /** Follows the channel from the next entry on, in this very tick. */
  follow(reader: Reader): void {
    const { channel } = reader;
    let feed = this.#feeds.get(channel);
    if (feed === undefined) {
      feed = new ChannelFeed(channel);
      this.#feeds.set(channel, feed);
      this.#listen(feed);
    }
    feed.add(reader);
    if (reader.endUnnoticed === null) this.#appear(reader);
  }

  /** Others see from now on a reader whom they did not. */
  show(reader: Reader): void {
    reader.endUnnoticed = null;
    if (reader.place >= 0) this.#appear(reader);
  }

  /** @returns whether it was there */
  leave(connection: Outlet, channel: ChannelId): boolean {
    const reader = connection.joined.get(channel);
    if (reader === undefined) return false;
    connection.joined.delete(channel);
    reader.isGone = true;
    this.unfollow(reader);
    reader.endUnnoticed?.();
    return true;
  }

  /** Stops the live frames; the connection stays in the channel. */
  unfollow(reader: Reader): void {
    const feed = this.#feeds.get(reader.channel);
    if (feed === undefined || reader.place < 0) return;
    feed.remove(reader);
    const { person } = reader.connection;
    if (person !== null && reader.endUnnoticed === null) this.#port.presence.leave(reader.channel, person.actor);
    if (feed.readers.length > 0) return;
    feed.close();
    this.#flusher.forget(feed);
    this.#feeds.delete(reader.channel);
  }

  leaveAll(connection: Outlet): void {
    for (const channel of [...connection.joined.keys()]) this.leave(connection, channel);
  }

  /** Says what was left out while the connection was slow. Nothing more comes of that channel until it joins again. */
  tellGaps(connection: Outlet): void {
    for (const reader of connection.joined.values()) {
      const to = this.#feeds.get(reader.channel)?.flushedSeq ?? null;
      if (reader.place < 0 || to === null || to <= reader.lastSent) continue;
      connection.send({ type: 'gap', channel: reader.channel, from: reader.lastSent, to });
      this.unfollow(reader);
    }
  }

  stop(): void {
    this.#flusher.stop();
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  #appear({ connection, channel }: Reader): void {
    if (connection.person !== null) this.#port.presence.join(channel, connection.person.actor);
  }

  #listen(feed: ChannelFeed): void {
    const stop = this.#port.feed.follow(feed.id, (entries) => {
      feed.take(entries);
      this.#flusher.wake(feed);
    });
    feed.followedBy(stop);
  }
}
