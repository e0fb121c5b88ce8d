// The programs that tests talk to: found on the path or in the cache folder, or installed where that is allowed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const PEERS = [
  { program: 'redis-server', packages: ['redis-server'], for: 'the Redis store' },
  { program: 'chromium', packages: ['chromium', 'fonts-noto-color-emoji'], for: 'the browser tests' },
  { program: 'inspircd', packages: ['inspircd'], for: 'the IRC example against a real server', isOptional: true },
];
/** Where servers are that an ordinary user's path leaves out. */
const MORE_FOLDERS = ['/usr/sbin'];

/** Full path of a program, or null. */
export function find(program) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS]) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'EACCES' && error.code !== 'ENOTDIR') throw error;
    }
  }
  return null;
}

function apt(...words) {
  console.log(`tests: apt-get ${words.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', words, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** @returns whether the registry of packages answered */
function install({ packages }) {
  const attempt = () => apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  return attempt() || (apt('update', '-qq') && (attempt() || true));
}

/** Synapse lives in a Python environment of its own, outside of the repository. */
const SYNAPSE = { program: 'matrix-synapse', for: 'the Matrix bridge against a real Synapse' };
const SYNAPSE_HINT = 'python3 -m venv ~/.cache/slipmat-hub/synapse, and its bin/pip install "matrix-synapse[oidc]"';

/** @returns null once it is there; else what is left out, required where the Python registry answers */
function prepareSynapse(mayInstall) {
  const cache = join(homedir(), '.cache', 'slipmat-hub');
  const python = join(cache, 'synapse', 'bin', 'python');
  const isThere = () => runs(python, ['-c', 'import synapse.app.homeserver, authlib']);
  if (isThere()) return null;
  mkdirSync(cache, { recursive: true });
  const makeEnvironment = () => runs('python3', ['-m', 'venv', join(cache, 'synapse')]);
  if (!makeEnvironment() && mayInstall) {
    apt('install', '-y', '-qq', '--no-install-recommends', 'python3-venv');
    makeEnvironment();
  }
  console.log('tests: pip install matrix-synapse[oidc]');
  if (runs(python, ['-m', 'pip', 'install', '--quiet', 'matrix-synapse[oidc]'], 'inherit') && isThere()) return null;
  const isRequired = runs(python, ['-m', 'pip', 'index', 'versions', 'matrix-synapse']);
  return { ...SYNAPSE, hint: SYNAPSE_HINT, isRequired };
}

function runs(program, words, stderr = 'ignore') {
  return spawnSync(program, words, { stdio: ['ignore', 'ignore', stderr], timeout: 600_000 }).status === 0;
}

/**
 * Installs what is missing where it may.
 * @returns the programs that are still missing, with what is left out; an optional one is required where it can be had
 */
export function preparePeers() {
  const missing = PEERS.filter((peer) => find(peer.program) === null);
  const mayInstall = process.getuid?.() === 0 && find('apt-get') !== null;
  const tried = missing.map((peer) => ({ ...peer, isRequired: (mayInstall && install(peer)) || !peer.isOptional }));
  const synapse = prepareSynapse(mayInstall);
  return [...tried.filter((peer) => find(peer.program) === null), ...(synapse === null ? [] : [synapse])];
}
