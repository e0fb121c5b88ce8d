import { backoffMs } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { fetchUrl } from '../../media/fetch-url.ts';
import { MediaProblem } from '../../media/media-problem.ts';
import type { Outside } from '../../media/outside.ts';
import type { Logger } from '../../ops/log.ts';
import type { LibraryTitlesTable } from '../../store/sql/library-tables.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { charsetOf, titleOf } from './html-title.ts';

export interface TitleDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks at pages that were linked, to say what they are called. Nobody waits for it. */
export interface Titles {
  /** Begins with as many as may be under way at once; the rest waits for the next call. Never rejects. */
  look(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

const AT_ONCE = 4;
/** Between two pages of one host. */
const HOST_EVERY_MS = 1_000;
const CANDIDATES = 100;
const WITHIN_MS = 15_000;
/** A page may be of any size: only its beginning is read. */
const MAX_PAGE = 1_000_000_000;
const MAX_HEAD = 512 * 1024;
const MOST_TRIES = 4;
const RETRY = { baseMs: 60_000, capMs: 60 * 60_000 };

type Waiting = Pick<LibraryTitlesTable, 'item' | 'url' | 'tries'>;

export function createTitles({ sql, outside, clock, logger }: TitleDeps): Titles {
  const running = new Map<string, Promise<void>>();
  const hosts = new Map<string, { isBusy: boolean; readonly freeAt: number }>();

  async function waiting(): Promise<readonly Waiting[]> {
    let query = sql.build
      .selectFrom('library_titles')
      .select(['item', 'url', 'tries'])
      .where('state', '=', 'waiting')
      .where('try_at', '<=', clock.now());
    // else the many links of one slow host would leave no place for those of others
    for (const host of hosts.keys()) {
      if (isFree(host)) continue;
      query = query.where('url', 'not like', `%://${host}/%`).where('url', 'not like', `%://${host}:%`);
    }
    // what people talk about now goes first
    return sql.read(query.orderBy('try_at', 'desc').limit(CANDIDATES).compile());
  }

  function isFree(host: string): boolean {
    const one = hosts.get(host);
    return one === undefined || (!one.isBusy && one.freeAt <= clock.elapsed());
  }

  async function save(item: string, row: Partial<Omit<LibraryTitlesTable, 'item'>>): Promise<void> {
    // gone meanwhile, with the last message that had it: then it stays gone
    await sql.write([{ query: sql.build.updateTable('library_titles').set(row).where('item', '=', item).compile() }]);
  }

  async function lookAt({ item, url, tries }: Waiting, signal: AbortSignal): Promise<void> {
    try {
      const title = await withDeadline(clock, WITHIN_MS, signal, (limited) => fetchTitle(url, limited));
      await save(item, title === null ? NOTHING : { title, words: title.toLowerCase(), state: 'known' });
    } catch (error) {
      if (signal.aborted) return;
      const isRefused = error instanceof MediaProblem && error.code === 'blocked';
      const again = { tries: tries + 1, try_at: clock.now() + backoffMs(tries + 1, RETRY) };
      await save(item, isRefused || tries + 1 >= MOST_TRIES ? NOTHING : again);
    }
  }

  async function fetchTitle(url: string, signal: AbortSignal): Promise<string | null> {
    const over = new AbortController();
    try {
      const limits = { outside, clock, maxBytes: MAX_PAGE, signal: AbortSignal.any([signal, over.signal]) };
      return titleOf(await headOf(await fetchUrl(url, limits)));
    } finally {
      over.abort();
    }
  }

  function begin(one: Waiting, host: string, signal: AbortSignal): void {
    const state = { isBusy: true, freeAt: clock.elapsed() + HOST_EVERY_MS };
    hosts.set(host, state);
    const looking = lookAt(one, signal)
      .catch((error: unknown) => logger.warn({ err: error }, 'the title of a page was not kept; it is looked at again'))
      .finally(() => {
        state.isBusy = false;
        running.delete(one.item);
      });
    running.set(one.item, looking);
  }

  return {
    async look(signal) {
      for (const [host, { isBusy, freeAt }] of hosts) if (!isBusy && freeAt <= clock.elapsed()) hosts.delete(host);
      if (running.size >= AT_ONCE || signal.aborted) return;
      try {
        for (const one of await waiting()) {
          const host = URL.parse(one.url)?.hostname ?? '';
          if (running.size >= AT_ONCE || signal.aborted) return;
          if (!running.has(one.item) && isFree(host)) begin(one, host, signal);
        }
      } catch (error) {
        logger.warn({ err: error }, 'links that wait for their titles could not be read');
      }
    },
    async settled() {
      await Promise.all(running.values());
    },
  };
}

const NOTHING = { state: 'none' } as const;

/** The beginning of a page, up to where it can say no more what it is called. */
async function headOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_HEAD || /<\/head|<body/i.test(Buffer.from(chunk).toString('latin1'))) break;
  }
  return decode(Buffer.concat(chunks).subarray(0, MAX_HEAD));
}

function decode(bytes: Buffer): string {
  const charset = charsetOf(bytes.subarray(0, 4_096).toString('latin1'));
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch (error) {
    // it says that it is written in something that nobody has heard of
    if (error instanceof RangeError) return bytes.toString('utf8');
    throw error;
  }
}
