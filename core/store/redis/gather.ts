import { list } from './reply.ts';
import { SEPARATOR } from './step-args.ts';
import type { Told } from './window.ts';

/** Steps in one call at most: of twenty that wait, half are with Redis while the hub works on the other half. */
const MOST = 10;

const FAILED = `error${SEPARATOR}`;

/** The function that takes steps, and all that one step has to say, its turn first. */
export interface Call<Name extends string> {
  readonly name: Name;
  readonly args: readonly string[];
}

/** Sends several steps of one turn of the loop in one call: what a call costs is then shared by them. */
export interface Gather<Name extends string> {
  /** `told` what Redis says of this step; refused with the client's error, or the one of the step alone. */
  send(step: Call<Name>, told: Told): void;
}

interface Waiting<Name extends string> {
  readonly step: Call<Name>;
  readonly told: Told;
}

/**
 * @param call one call with the arguments of its steps, one after the other; answers a list, one answer a step
 * @param atEndOfTurn when the call of this turn is made
 */
export function createGather<Name extends string>(
  call: (name: Name, args: readonly string[]) => Promise<unknown>,
  atEndOfTurn: (run: () => void) => void,
): Gather<Name> {
  let waiting: Waiting<Name>[] = [];

  /** One call a turn: while Redis works on it, the next one is made and the answers to the one before are read. */
  function flush(): void {
    const to = endOfRun(waiting, 0);
    const run = waiting.slice(0, to);
    waiting = waiting.slice(to);
    if (waiting.length > 0) atEndOfTurn(flush);
    sendRun(run);
  }

  function sendRun(run: readonly Waiting<Name>[]): void {
    const [first] = run;
    if (first === undefined) return;
    call(
      first.step.name,
      run.flatMap(({ step }) => step.args),
    ).then(
      (reply) => answer(run, reply),
      (error: unknown) => {
        for (const { told } of run) told.refuse(error);
      },
    );
  }

  return {
    send(step, told) {
      if (waiting.length === 0) atEndOfTurn(flush);
      waiting.push({ step, told });
    },
  };
}

/** Where the steps of the same function end, or the call is full. */
function endOfRun<Name extends string>(all: readonly Waiting<Name>[], from: number): number {
  const name = all[from]?.step.name;
  let to = from + 1;
  while (to < all.length && to - from < MOST && all[to]?.step.name === name) to += 1;
  return to;
}

function answer<Name extends string>(run: readonly Waiting<Name>[], reply: unknown): void {
  let answers: readonly unknown[] = [];
  try {
    answers = list(reply);
  } catch (error) {
    for (const { told } of run) told.refuse(error);
    return;
  }
  for (const [at, { told }] of run.entries()) {
    const failed = failureOf(answers[at]);
    if (failed === null) told.take(answers[at]);
    else told.refuse(failed);
  }
}

/** An error that struck this step alone, as the client gives those of a whole call. */
function failureOf(reply: unknown): Error | null {
  if (typeof reply !== 'string' || !reply.startsWith(FAILED)) return null;
  const error = new Error(reply.slice(FAILED.length));
  error.name = 'ReplyError';
  return error;
}
