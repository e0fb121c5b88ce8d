import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { z } from 'zod';

/** A thread of its own: copying a large database takes long, and the hub must go on meanwhile. */
const { source, target } = z.object({ source: z.string(), target: z.string() }).parse(workerData);
/** All pages in one step: the copy of a step starts anew whenever somebody wrote since the last. */
const ALL_PAGES = 0x7fff_ffff;

const from = new Database(source, { readonly: true, fileMustExist: true });
// Page by page, not `vacuum into`, which may renumber rows that the search index points to.
await from.backup(target, { progress: () => ALL_PAGES });
from.close();

const copy = new Database(target);
// One file that needs no other beside it; opening it as the hub's database changes that back.
copy.pragma('journal_mode = delete');
const found = copy.pragma('quick_check', { simple: true });
copy.close();
if (found !== 'ok') throw new Error('the copy is damaged');
