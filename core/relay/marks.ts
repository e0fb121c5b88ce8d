import { backoffMs } from '../async/backoff.ts';
import { type Clock, pause } from '../async/clock.ts';
import type { MessageId, Position, Seq } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import {
  type DeadLetter,
  type Deliveries,
  type Fate,
  type Flight,
  type Log,
  type Owed,
  type Settled,
  START,
  StoreUnavailable,
} from '../store/ports.ts';
import type { Item } from './item.ts';
import { MOST_UNWRITTEN, SKIPS_MS } from './limits.ts';

/** With the growing waits between them, about half a minute. */
const MAX_STRANGE_TRIES = 12;

/** What is known of an entry once the lane is through with it. */
export interface Facts {
  readonly fate?: Fate;
  readonly letter?: DeadLetter;
}

/** How far one portal has been served, in memory and in the store. */
export interface Marks {
  /** Of the last entry it is through with. */
  seq(): Seq;
  owed(): Owed | null;
  /** Reads where the portal stands; a new one begins at the end of its channel. @returns what was in flight when a hub ended */
  open(): Promise<Flight | null>;
  /** Through with an entry of no concern; written down later, for doing so again is harmless. */
  pass(item: Item): void;
  /** Through with an entry, once and for all. Written down with the next `begin` or `write`. */
  settle(item: Item, facts: Facts): void;
  /** What is known of something else than the next entry. */
  note(facts: Facts): void;
  owe(owed: Owed | null): void;
  /** Marks what is sent next, and writes down what was before. */
  begin(flight: Flight): Promise<'go' | 'unknown' | 'fenced'>;
  /** What was begun is over, or was certainly not sent: the mark goes. */
  end(): Promise<'ok' | 'fenced'>;
  /** Where a message stands, of what is not written down yet. */
  fateOf(message: MessageId): Fate | null;
  /** Whether something that must not be done again is not written down yet. */
  hasFacts(): boolean;
  /** Whether it moved; written down within `SKIPS_MS`. */
  hasMoved(): boolean;
  isDue(): boolean;
  write(): Promise<'ok' | 'fenced'>;
  /** Asks the store again until it answers. Rejects once `halt` aborts, or when it keeps failing in a way it should not. */
  store<T>(ask: () => Promise<T>): Promise<T>;
}

export interface MarksDeps {
  readonly log: Pick<Log, 'heads' | 'shardOf' | 'bounds'>;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createMarks(
  { portal, fence, halt }: { readonly portal: Portal; readonly fence: number; readonly halt: AbortSignal },
  { log, deliveries, clock, logger }: MarksDeps,
): Marks {
  let at: Position = START;
  let seq = 0 as Seq;
  let owed: Owed | null = null;
  let fates: Fate[] = [];
  let letters: DeadLetter[] = [];
  let unwritten: 'nothing' | 'moves' | 'facts' = 'nothing';
  let writtenAt = clock.elapsed();

  async function store<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      halt.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) && attempt >= MAX_STRANGE_TRIES) throw error;
        const say = error instanceof Error ? error.name : '';
        logger.warn({ portal: portal.id, attempt, say }, 'store did not answer');
        await pause(clock, backoffMs(attempt, { baseMs: 50, capMs: 5_000 }), halt);
      }
    }
  }

  function settled(): Settled {
    return { at, seq, owed, fates, letters };
  }

  function wasWritten(): void {
    fates = [];
    letters = [];
    unwritten = 'nothing';
    writtenAt = clock.elapsed();
  }

  function note({ fate, letter }: Facts): void {
    if (fate !== undefined) fates.push(fate);
    if (letter !== undefined) letters.push(letter);
    unwritten = 'facts';
  }

  function move(item: Item): void {
    at = item.entry.position;
    seq = item.seq;
  }

  /** A mark that is there although the store did not answer is this lane's own: nothing has been sent for it yet. */
  async function begin(flight: Flight): Promise<'go' | 'unknown' | 'fenced'> {
    const before = unwritten === 'nothing' ? null : settled();
    let tries = 0;
    const begun = await store(() => {
      tries += 1;
      return deliveries.advance(portal.id, fence, before, flight);
    });
    if (begun !== 'fenced') wasWritten();
    if (begun !== 'unknown') return begun === 'fenced' ? 'fenced' : 'go';
    if (tries === 1) return 'unknown';
    const { inFlight } = await store(() => deliveries.load(portal.id));
    return inFlight?.seq === flight.seq && inFlight.what === flight.what ? 'go' : 'unknown';
  }

  async function end(): Promise<'ok' | 'fenced'> {
    const ended = await store(() => deliveries.advance(portal.id, fence, settled(), null));
    if (ended === 'fenced') return 'fenced';
    wasWritten();
    return 'ok';
  }

  async function openNew(): Promise<void> {
    const { head } = await store(() => log.bounds(portal.scope, portal.channel));
    const heads = await store(() => log.heads());
    at = heads[log.shardOf(portal.scope)] ?? START;
    seq = head ?? (0 as Seq);
    await store(() => deliveries.open(portal.id, at, seq));
  }

  return {
    seq: () => seq,
    owed: () => owed,
    async open() {
      wasWritten();
      const loaded = await store(() => deliveries.load(portal.id));
      owed = loaded.owed;
      if (loaded.at === null || loaded.seq === null) await openNew();
      else ({ at, seq } = { at: loaded.at, seq: loaded.seq });
      return loaded.inFlight;
    },
    pass(item) {
      move(item);
      if (unwritten === 'nothing') unwritten = 'moves';
    },
    settle(item, facts) {
      move(item);
      note(facts);
    },
    note,
    owe(next) {
      owed = next;
    },
    begin,
    end,
    fateOf: (message) =>
      fates.findLast((one) => one.message === message && (one.refs.length > 0 || one.kind === 'left-out')) ?? null,
    hasFacts: () => unwritten === 'facts',
    hasMoved: () => unwritten !== 'nothing',
    isDue: () => fates.length >= MOST_UNWRITTEN || (unwritten !== 'nothing' && clock.elapsed() - writtenAt >= SKIPS_MS),
    write: async () => (unwritten === 'nothing' ? 'ok' : end()),
    store,
  };
}
