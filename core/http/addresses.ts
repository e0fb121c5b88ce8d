import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { isLoopback } from '../../config/schema.ts';

/** Whether what a peer says of whom it speaks for is believed. */
export type TrustsProxy = (address: string) => boolean;

/** Compiles the setting `trustProxy`. */
export function compileTrust(trustProxy: boolean | readonly string[]): TrustsProxy {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  const list = new BlockList();
  for (const entry of trustProxy) {
    if (entry === 'loopback') {
      list.addSubnet('127.0.0.0', 8, 'ipv4');
      list.addAddress('::1', 'ipv6');
      continue;
    }
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}

/** The address of the person: the nearest one on the way that is no trusted proxy. */
export function clientAddress(request: IncomingMessage, trusts: TrustsProxy): string {
  let address = plainAddress(request.socket.remoteAddress ?? '');
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  while (trusts(address)) {
    const next = plainAddress((forwarded.pop() ?? '').trim());
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

export function isLoopbackAddress(address: string): boolean {
  return isLoopback(plainAddress(address));
}

/** An IPv4 address that came in over IPv6 as what it is. */
function plainAddress(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
