import type { NativeActItem } from './native-acts.ts';

/** What somebody did on a platform, in one line for moderators. */
export function nativeActText(
  { act, name, byName, reason }: Pick<NativeActItem, 'act' | 'name' | 'byName' | 'reason'>,
  platform: string,
): string {
  const done = { timeout: 'timed out', ban: 'banned', lift: 'let go', kick: 'kicked' }[act];
  const by = byName === null ? '' : ` by ${byName}`;
  const why = reason === null ? '' : `, because: ${reason}`;
  const reach = act === 'kick' ? 'They may come back there.' : 'It holds there alone.';
  return `${name} was ${done} on ${platform}${by}${why}. ${reach}`;
}
