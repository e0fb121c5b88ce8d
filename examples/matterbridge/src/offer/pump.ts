import type { HubPort } from 'slipmat-hub/plugin';
import { type ApiMessage, messageOf } from '../message.ts';
import type { Journal } from './journal.ts';
import { isFor, type Reader } from './readers.ts';
import { render } from './render.ts';

export interface PumpDeps {
  readonly journal: Journal;
  readonly hub: Pick<HubPort, 'media' | 'clock'>;
  readonly reader: Reader;
  /** Writes one message. Resolves once it has left; what rejects ends the pump. */
  readonly write: (message: ApiMessage) => Promise<void>;
}

const PAGE = 50;

/**
 * Writes what this program has not had, then what comes, each after the one before has left: what is slow piles up
 * nowhere. Ends when the signal aborts, or rejects as `write` does.
 * @param from as in the journal; null: where the program was the last time
 */
export async function pump(
  { journal, hub, reader, write }: PumpDeps,
  from: number | null,
  signal: AbortSignal,
): Promise<void> {
  let at = from ?? reader.place();
  while (!signal.aborted) {
    const missed = journal.first() - 1 - at;
    if (missed > 0) {
      await write(missedLine(hub.clock.now(), missed, journal.first()));
      at = journal.first() - 1;
    }
    const upTo = journal.last();
    const page = journal.after(at, PAGE);
    for (const entry of page) {
      if (signal.aborted) return;
      const message = isFor(reader, entry) ? await render(entry, hub) : null;
      if (message !== null) await write(message);
      at = entry.n;
      reader.moveTo(at);
    }
    if (page.length === PAGE) continue;
    at = Math.max(at, upTo);
    reader.moveTo(at);
    await more(journal, at, signal);
  }
}

/** What a program reads instead of that which is not kept any more. */
export function missedLine(now: number, count: number, next: number): ApiMessage {
  const text = `${count} messages and changes are no longer kept.`;
  return messageOf(now, { text, username: 'Slipmat Hub', protocol: 'slipmat', id: `missed-before-${next}` });
}

/** Resolves when there is more than this, or at once when there is already. */
function more(journal: Journal, than: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || journal.last() > than) return resolve();
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = journal.onMore(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
