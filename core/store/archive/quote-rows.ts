import type { MessageId } from '../../domain/ids.ts';
import type { Db } from '../sql/connect.ts';
import { blankQuote, parseMessage, withQuote } from './fold.ts';

/** Keeps the words of redacted messages out of the replies to them; used inside the transaction that archives. */
export interface QuoteRows {
  /** Empties the quotes of this message in all that is archived. */
  blankRepliesTo(quoted: MessageId): void;
  /** A reply that was archived just now, perhaps after the redaction of what it quotes. */
  settle(reply: MessageId, quoted: MessageId): void;
}

export function createQuoteRows(db: Db): QuoteRows {
  const repliesTo = db.prepare<[string], MessageId>('select id from messages where reply_to = ?').pluck();
  const isRedacted = db
    .prepare<[string], number>("select 1 from entries where message_id = ? and kind = 'redaction' limit 1")
    .pluck();
  const message = db.prepare<[string], string>('select message from messages where id = ?').pluck();
  const setMessage = db.prepare<[string, string]>('update messages set message = ? where id = ?');
  const entries = db.prepare<[string], { key: string; body: string }>(
    "select key, body from entries where message_id = ? and kind = 'message'",
  );
  const setBody = db.prepare<[string, string]>('update entries set body = ? where key = ?');

  function blank(reply: MessageId): void {
    const json = message.get(reply);
    if (json !== undefined) setMessage.run(JSON.stringify(withQuote(parseMessage(json), '')), reply);
    for (const { key, body } of entries.all(reply)) setBody.run(blankQuote(body), key);
  }

  return {
    blankRepliesTo(quoted) {
      for (const reply of repliesTo.all(quoted)) blank(reply);
    },
    settle(reply, quoted) {
      if (isRedacted.get(quoted) !== undefined) blank(reply);
    },
  };
}
