import type { ServerResponse } from 'node:http';
import type { HubPort } from 'slipmat-hub/plugin';
import type { ApiMessage } from '../message.ts';
import { answer } from './answer.ts';
import type { Journal } from './journal.ts';
import { missedLine } from './pump.ts';
import { isFor, type Reader } from './readers.ts';
import { render } from './render.ts';

export interface PollDeps {
  readonly hub: Pick<HubPort, 'media' | 'clock'>;
  readonly journal: Journal;
  readonly reader: Reader;
}

const MOST_MESSAGES = 500;
/** Files weigh; one message at least is given. */
const MOST_BYTES = 4 * 1024 * 1024;

/** What a program has not had yet. It counts as had once the answer has left. */
export async function poll(
  { hub, journal, reader }: PollDeps,
  from: number | null,
  response: ServerResponse,
): Promise<void> {
  const messages: ApiMessage[] = [];
  let at = from ?? reader.place();
  const missed = journal.first() - 1 - at;
  if (missed > 0) {
    messages.push(missedLine(hub.clock.now(), missed, journal.first()));
    at = journal.first() - 1;
  }
  const upTo = journal.last();
  const page = journal.after(at, MOST_MESSAGES);
  let bytes = 0;
  for (const entry of page) {
    const message = isFor(reader, entry) ? await render(entry, hub) : null;
    bytes += message === null ? 0 : JSON.stringify(message).length;
    if (bytes > MOST_BYTES && messages.length > 0) break;
    if (message !== null) messages.push(message);
    at = entry.n;
  }
  if (page.length < MOST_MESSAGES && at === (page.at(-1)?.n ?? at)) at = Math.max(at, upTo);
  response.on('finish', () => reader.moveTo(at));
  answer(response, 200, messages);
}
