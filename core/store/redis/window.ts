import { backoffMs } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { assertNever } from '../../domain/content.ts';
import type { Logger } from '../../ops/log.ts';
import { type Stored, StoreUnavailable } from '../ports.ts';
import { type Fault, faultOf } from './connect.ts';
import { createLine } from './line.ts';

const REFUSED = { baseMs: 20, capMs: 1_000 };

/** Sends one step, under its number in the window and the number that must have got through before it; 0: none. */
export type SendStep<Step> = (step: Step, turn: number, after: number, told: Told) => void;
/** One of the two is called once. A promise would do the same; there is one for each message that is ever said. */
export interface Told {
  readonly take: (reply: unknown) => void;
  readonly refuse: (error: unknown) => void;
}

export interface WindowDeps<Step> {
  readonly send: SendStep<Step>;
  /** What an answer says; null: the step has to wait for its turn. */
  readonly read: (reply: unknown) => Stored | null;
  readonly isUp: () => boolean;
  readonly reload: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** More steps than this do not wait; bounded, since Redis may be away for long. */
  readonly mostWaiting: number;
}

/**
 * The steps of one shard that are not answered yet, in the order of the calls. After a lost connection or a refusal
 * all of them are sent again, oldest first, before any new one; Redis tells a repeat by its key.
 */
export interface Window<Step> {
  append(step: Step): Promise<Stored>;
  /** To be called when the connection is there again. */
  resume(): void;
  close(): void;
}

interface Waiting<Step> extends Told {
  readonly step: Step;
  readonly turn: number;
  isOut: boolean;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

export function createWindow<Step>(deps: WindowDeps<Step>): Window<Step> {
  const { send, read, isUp, reload, clock, log, mostWaiting } = deps;
  const waiting = createLine<Waiting<Step>>();
  let turns = 0;
  let out = 0;
  let failures = 0;
  /** Why nothing new is sent until all that is out has come back; null: nothing holds. */
  let held: Fault | 'turn' | null = null;
  let cancelPause = (): void => undefined;
  let isClosed = false;

  function issue(one: Waiting<Step>, after: number): void {
    one.isOut = true;
    out += 1;
    send(one.step, one.turn, after, one);
  }

  function take(one: Waiting<Step>, reply: unknown): void {
    try {
      const stored = read(reply);
      if (stored === null) again(one, 'turn');
      else {
        failures = 0;
        answer(one, () => one.resolve(stored));
      }
    } catch (error) {
      answer(one, () => one.reject(error));
    }
  }

  function refuse(one: Waiting<Step>, error: unknown): void {
    const fault = faultOf(error);
    switch (fault) {
      case 'full':
        answer(one, () => one.resolve({ kind: 'full' }));
        return;
      case 'broken':
        answer(one, () => one.reject(error));
        return;
      case 'passing':
        log.warn({ err: error }, 'Redis refuses to store for now');
        again(one, fault);
        return;
      case 'lost':
      case 'no-library':
        again(one, fault);
        return;
      default:
        assertNever(fault);
    }
  }

  function answer(one: Waiting<Step>, settle: () => void): void {
    waiting.remove(one.turn);
    settle();
    back(one);
  }

  function again(one: Waiting<Step>, why: Fault | 'turn'): void {
    held = held === null || held === 'turn' ? why : held;
    back(one);
  }

  function back(one: Waiting<Step>): void {
    one.isOut = false;
    out -= 1;
    if (held === null || out > 0 || isClosed) return;
    failures += 1;
    cancelPause = clock.after(pauseMs(held, failures), release);
  }

  function release(): void {
    const why = held;
    if (why !== 'no-library' || !isUp()) go();
    else
      reload().then(go, (error: unknown) => {
        log.warn({ err: error }, 'the library could not be loaded');
        cancelPause = clock.after(pauseMs('passing', failures), release);
      });
  }

  function go(): void {
    held = null;
    if (!isUp() || isClosed) return;
    let after = 0;
    for (const one of waiting.all()) {
      if (!one.isOut) issue(one, after);
      after = one.turn;
    }
  }

  return {
    append(step) {
      if (isClosed) return Promise.reject(CLOSED());
      if (waiting.size >= mostWaiting) {
        return Promise.reject(new StoreUnavailable('too many steps wait for Redis; this one was not stored'));
      }
      return new Promise((resolve, reject) => {
        const after = waiting.size === 0 ? 0 : turns;
        turns += 1;
        const one: Waiting<Step> = {
          step,
          turn: turns,
          isOut: false,
          resolve,
          reject,
          take: (reply) => take(one, reply),
          refuse: (error) => refuse(one, error),
        };
        waiting.add(one.turn, one);
        if (held === null && isUp()) issue(one, after);
      });
    },
    resume() {
      if (out === 0) {
        cancelPause();
        failures = 0;
        release();
      }
    },
    close() {
      isClosed = true;
      cancelPause();
      for (const one of waiting.all()) one.reject(CLOSED());
      waiting.clear();
    },
  };
}

function pauseMs(why: Fault | 'turn', failures: number): number {
  return why === 'turn' || why === 'no-library' ? 1 : backoffMs(failures, REFUSED);
}

const CLOSED = (): StoreUnavailable => new StoreUnavailable('the log is closed');
