import type { MessageId } from '../domain/ids.ts';
import type { Entry } from '../store/ports.ts';

const MOST = 5_000;

/** Messages that were edited or redacted lately, as the log tells: so that the store need not be asked for each. */
export interface Touched {
  note(entry: Entry): void;
  /** Grows with every change. */
  stamp(): number;
  /** Whether it may have changed since then: also when that cannot be said any more. */
  mayHaveChanged(id: MessageId, since: number): boolean;
  /** Whether a redaction of it was seen lately. */
  isRedacted(id: MessageId): boolean;
}

/** One that reports hide for now is looked up before it is sent. */
const CHANGES: ReadonlySet<Entry['kind']> = new Set(['edit', 'redaction', 'hidden', 'shown']);

export function createTouched(): Touched {
  const touched = new Map<MessageId, 'edited' | 'redacted'>();
  let count = 0;
  return {
    note({ kind, message }) {
      if (message === null || !CHANGES.has(kind)) return;
      count += 1;
      const was = touched.get(message);
      touched.delete(message);
      touched.set(message, kind === 'redaction' || was === 'redacted' ? 'redacted' : 'edited');
      const [oldest] = touched.keys();
      if (touched.size > MOST && oldest !== undefined) touched.delete(oldest);
    },
    stamp: () => count,
    mayHaveChanged: (id, since) => count - since >= MOST || touched.has(id),
    isRedacted: (id) => touched.get(id) === 'redacted',
  };
}
