import type { Server } from 'node:http';
import { ConfigError } from '../../config/config-error.ts';
import { isLoopback } from '../../config/schema.ts';

/** Tries for a port that is free on both loopbacks, where any will do. */
const MAX_TRIES = 20;
/** This machine has no such address: an IPv4-only host has no `::1`. */
const ABSENT = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/** The addresses that a host stands for. Browsers try `::1` first for localhost, so a loopback hub answers on both. */
export function addressesOf(host: string): readonly [string, ...string[]] {
  return host === '127.0.0.1' || host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

/**
 * Listens with the first server on the first address and with the others on the others, all on one port.
 * @returns the port
 * @throws {ConfigError} naming HOST or PORT and the mend
 */
export async function listenTogether(servers: readonly Server[], host: string, port: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return await listenOnce(servers, host, port);
    } catch (error) {
      await Promise.all(servers.map(stopListening));
      const isRetried = port === 0 && tries < MAX_TRIES && codeOf(error) === 'EADDRINUSE';
      if (!isRetried) throw explain(error, host, port);
    }
  }
}

async function listenOnce(servers: readonly Server[], host: string, port: number): Promise<number> {
  let taken = port;
  for (const [index, address] of addressesOf(host).entries()) {
    const server = servers[index];
    if (server === undefined) break;
    try {
      taken = await listen(server, address, taken);
    } catch (error) {
      if (index === 0 || !ABSENT.has(codeOf(error))) throw error;
    }
  }
  return taken;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
  });
}

/** Where people on this machine open a hub that listens there. */
export function localUrl(host: string, port: number): string {
  const isAny = host === '0.0.0.0' || host === '::' || isLoopback(host);
  return `http://${isAny ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function explain(error: unknown, host: string, port: number): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new ConfigError(
        'PORT',
        `port ${port} of ${host} is in use`,
        'Stop what uses it (another hub?), or set PORT to a free one.',
      );
    case 'EACCES':
      return new ConfigError('PORT', `this user may not listen on port ${port}`, 'Set PORT to one above 1023.');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAFNOSUPPORT':
      return new ConfigError(
        'HOST',
        `this machine has no address ${host}`,
        'Set HOST to 127.0.0.1, to 0.0.0.0 for all, or to an address of this machine.',
      );
    default:
      return error;
  }
}
