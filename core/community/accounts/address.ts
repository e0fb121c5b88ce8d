import { isIPv6 } from 'node:net';

/**
 * What counts as one network address when attempts are counted: an IPv4 address, or the /64 of an IPv6 one, which
 * is the least that one household has.
 */
export function addressKey(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(bare)) return bare;
  return `${expand(bare).slice(0, 4).join(':')}::/64`;
}

export function isLoopback(address: string): boolean {
  const bare = address.toLowerCase().replace(/^::ffff:/, '');
  return bare === 'localhost' || bare === '::1' || bare === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}

/** The eight groups, without leading zeros. An IPv4 tail stands for the last two; they do not matter here. */
function expand(address: string): readonly string[] {
  const [head = '', tail] = address.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0').split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
