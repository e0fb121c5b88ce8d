import { parentPort, workerData } from 'node:worker_threads';
import type { SearchHit, SearchQuery } from '../ports.ts';
import { openReader } from '../sql/connect.ts';
import { createSearch } from './search.ts';

export interface SearchWorkerData {
  readonly file: string;
}
export interface SearchJob {
  readonly kind: 'search';
  readonly id: number;
  readonly query: SearchQuery;
  readonly deadlineMs: number;
}
export type SearchAnswer =
  | { readonly id: number; readonly ok: true; readonly hits: readonly SearchHit[] }
  | { readonly id: number; readonly ok: false; readonly say: string };

const { file } = workerData as SearchWorkerData;
const db = openReader(file);
const search = createSearch(db);

parentPort?.on('message', (message: SearchJob | { readonly kind: 'close' }) => {
  if (message.kind === 'close') return close();
  const { id, query, deadlineMs } = message;
  parentPort?.postMessage(answer(id, () => search(query, deadlineMs)));
});

/** The thread ends by itself once nothing is open: one that is torn away takes its database down unclosed. */
function close(): void {
  db.close();
  parentPort?.close();
}

function answer(id: number, find: () => readonly SearchHit[]): SearchAnswer {
  try {
    return { id, ok: true, hits: find() };
  } catch (error) {
    return { id, ok: false, say: error instanceof Error ? error.message : String(error) };
  }
}
