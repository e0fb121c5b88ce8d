import type { ServerResponse } from 'node:http';
import type { ApiMessage } from '../message.ts';
import { greeting } from './answer.ts';
import { type PumpDeps, pump } from './pump.ts';

export type StreamDeps = Omit<PumpDeps, 'write'> & { readonly signal: AbortSignal };

/** One JSON object a line, without end; the first says that it is open. Resolves once it is over. */
export async function streamTo(deps: StreamDeps, from: number | null, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const over = AbortSignal.any([deps.signal, gone.signal]);
  const write = (message: ApiMessage): Promise<void> =>
    whenDone(over, (done) => void response.write(`${JSON.stringify(message)}\n`, done));
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  await write(greeting(deps.hub.clock.now()));
  try {
    await pump({ ...deps, write }, from, over);
  } finally {
    response.destroy();
  }
}

/** Resolves when it has left, or rejects when it did not, at the latest when all is over. */
export function whenDone(over: AbortSignal, send: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const isOver = (): void => reject(new Error('the program is gone'));
    if (over.aborted) return isOver();
    over.addEventListener('abort', isOver, { once: true });
    send((error) => {
      over.removeEventListener('abort', isOver);
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
