import type { NativeActItem } from './native-acts.ts';

/** What somebody did on a platform, in one line for moderators. */
export function nativeActText(
  { act, name, byName, reason }: Pick<NativeActItem, 'act' | 'name' | 'byName' | 'reason'>,
  platform: string,
): string {
  const done = { timeout: 'timed out', ban: 'banned', lift: 'let go' }[act];
  const by = byName === null ? '' : ` by ${byName}`;
  const why = reason === null ? '' : `, because: ${reason}`;
  return `${name} was ${done} on ${platform}${by}${why}. It holds there alone.`;
}
