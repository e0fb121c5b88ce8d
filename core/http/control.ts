import { mkdirSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Clock } from '../async/clock.ts';
import { createServer } from '../async/plain-http.ts';
import type { HubId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import {
  CONTROL,
  type ControlAnswer,
  type ControlName,
  type ControlOperations,
  isControlName,
} from './control-operations.ts';
import { isAlive, listSockets, reachable } from './control-socket.ts';

export interface ControlOptions {
  readonly dataDir: string;
  readonly hubId: HubId;
  readonly operations: ControlOperations;
  readonly log: Logger;
  readonly clock: Clock;
}
export interface ControlServer {
  readonly socket: string;
  /** Lets what is in work finish, for 2 s, then removes the socket. Idempotent. */
  close(): Promise<void>;
}

const MAX_REQUEST_BYTES = 64 * 1024;
/** Another hub may be between making its socket and listening. */
const STALE_AFTER_MS = 10_000;
/** A long copy must not keep the hub from stopping in time. */
const CLOSE_DEADLINE_MS = 2_000;

/**
 * Lets the command line of the same user speak to this hub: JSON over HTTP on a socket in the data folder, which
 * nobody else can open. Sockets that dead hubs left there are removed.
 */
export async function startControl(options: ControlOptions): Promise<ControlServer> {
  const { dataDir, hubId, operations, log, clock } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await removeStale(dataDir, clock);
  const socket = join(dataDir, `control-${hubId}.sock`);
  const { path, release } = reachable(socket);
  const server = createServer((request, response) => {
    answer(request, response, operations, log).catch((error: unknown) => {
      log.error({ err: error }, 'control request failed');
      response.destroy();
    });
  });
  await listenPrivately(server, path);
  let closing: Promise<void> | null = null;
  return {
    socket,
    close() {
      closing ??= stopListening(server, clock).then(release);
      return closing;
    },
  };
}

function stopListening(server: Server, clock: Clock): Promise<void> {
  return new Promise((done) => {
    const cancel = clock.after(CLOSE_DEADLINE_MS, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      done();
    });
    server.closeIdleConnections();
  });
}

async function removeStale(dataDir: string, clock: Clock): Promise<void> {
  for (const socket of listSockets(dataDir)) {
    const age = clock.now() - (statSync(socket, { throwIfNoEntry: false })?.mtimeMs ?? clock.now());
    if (age > STALE_AFTER_MS && !(await isAlive(socket))) rmSync(socket, { force: true });
  }
}

/** The socket is made with the rights it shall have: setting them after would leave a moment for others. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((done, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    try {
      server.listen(path, done);
    } finally {
      process.umask(before);
    }
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: ControlOperations,
  log: Logger,
): Promise<void> {
  const name = (request.url ?? '').slice(1);
  if (request.method !== 'POST' || !isControlName(name)) {
    // A newer command line may ask what this hub does not know yet.
    return send(response, 404, {
      ok: false,
      say: `The running hub does not know "${name}". Is it of another version?`,
    });
  }
  const body = await readJson(request);
  if (body === null) return send(response, 400, { ok: false, say: 'The request is not JSON or too large.' });
  try {
    send(response, 200, await run(operations, name, body.value));
  } catch (error) {
    log.error({ err: error, operation: name }, 'control operation failed');
    const say = error instanceof Error ? `${error.name}: ${error.message}` : 'It failed.';
    send(response, 500, { ok: false, say });
  }
}

async function run<K extends ControlName>(
  operations: ControlOperations,
  name: K,
  body: unknown,
): Promise<ControlAnswer<unknown>> {
  const parsed = CONTROL[name].input.safeParse(body);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    return { ok: false, say: `The request does not fit: ${fields}.` };
  }
  return operations[name](parsed.data);
}

async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_REQUEST_BYTES) return null;
    chunks.push(buffer);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { value };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function send(response: ServerResponse, status: number, body: ControlAnswer<unknown>): void {
  const text = JSON.stringify(body.ok ? { ok: true, value: body.value } : { ok: false, say: body.say });
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(text);
}
