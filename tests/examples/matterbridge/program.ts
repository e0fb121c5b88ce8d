import { WebSocket } from 'ws';
import type { ApiMessage } from '../../../examples/matterbridge/src/message.ts';

/** A program at the API, with its token. */
export interface Program {
  call(path: string, body?: object, headers?: Record<string, string>): Promise<Response>;
  /** What it has not had yet. */
  poll(query?: string, headers?: Record<string, string>): Promise<readonly ApiMessage[]>;
  stream(headers?: Record<string, string>): Promise<Lines>;
  socket(headers?: Record<string, string>): Promise<Lines & { send(message: object): void }>;
}
export interface Lines {
  readonly got: ApiMessage[];
  stop(): void;
}

export function program(base: string, token: string): Program {
  const authorization = `Bearer ${token}`;
  const call: Program['call'] = (path, body, more = {}) => {
    const headers = { authorization, 'content-type': 'application/json', ...more };
    const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return fetch(`${base}${path}`, { headers, ...post });
  };
  return {
    call,
    poll: async (query = '', headers = {}) => (await call(`/api/messages${query}`, undefined, headers)).json(),
    async stream(more = {}) {
      const got: ApiMessage[] = [];
      const ending = new AbortController();
      const { body } = await fetch(`${base}/api/stream`, {
        headers: { authorization, ...more },
        signal: ending.signal,
      });
      readLines(body, got).catch((error: unknown) => {
        if (!ending.signal.aborted) throw error;
      });
      return { got, stop: () => ending.abort() };
    },
    socket(more = {}) {
      const got: ApiMessage[] = [];
      const socket = new WebSocket(`${base.replace('http', 'ws')}/api/websocket`, {
        headers: { authorization, ...more },
      });
      const lines = { got, stop: () => socket.terminate(), send: (one: object) => socket.send(JSON.stringify(one)) };
      return new Promise((resolve, reject) => {
        socket.on('message', (data) => {
          got.push(JSON.parse(String(data)));
          resolve(lines);
        });
        socket.on('error', reject);
      });
    },
  };
}

async function readLines(body: ReadableStream<Uint8Array> | null, into: ApiMessage[]): Promise<void> {
  let rest = '';
  for await (const chunk of body ?? []) {
    const parts = (rest + Buffer.from(chunk).toString()).split('\n');
    rest = parts.pop() ?? '';
    into.push(...parts.map((part) => JSON.parse(part)));
  }
}
