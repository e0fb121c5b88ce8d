import { list, text } from './reply.ts';

/** Steps in one call at most: of twenty that wait, half are with Redis while the hub works on the other half. */
const MOST = 10;

/** The function that takes steps, and all that one step has to say, its turn first. */
export interface Call<Name extends string> {
  readonly name: Name;
  readonly args: readonly string[];
}

/** Sends several steps of one turn of the loop in one call: what a call costs is then shared by them. */
export interface Gather<Name extends string> {
  /** @returns what Redis says of this step. Rejects with the client's error, or the one of the step alone. */
  send(step: Call<Name>): Promise<unknown>;
}

interface Waiting<Name extends string> extends Call<Name> {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param call one call with the arguments of its steps, one after the other; answers a list, one answer a step
 * @param together runs all calls of this turn; they may leave in one write
 */
export function createGather<Name extends string>(
  call: (name: Name, args: readonly string[]) => Promise<unknown>,
  together: (run: () => void) => void,
): Gather<Name> {
  let waiting: Waiting<Name>[] = [];

  /** One call a turn: while Redis works on it, the next one is made and the answers to the one before are read. */
  function flush(): void {
    const to = endOfRun(waiting, 0);
    const run = waiting.slice(0, to);
    waiting = waiting.slice(to);
    if (waiting.length > 0) setImmediate(flush);
    together(() => sendRun(run));
  }

  function sendRun(run: readonly Waiting<Name>[]): void {
    const [first] = run;
    if (first === undefined) return;
    call(
      first.name,
      run.flatMap(({ args }) => args),
    ).then(
      (reply) => answer(run, reply),
      (error: unknown) => {
        for (const one of run) one.reject(error);
      },
    );
  }

  return {
    send(step) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ ...step, resolve, reject });
      });
    },
  };
}

/** Where the steps of the same function end, or the call is full. */
function endOfRun<Name extends string>(all: readonly Waiting<Name>[], from: number): number {
  const name = all[from]?.name;
  let to = from + 1;
  while (to < all.length && to - from < MOST && all[to]?.name === name) to += 1;
  return to;
}

function answer<Name extends string>(run: readonly Waiting<Name>[], reply: unknown): void {
  let answers: readonly unknown[] = [];
  try {
    answers = list(reply);
  } catch (error) {
    for (const one of run) one.reject(error);
    return;
  }
  for (const [at, one] of run.entries()) {
    const failed = failureOf(answers[at]);
    if (failed === null) one.resolve(answers[at]);
    else one.reject(failed);
  }
}

/** An error that struck this step alone, as the client gives those of a whole call. */
function failureOf(reply: unknown): Error | null {
  if (!Array.isArray(reply) || reply[0] !== 'error') return null;
  const error = new Error(text(reply[1]));
  error.name = 'ReplyError';
  return error;
}
