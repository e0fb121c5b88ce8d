import { parentPort, workerData } from 'node:worker_threads';
import type { SearchHit, SearchQuery } from '../ports.ts';
import { openReader } from '../sql/connect.ts';
import { createSearch } from './search.ts';

export interface SearchWorkerData {
  readonly file: string;
}
export interface SearchJob {
  readonly id: number;
  readonly query: SearchQuery;
  readonly deadlineMs: number;
}
export type SearchAnswer =
  | { readonly id: number; readonly ok: true; readonly hits: readonly SearchHit[] }
  | { readonly id: number; readonly ok: false; readonly say: string };

const { file } = workerData as SearchWorkerData;
const search = createSearch(openReader(file));

parentPort?.on('message', ({ id, query, deadlineMs }: SearchJob) => {
  parentPort?.postMessage(answer(id, () => search(query, deadlineMs)));
});

function answer(id: number, find: () => readonly SearchHit[]): SearchAnswer {
  try {
    return { id, ok: true, hits: find() };
  } catch (error) {
    return { id, ok: false, say: error instanceof Error ? error.message : String(error) };
  }
}
