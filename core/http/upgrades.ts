import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { addressKey } from '../community/accounts/address.ts';
import { clientAddress, isLoopbackAddress, type TrustsProxy } from './addresses.ts';

export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** WebSocket upgrades by path, bounded in number. */
export interface Upgrades {
  /** @returns a function that gives the path back */
  take(path: string, take: TakeUpgrade): () => void;
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** From now on everything is refused. */
  stop(): void;
  /** Ends what is still open. */
  destroyAll(): void;
}

export interface UpgradesOptions {
  readonly trusts: TrustsProxy;
  readonly isOurHost: (host: string | undefined) => boolean;
  readonly maxConnections: number;
  /** Loopback apart, where tests and proxies live. */
  readonly maxPerAddress: number;
  readonly onOpened: () => void;
  readonly onClosed: () => void;
}

export function createUpgrades(options: UpgradesOptions): Upgrades {
  const paths = new Map<string, TakeUpgrade>();
  const open = new Set<Duplex>();
  const perAddress = new Map<string, number>();
  let isStopping = false;

  const refusal = (address: string): string | null => {
    if (isStopping) return '503 Service Unavailable';
    if (open.size >= options.maxConnections) return '503 Service Unavailable';
    const isFull = !isLoopbackAddress(address) && (perAddress.get(address) ?? 0) >= options.maxPerAddress;
    return isFull ? '429 Too Many Requests' : null;
  };
  const count = (address: string, by: 1 | -1): void => {
    const now = (perAddress.get(address) ?? 0) + by;
    if (now > 0) perAddress.set(address, now);
    else perAddress.delete(address);
  };
  const admit = (socket: Duplex, address: string): void => {
    open.add(socket);
    count(address, 1);
    options.onOpened();
    socket.once('close', () => {
      open.delete(socket);
      count(address, -1);
      options.onClosed();
    });
  };

  return {
    take(path, take) {
      if (paths.has(path)) throw new Error(`the path ${path} is taken already`);
      paths.set(path, take);
      return () => {
        if (paths.get(path) === take) paths.delete(path);
      };
    },
    handle(request, socket, head) {
      const take = paths.get((request.url ?? '').split('?')[0] ?? '');
      if (take === undefined) return refuse(socket, isStopping ? '503 Service Unavailable' : '404 Not Found');
      if (!options.isOurHost(request.headers.host)) return refuse(socket, '421 Misdirected Request');
      const address = countedAs(clientAddress(request, options.trusts));
      const refused = refusal(address);
      if (refused !== null) return refuse(socket, refused);
      admit(socket, address);
      take(request, socket, head);
    },
    stop: () => {
      isStopping = true;
    },
    destroyAll: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** A household has more addresses of IPv6 than it could ever need, and they count as one. */
function countedAs(address: string): string {
  return isLoopbackAddress(address) ? address : addressKey(address);
}

function refuse(socket: Duplex, status: string): void {
  // The other side may be gone already; then there is nobody to tell.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
