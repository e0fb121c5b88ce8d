import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import matrix from '../../bridges/matrix/index.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type MatrixPerson, matrixPerson } from '../fakes/matrix-person.ts';
import { freePort } from '../fakes/redis-server.ts';
import { SERVER_NAME, type Synapse, startSynapse } from '../fakes/synapse.ts';

/** A Synapse that knows the hub, and where the hub has to listen. */
export interface MatrixWorld {
  readonly synapse: Synapse;
  readonly hubPort: number;
  /** `bridges` of a hub's configuration. */
  readonly bridge: object;
  startHub(options?: Parameters<typeof startTestHub>[0]): Promise<TestHub>;
  person(name: string): Promise<MatrixPerson>;
  stop(): Promise<void>;
}

export const LOBBY = `#slipmat_lobby:${SERVER_NAME}`;
export const SPACE = `#slipmat:${SERVER_NAME}`;

export async function openWorld(): Promise<MatrixWorld> {
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
  const synapse = await startSynapse(made.text);
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
