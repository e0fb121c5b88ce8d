import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../fakes/ports.ts';
import { PATIENCE_MS } from '../../fakes/until.ts';

export interface InspircdOptions {
  /** Modules besides the usual ones, and more of the configuration. */
  readonly modules?: readonly string[];
  readonly more?: string;
  /** Without these the server is one of the old kind. */
  readonly withTags?: boolean;
}

/** A real InspIRCd of its own, in a temporary folder, on a loopback port below 32768. */
export interface Inspircd {
  readonly port: number;
  /** Clients must give it. */
  readonly password: string;
  /** Starts again on the same port; channels are gone. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Servers stand where an ordinary user's path may not lead. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
const PROGRAM = FOLDERS.map((folder) => join(folder, 'inspircd')).find((path) => existsSync(path)) ?? null;
export const hasInspircd = PROGRAM !== null;

const PASSWORD = 'in5p-5ecre7';
const TAGS = [
  'ircv3',
  'cap',
  'ircv3_accounttag',
  'ircv3_batch',
  'ircv3_capnotify',
  'ircv3_chghost',
  'ircv3_ctctags',
].concat(['ircv3_echomessage', 'ircv3_invitenotify', 'ircv3_labeledresponse', 'ircv3_msgid', 'ircv3_servertime']);
const USUAL = [
  'services_account',
  'chanhistory',
  'namesx',
  'uhnames',
  'botmode',
  'muteban',
  'banexception',
  'chghost',
].concat(['autoop', 'customprefix', 'samode', 'sapart', 'sajoin']);

export async function startInspircd(options: InspircdOptions = {}): Promise<Inspircd> {
  const folder = await mkdtemp(join(tmpdir(), 'slipmat-irc-'));
  const port = await freePort();
  const config = join(folder, 'inspircd.conf');
  await mkdir(join(folder, 'data'));
  await writeFile(config, configOf(folder, port, options));
  let running: ChildProcess | null = null;

  async function start(): Promise<void> {
    const asRoot = process.getuid?.() === 0 ? ['--runasroot'] : [];
    const child = spawn(PROGRAM ?? 'inspircd', [...asRoot, '--nofork', `--config=${config}`], { stdio: 'ignore' });
    running = child;
    ending.add(child);
    child.once('exit', () => ending.delete(child));
    await listens(port, child);
  }
  async function end(): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    port,
    password: PASSWORD,
    async restart() {
      await end();
      await start();
    },
    async stop() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string, port: number, { modules = [], more = '', withTags = true }: InspircdOptions): string {
  const loaded = [...(withTags ? TAGS : []), ...USUAL.filter((one) => withTags || one !== 'chanhistory'), ...modules];
  return `
<server name="irc.test.local" description="test" network="TestNet" id="97T">
<admin name="test" nick="test" email="test@test.local">
<bind address="127.0.0.1" port="${port}" type="clients">
<path datadir="${folder}/data" logdir="${folder}" runtimedir="${folder}">
<pid file="${folder}/inspircd.pid">
<connect allow="*" timeout="60" threshold="100000" commandrate="100000" fakelag="no" localmax="1000" globalmax="1000"
  resolvehostnames="no" useident="no" limit="5000" modes="" password="${PASSWORD}" maxchans="100"
  recvq="1048576" softsendq="1048576" hardsendq="10485760">
<options defaultmodes="not" syntaxhints="no">
<class name="All" commands="*" privs="*" usermodes="*" chanmodes="*">
<type name="NetAdmin" classes="All">
<oper name="root" password="root" host="*@*" type="NetAdmin">
${loaded.map((name) => `<module name="${name}">`).join('\n')}
<customprefix name="founder" letter="q" prefix="~" rank="50000" ranktoset="50000">
<customprefix name="halfop" letter="h" prefix="%" rank="10000" ranktoset="30000">
<chanhistory maxlines="200" maxduration="1d" bots="yes" prefixmsg="no" sendumode="no">
${more}
`;
}

async function listens(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`inspircd ended with ${child.exitCode}`);
    if (await takesConnections(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('inspircd does not listen');
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Servers of tests that were cut short end with the test process. */
const ending = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of ending) child.kill('SIGKILL');
});
