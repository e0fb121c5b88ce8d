import type { ChannelId, MessageId, UserId } from '../domain/ids.ts';
import type { WireMessage } from '../domain/wire.ts';
import type { Entry, EntryNote, Head } from '../store/ports.ts';

/** How many messages a hub keeps at hand for replies, edits and redactions; older ones are looked up. */
const KEPT = 10_000;

/** The newest messages of all channels, from the log. */
export interface Recent {
  apply(batch: readonly Entry[]): void;
  head(id: MessageId): Head | null;
  /** The message as it was first posted; parsed only when asked. Null: not at hand, or redacted. */
  message(id: MessageId): WireMessage['message'] | null;
}

interface Kept {
  head: Head;
  readonly body: string;
}

export function createRecent(kept = KEPT): Recent {
  const messages = new Map<MessageId, Kept>();

  function add(id: MessageId, channel: ChannelId, author: UserId, body: string): void {
    messages.set(id, { head: { id, channel, author, revision: 0, isRedacted: false }, body });
    if (messages.size <= kept) return;
    const oldest = messages.keys().next();
    if (!oldest.done) messages.delete(oldest.value);
  }

  function applyOne(entry: Entry): void {
    if (entry.message === null || entry.channel === null) return;
    if (entry.kind === 'message') {
      const { author } = JSON.parse(entry.note) as EntryNote;
      if (author !== undefined) add(entry.message, entry.channel, author, entry.body);
      return;
    }
    const known = messages.get(entry.message);
    if (known === undefined) return;
    if (entry.kind === 'edit') known.head = { ...known.head, revision: known.head.revision + 1 };
    if (entry.kind === 'redaction') known.head = { ...known.head, isRedacted: true };
  }

  return {
    apply: (batch) => batch.forEach(applyOne),
    head: (id) => messages.get(id)?.head ?? null,
    message(id) {
      const known = messages.get(id);
      if (known === undefined || known.head.isRedacted) return null;
      return (JSON.parse(known.body) as WireMessage).message;
    },
  };
}
