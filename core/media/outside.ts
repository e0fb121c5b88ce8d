import { Resolver } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The way to hosts outside. */
export interface Outside {
  /** Whether the hub may connect to this address. */
  isAllowed(address: string): boolean;
  /** Addresses of a host name, both families; empty when it has none. */
  resolve(host: string): Promise<readonly string[]>;
}

/** IPv4 networks that are no place on the public internet (IANA's registry of special purposes, multicast, reserved). */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only this is given to hosts, and these parts of it lead elsewhere: tunnels to IPv4, documentation. */
const PUBLIC_V6 = '2000::/3';
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const QUERY_TIMEOUT_MS = 3_000;

/** The public internet alone: no address of this machine, of its network or of a cloud's inside. */
export function createOutside(): Outside {
  const refused = new BlockList();
  for (const network of NOT_PUBLIC_V4) addNetwork(refused, network, 'ipv4');
  for (const network of NOT_PUBLIC_V6) addNetwork(refused, network, 'ipv6');
  for (const { address } of Object.values(networkInterfaces()).flatMap((found) => found ?? [])) {
    const family = isIP(address);
    if (family !== 0) refused.addAddress(address, family === 4 ? 'ipv4' : 'ipv6');
  }
  const v6 = new BlockList();
  addNetwork(v6, PUBLIC_V6, 'ipv6');
  // Asks name servers by itself: the system's own look-up occupies a thread that file access needs.
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: 2 });

  return {
    isAllowed(address) {
      switch (isIP(address)) {
        case 4:
          return !refused.check(address, 'ipv4');
        case 6:
          return v6.check(address, 'ipv6') && !refused.check(address, 'ipv6');
        default:
          return false;
      }
    },
    async resolve(host) {
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    },
  };
}

function addNetwork(list: BlockList, network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', bits = ''] = network.split('/');
  list.addSubnet(address, Number(bits), family);
}
