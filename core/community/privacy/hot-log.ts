import { type MessageId, mintedAt } from '../../domain/ids.ts';
import { quotedIn } from '../../store/archive/fold.ts';
import { type Entry, type Log, type Rewritten, START } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Erasure } from './erasures.ts';
import { isBy, scrubEntry } from './scrub.ts';

const BATCH = 500;

/**
 * What is still in the live log. Everything of theirs is archived and scrubbed there, which tells what is theirs.
 * @returns false when a shard is too crowded to be written anew now
 */
export async function scrubLog(
  log: Pick<Log, 'shards' | 'range' | 'rewrite'>,
  sql: Pick<Sql, 'build' | 'read'>,
  erasure: Erasure,
): Promise<boolean> {
  let isWhole = true;
  for (let shard = 0; shard < log.shards; shard += 1) {
    const changes = await changesOf(shard, log, sql, erasure);
    if (changes.length > 0 && !(await log.rewrite(shard, changes))) isWhole = false;
  }
  return isWhole;
}

async function changesOf(
  shard: number,
  log: Pick<Log, 'range'>,
  sql: Pick<Sql, 'build' | 'read'>,
  erasure: Erasure,
): Promise<readonly Rewritten[]> {
  const changes: Rewritten[] = [];
  let at = START;
  for (;;) {
    const batch = await log.range(shard, at, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return changes;
    changes.push(...(await scrubbed(batch, sql, erasure)));
    at = last.position;
  }
}

async function scrubbed(
  batch: readonly Entry[],
  sql: Pick<Sql, 'build' | 'read'>,
  erasure: Erasure,
): Promise<readonly Rewritten[]> {
  const quoted = batch.map((entry) => (entry.kind === 'message' ? quotedIn(entry.body) : null));
  const ids = [...new Set([...batch.map(({ message }) => message), ...quoted])].filter((id) => id !== null);
  const theirs = await whichAreTheirs(ids, sql, erasure);
  return batch.flatMap((entry, index) => {
    const { message } = entry;
    const isLater = message !== null && mintedAt(message) > erasure.askedAt;
    const isTheirs = message !== null && (theirs.has(message) || (!isLater && isBy(entry, erasure.users)));
    if (isLater && !isTheirs && entry.kind === 'message') return [];
    const quote = quoted[index] ?? null;
    const next = scrubEntry(entry, { isTheirs, quotesThem: quote !== null && theirs.has(quote) }, erasure);
    return next === null ? [] : [{ position: entry.position, ...next }];
  });
}

async function whichAreTheirs(
  ids: readonly MessageId[],
  { build, read }: Pick<Sql, 'build' | 'read'>,
  { alias }: Erasure,
): Promise<ReadonlySet<MessageId>> {
  if (ids.length === 0) return new Set();
  const query = build.selectFrom('messages').select('id').where('id', 'in', ids).where('author_id', '=', alias);
  return new Set((await read(query.compile())).map(({ id }) => id as MessageId));
}
