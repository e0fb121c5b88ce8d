import { type ChannelId, parseChannelId } from '../domain/ids.ts';

const MAX_SLUG = 36;
/** Names that fold to the same slug get a number. */
const MAX_TRIES = 20;

/** A name as it stands in a channel id; empty where it has no Latin letters or digits. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, MAX_SLUG).replace(/-+$/, '');
}

/** `dj-kool`, `dj-kool-2`, …: ids to try one after the other until one is free. */
export function channelIds(prefix: string, slug: string): readonly ChannelId[] {
  const candidates = Array.from({ length: MAX_TRIES }, (_, n) => `${prefix}-${slug}${n === 0 ? '' : `-${n + 1}`}`);
  return candidates.flatMap((text) => parseChannelId(text) ?? []);
}
