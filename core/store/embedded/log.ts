import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../async/clock.ts';
import { pause } from '../../async/clock.ts';
import type { Position } from '../../domain/ids.ts';
import { type Entry, type Log, START, type Step, type Stored, StoreUnavailable } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { errorOf } from '../sql/errors.ts';
import { reading } from '../sql/reading.ts';
import type { Writer } from '../sql/writer.ts';
import { inTurn } from './in-turn.ts';
import { isBefore, placeOf, positionOf } from './place.ts';
import type { LogReads } from './reads.ts';
import type { Recent } from './recent.ts';
import { TRIM_LIMIT } from './source.ts';
import { entryOf, ONLY_SHARD } from './step.ts';

const TAIL_LIMIT = 500;
/** Closing waits for appends no longer than this. */
const CLOSE_DEADLINE_MS = 2_000;

interface LogParts {
  readonly db: Db;
  readonly writer: Writer;
  readonly reads: LogReads;
  readonly recent: Recent;
  readonly clock: Clock;
  readonly maxEntries: number;
}

/** The log of one hub in its own database file: one shard, appends by the writer worker, the tail from memory. */
export function createEmbeddedLog({ db, writer, reads, recent, clock, maxEntries }: LogParts): Log {
  const closing = new AbortController();
  const unanswered = new Set<(error: Error) => void>();
  let whenAnswered = (): void => {};
  const isClosed = () => new StoreUnavailable('the log is closed');

  function append(step: Step): Promise<Stored> {
    if (closing.signal.aborted) return Promise.reject(isClosed());
    return new Promise((resolve, reject) => {
      unanswered.add(reject);
      writer.send({ kind: 'append', step }, (answer) => {
        unanswered.delete(reject);
        if (unanswered.size === 0) whenAnswered();
        if (answer.kind === 'failed') return reject(errorOf(answer.failure));
        if (answer.kind !== 'stored') return reject(new Error(`unexpected answer: ${answer.kind}`));
        const { stored } = answer;
        if (stored.kind === 'stored') recent.push(entryOf(step, placeOf(stored.position), stored.seq));
        resolve(stored);
      });
    });
  }

  async function* tail(after: readonly Position[], stop: AbortSignal): AsyncGenerator<readonly Entry[]> {
    const signal = AbortSignal.any([stop, closing.signal]);
    let at = placeOf(after[ONLY_SHARD] ?? START);
    while (!signal.aborted) {
      const inMemory = recent.after(at, TAIL_LIMIT);
      const from = at;
      const batch = inMemory ?? reading(db, () => reads.range(from, TAIL_LIMIT));
      const last = batch.at(-1);
      if (last !== undefined) {
        at = placeOf(last.position);
        yield batch;
        // A long way back must not keep the hub from its other work.
        if (inMemory === null) await nextTurn();
      } else {
        at = Math.max(at, recent.head());
        await recent.next(signal);
      }
    }
  }

  return {
    shards: 1,
    shardOf: () => ONLY_SHARD,
    append,
    tail,
    range: (_shard, after, limit) => inTurn(db, () => reads.range(placeOf(after), limit)),
    since: (_scope, channel, after, limit) => inTurn(db, () => reads.since(channel, after, limit)),
    page: (_scope, channel, before, limit) => inTurn(db, () => ({ messages: reads.page(channel, before, limit) })),
    hot: (_scope, ids) => inTurn(db, () => reads.hot(ids)),
    bounds: (_scope, channel) => inTurn(db, () => reads.bounds(channel)),
    heads: () => inTurn(db, () => [positionOf(reads.head())]),
    positionAt: (_shard, at) => inTurn(db, () => reads.positionAt(at)),
    isBefore,
    async trim(_shard, upTo) {
      let gone = 0;
      for (;;) {
        const answer = await writer.ask({ kind: 'trim', upTo: placeOf(upTo), limit: TRIM_LIMIT });
        if (answer.kind !== 'trimmed') throw new Error(`unexpected answer: ${answer.kind}`);
        gone += answer.entries;
        if (answer.entries < TRIM_LIMIT) return gone;
      }
    },
    async raise(_scope, seqs) {
      await writer.ask({ kind: 'raise', seqs: [...seqs] });
    },
    async rewrite(_shard, changes) {
      const rows = changes.map(({ position, body, note }) => ({ place: placeOf(position), body, note }));
      for (let from = 0; from < rows.length; from += TRIM_LIMIT) {
        await writer.ask({ kind: 'rewrite', changes: rows.slice(from, from + TRIM_LIMIT) });
      }
      return true;
    },
    // the database's own pages are seen to by whoever writes it
    tidy: () => Promise.resolve(),
    size: () => inTurn(db, () => ({ entries: reads.entries(), cap: maxEntries })),
    async close() {
      closing.abort();
      const answered = new AbortController();
      whenAnswered = () => answered.abort();
      if (unanswered.size > 0) await pause(clock, CLOSE_DEADLINE_MS, answered.signal);
      for (const reject of unanswered) reject(isClosed());
      unanswered.clear();
    },
  };
}
