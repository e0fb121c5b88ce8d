// The programs that tests talk to: found on the path, or installed where that is allowed (Debian, as root).
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PEERS = [
  { program: 'redis-server', packages: ['redis-server'], for: 'the Redis store' },
  { program: 'chromium', packages: ['chromium', 'fonts-noto-color-emoji'], for: 'the browser tests' },
];

/** Full path of a program, or null. */
export function find(program) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
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

/** Installs what is missing where it may. @returns the programs that are still missing, with what is left out */
export function preparePeers() {
  const missing = PEERS.filter((peer) => find(peer.program) === null);
  if (missing.length > 0 && process.getuid?.() === 0 && find('apt-get') !== null) {
    const packages = missing.flatMap((peer) => peer.packages);
    const install = () => apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
    if (!install() && apt('update', '-qq')) install();
  }
  return PEERS.filter((peer) => find(peer.program) === null);
}
