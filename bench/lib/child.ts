import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Core, pinned } from './cores.ts';
import { NODE_FLAGS } from './node-flags.ts';

/** What crosses between the benchmark and its processes: plain numbers and words by name. */
export type Words = Readonly<Record<string, number | string | null | readonly number[]>>;
export type Handlers = Readonly<Record<string, (data: Words) => Words | Promise<Words>>>;

/** A process of this benchmark's own, asked over IPC. */
export interface Child {
  readonly pid: number;
  /** Rejects when the process fails or ends. */
  ask(what: string, data?: Words): Promise<Words>;
  /** Ends it. */
  end(): Promise<void>;
}

export interface ChildOptions {
  readonly file: string;
  /** Null: on any. */
  readonly core: Core | null;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another Node than this one. */
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
}

interface Reply {
  readonly id: number;
  readonly value?: Words;
  readonly error?: string;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** Starts it and resolves when it answers. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const node = options.node ?? process.execPath;
  const { command, args } = pinned(options.core, node, [
    ...(node === process.execPath ? NODE_FLAGS : []),
    ...(options.nodeArgs ?? []),
    options.file,
    ...(options.args ?? []),
  ]);
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  const waiting = new Map<number, { resolve(value: Words): void; reject(error: Error): void }>();
  let ids = 0;
  child.on('message', (message) => {
    const { id, value, error } = message as Reply;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error !== undefined) asked?.reject(new Error(`${options.file}: ${error}`));
    else asked?.resolve(value ?? {});
  });
  child.once('exit', (code, signal) => {
    running.delete(child);
    const error = new Error(`${options.file} ended with ${code ?? signal}`);
    for (const asked of waiting.values()) asked.reject(error);
    waiting.clear();
  });

  function ask(what: string, data: Words = {}): Promise<Words> {
    ids += 1;
    const id = ids;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      if (child.connected) child.send({ id, what, data });
      else reject(new Error(`${options.file} is gone`));
    });
  }

  await ask('hello');
  return {
    pid: child.pid ?? 0,
    ask,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The other side, in the process itself. Ends with its parent. */
export function serve(handlers: Handlers): void {
  process.on('message', (message) => {
    const { id, what, data } = message as { id: number; what: string; data: Words };
    const handler = what === 'hello' ? () => ({}) : handlers[what];
    const answer = handler === undefined ? Promise.reject(new Error(`no such word: ${what}`)) : handle(handler, data);
    answer.then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}

async function handle(handler: Handlers[string], data: Words): Promise<Words> {
  return handler(data);
}

/** A number that must be there. */
export function numberIn(words: Words, name: string): number {
  const value = words[name];
  if (typeof value !== 'number') throw new Error(`no number ${name} in ${JSON.stringify(words)}`);
  return value;
}
