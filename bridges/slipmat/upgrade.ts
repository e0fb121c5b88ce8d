import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SlipmatConfig } from './config.ts';

export type Admission =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly status: 403 | 429 | 503; readonly say: string };

/** How many connections there are, in all and by address. */
export interface Occupancy {
  readonly total: number;
  from(address: string): number;
}

/** Whether this request may become a connection. Pure. */
export function admit(request: IncomingMessage, config: SlipmatConfig, now: Occupancy): Admission {
  if (!isAllowedOrigin(request.headers.origin, request.headers.host, config.origins)) {
    return { ok: false, status: 403, say: 'This origin may not connect.' };
  }
  if (now.total >= config.maxConnections) return { ok: false, status: 503, say: 'The hub is full.' };
  const direct = request.socket.remoteAddress ?? '';
  const address = clientAddress(direct, request.headers['x-forwarded-for'], config.trustProxy);
  if (!isLoopback(address) && now.from(address) >= config.maxConnectionsPerAddress) {
    return { ok: false, status: 429, say: 'Too many connections from this address.' };
  }
  return { ok: true, address };
}

/** No origin: not a browser. A browser's must be the host that it asked for, or a configured one. */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  const url = URL.parse(origin);
  if (url === null) return false;
  return url.host === host?.toLowerCase() || allowed.includes(url.origin);
}

/** The address that is counted: with trusted proxies, the last one that is not a proxy of ours. */
export function clientAddress(
  direct: string,
  forwarded: string | string[] | undefined,
  trust: boolean | readonly string[],
): string {
  if (trust === false || forwarded === undefined) return plain(direct);
  const hops = [
    ...String(forwarded)
      .split(',')
      .map((hop) => hop.trim()),
    direct,
  ].map(plain);
  if (trust === true) return hops[0] ?? plain(direct);
  return hops.findLast((hop) => !trust.includes(hop)) ?? plain(direct);
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** Answers an upgrade that is turned down, as plain HTTP. */
export function turnDown(socket: Duplex, status: number, say: string): void {
  const body = `${say}\n`;
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nRetry-After: 5\r\n\r\n${body}`,
  );
}
