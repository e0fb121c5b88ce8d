import { quoteText } from '../../domain/content.ts';
import type { MessageId, ScopeId } from '../../domain/ids.ts';
import type { HistoryMessage } from '../../domain/wire.ts';
import type { Archive, ArchivedEntry, HotMessage, Log } from '../ports.ts';
import { blankQuote, parseWire, quotedIn, withQuote } from './fold.ts';

type HotMessages = ReadonlyMap<MessageId, HotMessage>;
const NOTHING: HotMessages = new Map();

/** Makes quotes say what the quoted messages say now, and nothing once they are redacted. Without replies nothing is read. */
export interface Quotes {
  /** @param known what was read of the log already */
  ofRows<Row extends HistoryMessage>(
    scope: ScopeId,
    rows: readonly Row[],
    known?: HotMessages,
  ): Promise<readonly Row[]>;
  /** Entries stay as they were said, but for words that are redacted now: an edit comes as an entry of its own. */
  ofEntries(scope: ScopeId, entries: readonly ArchivedEntry[]): Promise<readonly ArchivedEntry[]>;
}

interface QuotesParts {
  readonly log: Pick<Log, 'hot'>;
  readonly archive: Pick<Archive, 'quoteTexts'>;
}

export function createQuotes({ log, archive }: QuotesParts): Quotes {
  /** The log is asked first: what it no longer holds is archived by then. */
  async function textsOf(scope: ScopeId, ids: ReadonlySet<MessageId>, known: HotMessages) {
    const texts = new Map<MessageId, string>();
    const take = (hot: HotMessages): void => {
      for (const id of ids) {
        const text = hotText(hot.get(id));
        if (text !== null) texts.set(id, text);
      }
    };
    const missing = (): readonly MessageId[] => [...ids].filter((id) => !texts.has(id));
    take(known);
    if (missing().length > 0) take(await log.hot(scope, missing()));
    if (missing().length === 0) return texts;
    return new Map([...(await archive.quoteTexts(missing())), ...texts]);
  }

  return {
    async ofRows(scope, rows, known = NOTHING) {
      const ids = new Set(rows.flatMap(({ message }) => message.replyTo?.id ?? []));
      if (ids.size === 0) return rows;
      const texts = await textsOf(scope, ids, known);
      return rows.map((row) => {
        const text = row.message.replyTo === null ? undefined : texts.get(row.message.replyTo.id);
        return text === undefined ? row : { ...row, message: withQuote(row.message, text) };
      });
    },
    async ofEntries(scope, entries) {
      const quoted = entries.map(({ body }) => quotedIn(body));
      const ids = new Set(quoted.filter((id) => id !== null));
      if (ids.size === 0) return entries;
      const texts = await textsOf(scope, ids, NOTHING);
      return entries.map((entry, index) => {
        const id = quoted[index] ?? null;
        return id !== null && texts.get(id) === '' ? { ...entry, body: blankQuote(entry.body) } : entry;
      });
    },
  };
}

/** Null when the archive knows more of its words than the log. */
function hotText(hot: HotMessage | undefined): string | null {
  if (hot === undefined) return null;
  if (hot.redaction !== null || hot.head.isRedacted) return '';
  const newest = hot.edit ?? hot.shown ?? hot.body;
  if (newest === null) return null;
  const wire = parseWire(newest);
  if (wire.type === 'edit') return quoteText(wire.content);
  return wire.type === 'message' || wire.type === 'shown' ? quoteText(wire.message.content) : null;
}
