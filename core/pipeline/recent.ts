import type { BridgeId, ChannelId, EpochMs, MessageId, RoomId, UserId } from '../domain/ids.ts';
import type { WireMessage } from '../domain/wire.ts';
import type { Entry, EntryNote, Head } from '../store/ports.ts';

/** How many messages a hub keeps at hand for replies, edits and redactions; older ones are looked up. */
const KEPT = 10_000;

/** The newest messages of all channels, from the log. */
export interface Recent {
  apply(batch: readonly Entry[]): void;
  /** This hub has just stored a change of it, which the log will tell in a moment. */
  changed(id: MessageId): void;
  /** Whether it was edited or redacted since it was posted, as far as it is at hand. */
  hasChanged(id: MessageId): boolean;
  /** The log has gone back: nothing is certain. */
  forget(): void;
  head(id: MessageId): Head | null;
  /** Whether it was redacted or is hidden, as far as the log has told lately; also of messages that are not at hand. */
  isGone(id: MessageId): boolean;
  /** The message with this step key: how a bridge's own reference leads to it. */
  byKey(key: string): MessageId | null;
  /** Parsed only when asked. Null: not at hand, redacted, or no longer what was first posted. */
  message(id: MessageId): WireMessage['message'] | null;
  /** Of one channel since then, newest first, as far as they are at hand; at most `most`. */
  since(channel: ChannelId, at: EpochMs, most: number): readonly Near[];
}

/** A message at hand, with where it was said. */
export interface Near {
  readonly id: MessageId;
  readonly author: UserId;
  readonly at: EpochMs;
  readonly bridge: BridgeId | null;
  /** Null: on no platform that keeps messages of its own. */
  readonly room: RoomId | null;
}

interface Kept {
  head: Head;
  readonly near: Near;
  readonly key: string;
  readonly body: string;
  isChanged: boolean;
}

const MOST_GONE = 1_000;
/** How far back one question may look, over all channels. */
const MOST_LOOKED_AT = 5_000;

/** @param onMessage told of each new message */
export function createRecent(kept = KEPT, onMessage: (head: Head, at: EpochMs) => void = () => {}): Recent {
  const messages = new Map<MessageId, Kept>();
  const keys = new Map<string, MessageId>();
  /** A ring, in the order they came: a Map would step over all that have left it to find its first. */
  const order: MessageId[] = [];
  let place = 0;
  /** What is not at hand and went lately: it may have been looked up a moment before. */
  const gone = new Set<MessageId>();

  function add(head: Head, entry: Entry, { bridge, ref, cameAs, saidAt }: EntryNote): void {
    if (!messages.has(head.id)) takePlace(head.id);
    const { id, author } = head;
    const near = { id, author, at: entry.at, bridge: bridge ?? null, room: ref?.room ?? null };
    // what was held is known by the key under which it came
    const key = cameAs ?? entry.key;
    messages.set(id, { head, near, key, body: entry.body, isChanged: false });
    keys.set(key, id);
    onMessage(head, saidAt ?? entry.at);
  }

  /** The place of the oldest, once all are taken. */
  function takePlace(id: MessageId): void {
    const oldest = order[place];
    if (oldest !== undefined) drop(oldest);
    order[place] = id;
    place = (place + 1) % kept;
  }

  function drop(id: MessageId): void {
    const known = messages.get(id);
    if (known !== undefined) keys.delete(known.key);
    messages.delete(id);
  }

  function applyOne(entry: Entry): void {
    const { message: id, channel } = entry;
    if (id === null || channel === null) return;
    if (entry.kind === 'message') {
      const note = JSON.parse(entry.note) as EntryNote;
      const { author } = note;
      if (author !== undefined) add({ id, channel, author, revision: 0, isRedacted: false }, entry, note);
      return;
    }
    const known = messages.get(id);
    if (known === undefined) {
      note(id, entry.kind);
      return;
    }
    if (entry.kind !== 'reaction') known.isChanged = true;
    if (entry.kind === 'edit') known.head = { ...known.head, revision: known.head.revision + 1 };
    if (entry.kind === 'hidden') known.head = { ...known.head, isHidden: true };
    if (entry.kind === 'shown') known.head = { ...known.head, isHidden: false };
    if (entry.kind === 'redaction') known.head = { ...known.head, isRedacted: true };
  }

  function note(id: MessageId, kind: Entry['kind']): void {
    if (kind === 'shown') gone.delete(id);
    if (kind !== 'hidden' && kind !== 'redaction') return;
    gone.add(id);
    const [oldest] = gone;
    if (gone.size > MOST_GONE && oldest !== undefined) gone.delete(oldest);
  }

  function since(channel: ChannelId, at: EpochMs, most: number): readonly Near[] {
    const found: Near[] = [];
    for (let back = 1; back <= Math.min(order.length, MOST_LOOKED_AT) && found.length < most; back += 1) {
      const id = order[(place - back + order.length) % order.length];
      const known = id === undefined ? undefined : messages.get(id);
      if (known === undefined || known.head.channel !== channel) continue;
      if (known.near.at < at) break;
      found.push(known.near);
    }
    return found;
  }

  return {
    since,
    apply: (batch) => batch.forEach(applyOne),
    changed(id) {
      const known = messages.get(id);
      if (known !== undefined) known.isChanged = true;
    },
    hasChanged: (id) => messages.get(id)?.isChanged === true,
    forget() {
      messages.clear();
      keys.clear();
      gone.clear();
      order.length = 0;
      place = 0;
    },
    head: (id) => messages.get(id)?.head ?? null,
    isGone(id) {
      const head = messages.get(id)?.head;
      return head === undefined ? gone.has(id) : head.isRedacted || head.isHidden === true;
    },
    byKey: (key) => keys.get(key) ?? null,
    message(id) {
      const known = messages.get(id);
      if (known === undefined || known.isChanged) return null;
      return (JSON.parse(known.body) as WireMessage).message;
    },
  };
}
