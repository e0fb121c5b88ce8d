import type { Duplex } from 'node:stream';

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

/** Answers an upgrade that is turned down, as plain HTTP. */
export function turnDown(socket: Duplex, status: number, say: string): void {
  const body = `${say}\n`;
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nRetry-After: 5\r\n\r\n${body}`,
    () => socket.destroy(), // or it counts as open for as long as the other side likes
  );
}
