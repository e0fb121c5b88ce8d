import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Bridge, pause } from '../../core/plugin/index.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import { Budget } from './budget.ts';
import type { SlipmatConfig } from './config.ts';
import { Connection } from './connection.ts';
import { encodeFrame } from './encode.ts';
import { CLOSE, HEARTBEAT_MS, HELLO_WITHIN_MS, MAX_FRAME_BYTES } from './limits.ts';
import { Readers } from './readers.ts';
import { createRequests } from './requests.ts';
import { createRightsWatch } from './rights.ts';
import { createSessions } from './session.ts';
import { hearTyping } from './typing.ts';
import { isAllowedOrigin, turnDown } from './upgrade.ts';

const PATH = '/ws';
const SWEEP_MS = 1_000;
/** How long a stop waits for what is in work, and then for the closing. */
const DRAIN_WITHIN_MS = 2_500;
const CLOSED_WITHIN_MS = 1_000;
const COME_BACK_AFTER_MS = 1_000;
/** Pings in one turn of the loop. */
const PINGS_PER_TURN = 500;

/** The native socket: what it owns while it runs, and the order in which that starts and stops. */
export function createSurface(config: SlipmatConfig, port: SurfacePort): Bridge {
  let stopRunning: (() => Promise<void>) | null = null;
  return {
    placement: 'each-hub',
    delivery: 'feed',
    capabilities: () => ({}),
    async start() {
      stopRunning ??= run(config, port);
      port.status(null, { kind: 'live' });
    },
    async stop() {
      const stop = stopRunning;
      stopRunning = null;
      await stop?.();
    },
  };
}

function run(config: SlipmatConfig, port: SurfacePort): () => Promise<void> {
  const { clock, log } = port;
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  const connections = new Set<Connection>();
  const origins = port.publicUrl === null ? config.origins : [...config.origins, new URL(port.publicUrl).origin];
  const newcomers = new Set<Connection>();
  const watched = new Set<Connection>();
  const readers = new Readers(port);
  const sessions = createSessions(port, createRequests(port, readers));
  const rights = createRightsWatch(port, readers, connections);
  const events = {
    watch: (connection: Connection) => void watched.add(connection),
    caughtUp: (connection: Connection) => readers.tellGaps(connection),
  };
  let isStopping = false;

  function take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { origin, host } = request.headers;
    if (isStopping) turnDown(socket, 503, 'The hub is going down.');
    else if (!isAllowedOrigin(origin, host, origins)) turnDown(socket, 403, 'This origin may not connect.');
    else server.handleUpgrade(request, socket, head, (ws) => attach(ws, socket));
  }

  function attach(ws: WebSocket, socket: Duplex): void {
    const budget = new Budget(config.frameBurst, config.framesPerSecond, clock.elapsed());
    const connection = new Connection({ ws, socket, budget, clock, events });
    connections.add(connection);
    newcomers.add(connection);
    ws.on('message', (data, isBinary) => {
      if (Buffer.isBuffer(data)) sessions.take(connection, data, isBinary);
    });
    ws.on('pong', () => {
      connection.isAlive = true;
    });
    // An oversize frame or broken UTF-8: ws closes with the code for it.
    ws.on('error', (error) => log.debug({ err: error }, 'connection failed'));
    ws.on('close', () => detach(connection));
  }

  function detach(connection: Connection): void {
    readers.leaveAll(connection);
    connection.gone();
    connections.delete(connection);
    newcomers.delete(connection);
    watched.delete(connection);
  }

  function sweep(): void {
    for (const connection of newcomers) {
      if (connection.phase === 'open' || connection.phase === 'closing') newcomers.delete(connection);
      else if (connection.ageMs > HELLO_WITHIN_MS) connection.end(CLOSE.unauthorized, 'No hello in time.');
    }
    for (const connection of watched) if (!connection.check()) watched.delete(connection);
  }

  async function beat(): Promise<void> {
    let count = 0;
    for (const connection of [...connections]) {
      if (!connection.isAlive) connection.terminate();
      else connection.ping();
      count += 1;
      if (count % PINGS_PER_TURN === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  const stops = [
    port.upgrades(PATH, take),
    clock.every(SWEEP_MS, sweep),
    clock.every(HEARTBEAT_MS, () => void beat()),
    port.feed.onRights((change) => rights.changed(change)),
    port.typing.hear((typing) => hearTyping(port, readers, typing)),
    port.feed.onEpoch((epoch) => {
      const bytes = encodeFrame({ type: 'epoch', epoch });
      for (const connection of connections) {
        readers.leaveAll(connection);
        if (connection.phase === 'open') connection.write(bytes);
      }
    }),
  ];

  return async () => {
    isStopping = true;
    for (const stop of stops) stop();
    const drained = new AbortController();
    await Promise.race([Promise.all([sessions.drain(), rights.stop()]), pause(clock, DRAIN_WITHIN_MS, drained.signal)]);
    drained.abort();
    readers.stop();
    const say = 'The hub is going down.';
    const bytes = encodeFrame({ type: 'bye', say, retryAfterMs: COME_BACK_AFTER_MS });
    for (const connection of connections) {
      connection.write(bytes);
      connection.end(CLOSE.goingAway, say);
    }
    await closed(connections, (ms) => pause(clock, ms));
    for (const connection of [...connections]) connection.terminate();
    server.close();
  };
}

/** Resolves when all are closed, or it took too long. */
async function closed(connections: ReadonlySet<Connection>, wait: (ms: number) => Promise<void>): Promise<void> {
  const step = 20;
  for (let ms = 0; ms < CLOSED_WITHIN_MS && connections.size > 0; ms += step) await wait(step);
}
