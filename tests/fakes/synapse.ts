import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from './ports.ts';

/** The Python of the environment that `npm test` sets up. */
export const SYNAPSE_PYTHON = join(homedir(), '.cache', 'slipmat-hub', 'synapse', 'bin', 'python');
export const hasSynapse = (): boolean => existsSync(SYNAPSE_PYTHON);
export const SERVER_NAME = 'matrix.test';
const SHARED_SECRET = 'registration of tests';
const START_MS = 60_000;

/** A real Synapse of its own, in a temporary folder, on a loopback port below 32768. */
export interface Synapse {
  readonly url: string;
  readonly folder: string;
  /** Makes an account. @returns its access token */
  account(name: string, isAdmin?: boolean): Promise<string>;
  /** What the server has logged. */
  log(): Promise<string>;
  /** `kill -9`; the data stays. */
  kill(): Promise<void>;
  /** Starts again on the same port over the same data. */
  start(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * @param registration text of the appservice's file; it is read at the first start
 * @param more further fields of its configuration
 */
export async function startSynapse(registration: string | null, more: object = {}): Promise<Synapse> {
  const folder = await mkdtemp(join(tmpdir(), 'slipmat-synapse-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, 'homeserver.yaml');
  if (registration !== null) await writeFile(join(folder, 'appservice.yaml'), registration);
  await writeFile(file, stringify({ ...configOf(folder, port, registration !== null), ...more }));
  await writeFile(join(folder, 'log.yaml'), stringify(LOGGING(folder)));
  const words = ['-m', 'synapse.app.homeserver', '-c', file];
  // as `--generate-keys` would write it, without starting Python for it
  await writeFile(
    join(folder, 'signing.key'),
    `ed25519 a_test ${randomBytes(32).toString('base64').replace('=', '')}\n`,
  );
  let running: ChildProcess | null = null;

  const log = (): Promise<string> => readFile(join(folder, 'homeserver.log'), 'utf8').catch(() => '');

  async function start(): Promise<void> {
    const child = spawn(SYNAPSE_PYTHON, words, { cwd: folder, stdio: 'ignore' });
    running = child;
    ending.add(child);
    child.once('exit', () => ending.delete(child));
    const deadline = performance.now() + START_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null)
        throw new Error(`synapse ended with ${child.exitCode}: ${(await log()).slice(-2_000)}`);
      if (await isUp(url)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('synapse does not answer');
  }

  async function kill(): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    url,
    folder,
    log,
    kill,
    start,
    account: (name, isAdmin = false) => makeAccount(url, name, isAdmin),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_matrix/client/versions`)).ok;
  } catch {
    // nobody listens yet
    return false;
  }
}

async function makeAccount(url: string, name: string, admin: boolean): Promise<string> {
  const at = `${url}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(at)).json()) as { nonce: string };
  const password = `${name} has a password`;
  const mac = createHmac('sha1', SHARED_SECRET)
    .update([nonce, name, password, admin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  const body = JSON.stringify({ nonce, username: name, password, admin, mac });
  const made = (await (await fetch(at, { method: 'POST', body })).json()) as { access_token?: string };
  if (made.access_token === undefined) throw new Error(`no account ${name}: ${JSON.stringify(made)}`);
  return made.access_token;
}

const PLENTY = { per_second: 10_000, burst_count: 10_000 };

function configOf(folder: string, port: number, hasAppservice: boolean): object {
  return {
    server_name: SERVER_NAME,
    pid_file: join(folder, 'homeserver.pid'),
    public_baseurl: `http://127.0.0.1:${port}/`,
    listeners: [
      {
        port,
        type: 'http',
        tls: false,
        bind_addresses: ['127.0.0.1'],
        resources: [{ names: ['client'], compress: false }],
      },
    ],
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    media_store_path: join(folder, 'media'),
    signing_key_path: join(folder, 'signing.key'),
    log_config: join(folder, 'log.yaml'),
    macaroon_secret_key: 'macaroons of tests',
    form_secret: 'forms of tests',
    registration_shared_secret: SHARED_SECRET,
    report_stats: false,
    trusted_key_servers: [],
    federation_domain_whitelist: [],
    bcrypt_rounds: 4,
    ...(hasAppservice && { app_service_config_files: [join(folder, 'appservice.yaml')] }),
    rc_message: PLENTY,
    rc_registration: PLENTY,
    rc_login: { address: PLENTY, account: PLENTY, failed_attempts: PLENTY },
    rc_joins: { local: PLENTY, remote: PLENTY },
    rc_joins_per_room: PLENTY,
    rc_invites: { per_room: PLENTY, per_user: PLENTY, per_issuer: PLENTY },
    rc_admin_redaction: PLENTY,
    rc_room_creation: PLENTY,
    presence: { enabled: false },
    // who asks again sees what is new
    caches: { sync_response_cache_duration: '0s' },
  };
}

const LOGGING = (folder: string): object => ({
  version: 1,
  formatters: { plain: { format: '%(asctime)s %(name)s %(levelname)s %(message)s' } },
  handlers: { file: { class: 'logging.FileHandler', filename: join(folder, 'homeserver.log'), formatter: 'plain' } },
  root: { level: process.env.SLIPMAT_TEST_LOG === 'debug' ? 'INFO' : 'WARNING', handlers: ['file'] },
  disable_existing_loggers: false,
});

/** Servers of tests that were cut short end with the test process. */
const ending = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of ending) child.kill('SIGKILL');
});
