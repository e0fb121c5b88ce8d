import { isPublic } from '../../core/domain/channel.ts';
import type { Epoch, Seq } from '../../core/domain/ids.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import type { FeedEntry, SurfacePort } from '../../core/plugin/surface.ts';
import type { Connection } from './connection.ts';
import { entryText, headerBytes, writeFrame } from './encode.ts';
import { MAX_JOINED } from './limits.ts';
import type { ParsedRequest } from './protocol.ts';
import type { Person, Reader } from './reader.ts';
import type { Readers } from './readers.ts';
import { sayError } from './say.ts';

type Join = Extract<ParsedRequest, { readonly type: 'join' }>;
/** Of these so much is written before the reader has taken it; at least one. */
const MOST_BYTES = 256 * 1024;
/** How often a join begins anew when the log moves away under it. */
const MAX_TRIES = 3;

interface At {
  readonly port: SurfacePort;
  readonly readers: Readers;
  readonly connection: Connection;
  readonly reader: Reader;
  readonly frame: Join;
  readonly person: Person;
}

/** Lets a connection into a channel: what it missed, or the newest page; then live, with nothing in between. */
export async function join(
  port: SurfacePort,
  readers: Readers,
  connection: Connection,
  person: Person,
  frame: Join,
): Promise<void> {
  if (connection.joined.size >= MAX_JOINED && !connection.joined.has(frame.channel)) {
    sayError(
      connection,
      frame.id,
      'bad-request',
      `Leave a channel first: ${MAX_JOINED} at once are the most.`,
      'channel',
    );
    return;
  }
  const reader = readers.enter(connection, frame.channel);
  const allowed = await port.ask(person.actor, 'channel', { channel: frame.channel });
  if (!allowed.ok) {
    readers.leave(connection, frame.channel);
    sayError(connection, frame.id, allowed.code, allowed.say, 'channel');
    return;
  }
  if (frame.unnoticed) {
    const hidden = await port.unnoticed(person.actor, frame.channel, () => readers.show(reader));
    if (!hidden.ok) {
      readers.leave(connection, frame.channel);
      sayError(connection, frame.id, hidden.code, hidden.say, 'unnoticed');
      return;
    }
    if (reader.isGone) return hidden.value();
    reader.endUnnoticed = hidden.value;
  }
  reader.mayPost = allowed.value.mayPost;
  reader.isClosed = !isPublic(allowed.value.kind);
  let isIn = false;
  try {
    isIn = await enter({ port, readers, connection, reader, frame, person });
  } finally {
    if (!isIn && connection.joined.get(frame.channel) === reader) readers.leave(connection, frame.channel);
  }
  if (!isIn) sayError(connection, frame.id, 'unavailable', 'The channel changed meanwhile; join it again.', null);
}

async function enter(at: At): Promise<boolean> {
  const { after } = at.frame;
  const epoch = at.port.feed.epoch();
  if (after !== null && after.epoch === epoch) {
    at.reader.lastSent = after.seq;
    const done = await readUp(at, epoch, 'last', () => answer(at, epoch, 'resumed', [], false));
    if (done !== 'reset') return done === 'live';
  }
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const done = await startAnew(at);
    if (done !== 'reset') return done === 'live';
  }
  return false;
}

/** The newest page, and from its position on what came while it was read. */
const NO_PAGE = { messages: [], isEnd: false } as const;

async function startAnew(at: At): Promise<'live' | 'gone' | 'reset'> {
  const { port, reader, frame, person } = at;
  const epoch = port.feed.epoch();
  const head = await port.feed.headSeq(frame.channel);
  const page = await port.ask(person.actor, 'history', { channel: frame.channel, before: null, limit: frame.limit });
  if (reader.isGone || (!page.ok && page.code !== 'forbidden')) return 'gone';
  // a token may be good for following a channel and not for what was said before
  const { messages: known, isEnd } = page.ok ? page.value : NO_PAGE;
  if (port.feed.epoch() !== epoch) return 'reset';
  reader.lastSent = head;
  // What was stored between the two reads comes as entries.
  const messages = known.filter(({ seq }) => seq <= head);
  return readUp(at, epoch, 'first', () => answer(at, epoch, 'reset', messages, isEnd));
}

/** Writes what is missing, then follows. `say` goes before the first entries or after the last ones. */
function readUp(at: At, epoch: Epoch, when: 'first' | 'last', say: () => void): Promise<'live' | 'gone' | 'reset'> {
  const { port, readers, connection, reader, frame, person } = at;
  let isFirst = true;
  return port.catchUp(
    person.actor,
    { channel: frame.channel, epoch, after: reader.lastSent },
    {
      isThere: () => !reader.isGone && connection.isOpen,
      async take(entries, upTo) {
        if (isFirst && when === 'first') say();
        isFirst = false;
        await writeAll(at, entries);
        reader.lastSent = upTo;
      },
      drained: () => connection.drained(),
      live() {
        if (when === 'last') say();
        readers.follow(reader);
      },
    },
  );
}

function answer(
  at: At,
  epoch: Epoch,
  mode: 'resumed' | 'reset',
  messages: readonly HistoryMessage[],
  isEnd: boolean,
): void {
  const { id, channel } = at.frame;
  const seq: Seq = at.reader.lastSent;
  at.connection.send({ type: 'joined', id, channel, epoch, seq, mode, messages: historyOf(messages), isEnd });
}

/** Writes what was missed as fast as it is taken. Stops when the reader is gone; after the last of it nothing is waited for. */
async function writeAll({ connection, reader }: At, entries: readonly FeedEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; ) {
    if (from > 0) await connection.drained();
    if (reader.isGone || !connection.isOpen) return;
    const { count, frames } = framesOf(entries, from);
    connection.write(frames);
    from += count;
    reader.lastSent = entries[from - 1]?.seq ?? reader.lastSent;
  }
}

/** Frames of the entries from `from` on, as many as may be written at once. */
function framesOf(entries: readonly FeedEntry[], from: number): { readonly count: number; readonly frames: Buffer } {
  const texts: { readonly text: string; readonly payload: number }[] = [];
  let size = 0;
  for (const entry of entries.slice(from)) {
    const text = entryText(entry);
    const payload = Buffer.byteLength(text);
    if (texts.length > 0 && size + headerBytes(payload) + payload > MOST_BYTES) break;
    size += headerBytes(payload) + payload;
    texts.push({ text, payload });
  }
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { text, payload } of texts) at = writeFrame(frames, at, text, payload);
  return { count: texts.length, frames };
}

/** Copies the list: a frame's type is a plain array. */
export function historyOf<T>(messages: readonly T[]): T[] {
  return [...messages];
}
