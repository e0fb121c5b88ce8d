import { assertNever } from '../../domain/content.ts';
import type { ChannelId, EpochMs, Rev, Seq } from '../../domain/ids.ts';
import type { Db } from '../sql/connect.ts';
import { createAppender, type LogCounters } from './append.ts';
import type { LogAnswer, LogJob, Place } from './jobs.ts';
import { createPortals } from './portals.ts';
import { createPlaceReads } from './rows.ts';
import { createTrimmer } from './trim.ts';

/** The embedded store's half in the writer worker. Everything here runs inside a transaction of the caller. */
export interface LogWorker {
  run(job: LogJob, now: EpochMs): LogAnswer;
  /** @returns a function that forgets what happened since, for a job that was undone */
  keep(): () => void;
  trim(upTo: Place, limit: number, now: EpochMs): number;
  size(): { readonly entries: number; readonly cap: number };
}

export function createLogWorker(db: Db): LogWorker {
  const append = createAppender(db);
  const trimEntries = createTrimmer(db);
  const portals = createPortals(db);
  const facts = createFacts(db);
  const places = createPlaceReads(db);
  const raise = db.prepare<[ChannelId, Seq]>(
    'insert into log_seqs values (?, ?) on conflict (channel) do update set seq = max(seq, excluded.seq)',
  );
  const rewrite = db.prepare<[string, string, Place]>('update log_entries set body = ?, note = ? where position = ?');
  const saveState = db.prepare('insert or replace into log_bridge_state values (?, ?, ?)');
  let counters: LogCounters = { entries: places.entries(), rev: Number(facts.read('rev') ?? 0) as Rev };
  let maxEntries = Number.POSITIVE_INFINITY;

  function trim(upTo: Place, limit: number, now: EpochMs): number {
    const gone = trimEntries(upTo, limit, now);
    counters = { ...counters, entries: counters.entries - gone };
    return gone;
  }

  function open(job: Extract<LogJob, { kind: 'open-log' }>): LogAnswer {
    maxEntries = job.maxEntries;
    const epoch = facts.read('epoch') ?? facts.write('epoch', job.newEpoch);
    const starts = Number(facts.read('starts') ?? 0) + 1;
    facts.write('starts', String(starts));
    return { kind: 'log-opened', epoch, starts, head: places.head() };
  }

  return {
    run(job, now) {
      switch (job.kind) {
        case 'append': {
          const appended = append(job.step, now, counters, maxEntries);
          counters = appended.counters;
          return { kind: 'stored', stored: appended.stored };
        }
        case 'open-log':
          return open(job);
        case 'trim':
          return { kind: 'trimmed', entries: trim(job.upTo, job.limit, now) };
        case 'rewrite':
          for (const { place, body, note } of job.changes) rewrite.run(body, note, place);
          return { kind: 'done' };
        case 'raise':
          for (const [channel, seq] of job.seqs) raise.run(channel, seq);
          return { kind: 'done' };
        case 'open-portal':
          return portals.open(job);
        case 'advance':
          return portals.advance(job);
        case 'close-portal':
          return portals.close(job);
        case 'drop-letters':
          return portals.dropLetters(job);
        case 'forget-copy':
          return portals.forget(job);
        case 'save-state':
          saveState.run(job.bridge, job.name, job.value);
          return { kind: 'done' };
        default:
          return assertNever(job);
      }
    },
    keep() {
      const kept = counters;
      return () => {
        counters = kept;
      };
    },
    trim,
    size: () => ({ entries: counters.entries, cap: maxEntries }),
  };
}

function createFacts(db: Db) {
  const read = db.prepare<[string], { value: string }>('select value from log_facts where name = ?');
  const write = db.prepare<[string, string]>('insert or replace into log_facts values (?, ?)');
  return {
    read: (name: string) => read.get(name)?.value,
    write(name: string, value: string): string {
      write.run(name, value);
      return value;
    },
  };
}
