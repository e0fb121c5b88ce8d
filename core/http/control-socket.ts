import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';

/** The kernel cuts no longer path of a socket short: it refuses it. */
const MAX_PATH_BYTES = 103;
const NAME = /^control-[A-Za-z0-9_-]+\.sock$/;

/** The control sockets in a data folder, alive or left behind. */
export function listSockets(dataDir: string): readonly string[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir)
    .filter((name) => NAME.test(name))
    .map((name) => join(dataDir, name));
}

/** A path of a socket that the kernel takes, and what to call when it is no longer needed. */
export interface SocketPath {
  readonly path: string;
  release(): void;
}

/**
 * Data folders may lie deeper than the path of a socket may be long: then the path is given from the working folder,
 * or through an open handle of the folder where the system has such paths.
 */
export function reachable(socket: string): SocketPath {
  const absolute = resolve(socket);
  const short = [absolute, relative(process.cwd(), absolute)].find((path) => Buffer.byteLength(path) <= MAX_PATH_BYTES);
  if (short !== undefined) return { path: short, release() {} };
  if (!existsSync('/proc/self/fd')) {
    throw new ConfigError(
      'dataDir',
      'its path is too long for the control socket',
      'Use a folder with a shorter path.',
    );
  }
  const folder = openSync(dirname(absolute), 'r');
  return { path: `/proc/self/fd/${folder}/${basename(absolute)}`, release: () => closeSync(folder) };
}

/** Whether somebody listens there. */
export function isAlive(socket: string): Promise<boolean> {
  const { path, release } = reachable(socket);
  return new Promise((done) => {
    const connection = connect({ path });
    const finish = (alive: boolean): void => {
      connection.destroy();
      release();
      done(alive);
    };
    connection.once('connect', () => finish(true));
    connection.once('error', () => finish(false));
  });
}
