import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import matrix from '../../bridges/matrix/index.ts';
import { createPortDouble, type PortDouble } from '../../core/contract/port-double.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import type { Inbound } from '../../core/domain/inbound.ts';
import type { Bridge } from '../../core/plugin/bridge.ts';
import type { Operations } from '../../core/plugin/operations.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type MatrixPerson, matrixPerson } from '../fakes/matrix-person.ts';
import { freePort } from '../fakes/ports.ts';
import { SERVER_NAME, type Synapse, startSynapse } from '../fakes/synapse.ts';

/** A Synapse that knows the hub, and where the hub has to listen. */
export interface MatrixWorld {
  readonly synapse: Synapse;
  readonly hubPort: number;
  /** `bridges` of a hub's configuration. */
  readonly bridge: { readonly id: string; readonly use: string; readonly ownRooms: boolean; readonly config: object };
  startHub(options?: Parameters<typeof startTestHub>[0]): Promise<TestHub>;
  person(name: string): Promise<MatrixPerson>;
  stop(): Promise<void>;
}

export const LOBBY = `#slipmat_lobby:${SERVER_NAME}`;
export const SPACE = `#slipmat:${SERVER_NAME}`;

/** @param homeserver further fields of its configuration */
export async function openWorld(homeserver: object = {}): Promise<MatrixWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'slipmat-matrix-'));
  const hubPort = await freePort();
  const file = join(folder, 'registration.yaml');
  const url = `http://127.0.0.1:${hubPort}/bridges/matrix`;
  const settings = (homeserverUrl: string) => ({ homeserverUrl, serverName: SERVER_NAME, registration: file });
  const newSecret = () => randomBytes(32).toString('base64url');
  const facts = { read: () => null, url, newSecret };
  const config = matrix.parseConfig(settings('http://localhost'));
  const made = matrix.registration?.(config, facts);
  if (made === undefined) throw new Error('no registration');
  await writeFile(file, made.text);
  const synapse = await startSynapse(made.text, homeserver);
  const bridge = { id: 'matrix', use: 'matrix', ownRooms: true, config: settings(synapse.url) };
  return {
    synapse,
    hubPort,
    bridge,
    startHub: ({ config: more, ...options } = {}) =>
      startTestHub({ ...options, config: { port: hubPort, bridges: [bridge], ...more } }),
    person: async (name) => matrixPerson(synapse.url, `@${name}:${SERVER_NAME}`, await synapse.account(name)),
    async stop() {
      await synapse.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The bridge by itself, on a hub reduced to its port that listens where the homeserver expects it. */
export interface AloneBridge {
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  run<K extends keyof Operations>(operation: K, command: Operations[K][0], room?: string): Promise<Operations[K][1]>;
  heard<K extends Inbound['kind']>(kind: K): readonly Extract<Inbound, { readonly kind: K }>[];
  stop(): Promise<void>;
}

export async function startBridge(
  { hubPort, bridge: { config } }: MatrixWorld,
  rooms: readonly string[],
): Promise<AloneBridge> {
  const hub = createPortDouble(rooms as readonly RoomId[]);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0]?.replace('/bridges/matrix', '') ?? '';
    const headers = { authorization: request.headers.authorization ?? '' };
    const body = async () => Buffer.concat(chunks);
    const { status, body: text = '' } = await hub.call({
      method: request.method ?? '',
      path,
      query: {},
      headers,
      body,
    });
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(hubPort, '127.0.0.1', resolve));
  const bridge = matrix.create(matrix.parseConfig(config), hub.port);
  await bridge.start(AbortSignal.timeout(20_000));
  return {
    hub,
    bridge,
    async run(operation, command, room = rooms[0] ?? '') {
      const found = bridge.capabilities(room as RoomId)[operation];
      if (found === undefined) throw new Error(`no ${operation}`);
      return found.run(command, AbortSignal.timeout(20_000)) as never;
    },
    heard: (kind) => hub.received.flatMap((one) => (one.kind === kind ? [one as never] : [])),
    async stop() {
      await bridge.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
