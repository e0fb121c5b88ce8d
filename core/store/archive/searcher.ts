import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type SearchHit, type SearchQuery, StoreUnavailable } from '../ports.ts';
import type { SearchAnswer, SearchJob, SearchWorkerData } from './search-worker.ts';

/** Searches that wait at once; more are turned away. */
const MAX_WAITING = 32;

export interface Searcher {
  /** @throws {StoreUnavailable} when too many search already, it takes too long, or the file cannot be read */
  search(query: SearchQuery): Promise<readonly SearchHit[]>;
  close(): Promise<void>;
}

/** Full-text search in a thread of its own, which is started with the first search and again should it die. */
export function createSearcher(file: string, deadlineMs: number): Searcher {
  const waiting = new Map<number, (answer: SearchAnswer) => void>();
  let worker: Worker | null = null;
  let lastId = 0;

  function failAll(ended: Worker | null, say: string): void {
    if (ended !== worker) return;
    worker = null;
    for (const [id, settle] of waiting) settle({ id, ok: false, say });
    waiting.clear();
  }

  function start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const started = new Worker(new URL(`./search-worker.${extension}`, import.meta.url), {
      workerData: { file } satisfies SearchWorkerData,
      name: 'search',
    });
    started.unref();
    started.on('message', (answer: SearchAnswer) => {
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
    started.on('error', (error: Error) => failAll(started, error.message));
    started.on('exit', () => failAll(started, 'its thread ended'));
    return started;
  }

  return {
    async search(query) {
      if (waiting.size >= MAX_WAITING) throw new StoreUnavailable('Too many searches are waiting.');
      worker ??= start();
      lastId += 1;
      const id = lastId;
      const answered = new Promise<SearchAnswer>((resolve) => waiting.set(id, resolve));
      worker.postMessage({ kind: 'search', id, query, deadlineMs } satisfies SearchJob);
      const answer = await answered;
      if (!answer.ok) throw new StoreUnavailable(`The search failed: ${answer.say}.`);
      return answer.hits;
    },
    async close() {
      const ending = worker;
      failAll(ending, 'the hub is stopping');
      if (ending === null) return;
      const exited = once(ending, 'exit');
      // after the search that is running, which has its deadline
      ending.postMessage({ kind: 'close' });
      await exited;
    },
  };
}
