import type { Attachment, RichNode } from '../../core/domain/content.ts';
import { type Content, type HubPort, withDeadline } from '../../core/plugin/index.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Client } from './client.ts';
import type { FileRef } from './decode-files.ts';

const AVATAR_WAIT_MS = 1_500;
const AVATAR_FRESH_MS = 60 * 60_000;
const MOST_AVATARS = 2_000;
const MOST_FILES = 500;
const NO_FILES: Fetched = { attachments: [], missing: [] };

interface Fetched {
  readonly attachments: readonly Attachment[];
  readonly missing: readonly string[];
}

/** Files of messages and pictures of people, brought from Telegram to the hub. */
export interface Pictures {
  /** Where the hub keeps the picture of a person or chat; null where there is none, or not in time. Never rejects. */
  avatarOf(account: string, signal: AbortSignal): Promise<string | null>;
  /** The content with its files; what cannot be had is named in the text. Never rejects. */
  withFiles(content: Content, files: readonly FileRef[], signal: AbortSignal): Promise<Content>;
}

export function createPictures(client: Client, hub: HubPort, maxBytes: number): Pictures {
  const avatars = createBoundedMap<string, { readonly url: string | null; readonly at: number }>(MOST_AVATARS);
  const files = createBoundedMap<string, Attachment>(MOST_FILES);

  async function findAvatar(account: string, signal: AbortSignal): Promise<string | null> {
    const found = await avatarFile(client, Number(account), signal);
    if (found === null) return null;
    const open = (opened: AbortSignal) => client.download(found.id, opened);
    return hub.media.picture(found.uniqueId, { kind: 'stream', open });
  }

  async function fetchOne(file: FileRef, signal: AbortSignal): Promise<Attachment | string> {
    const key = `${file.uniqueId}/${file.isSpoiler}`;
    const known = files.get(key);
    if (known !== undefined) return known;
    const { name, bytes, alt, isSpoiler } = file;
    if (bytes !== null && bytes > maxBytes) return `${name} (${Math.round(bytes / 1e6)} MB, too large for bots)`;
    const open = (opened: AbortSignal) => client.download(file.id, opened);
    const taken = await hub.media.put({ source: { kind: 'stream', open }, name, bytes, alt, isSpoiler }, signal);
    if (!taken.ok) return taken.say;
    files.set(key, taken.attachment);
    return taken.attachment;
  }

  async function fetchAll(refs: readonly FileRef[], signal: AbortSignal): Promise<Fetched> {
    if (refs.length === 0) return NO_FILES;
    const found = await Promise.all(refs.map((file) => fetchOne(file, signal)));
    return {
      attachments: found.flatMap((one) => (typeof one === 'string' ? [] : [one])),
      missing: found.flatMap((one) => (typeof one === 'string' ? [one] : [])),
    };
  }

  return {
    async avatarOf(account, signal) {
      const known = avatars.get(account);
      if (known !== undefined && hub.clock.now() - known.at < AVATAR_FRESH_MS) return known.url;
      try {
        const url = await withDeadline(hub.clock, AVATAR_WAIT_MS, signal, (own) => findAvatar(account, own));
        avatars.set(account, { url, at: hub.clock.now() });
        return url;
      } catch (error) {
        hub.log.debug({ say: error instanceof Error ? error.name : '' }, 'no picture of a person');
        return known?.url ?? null;
      }
    },
    async withFiles(content, refs, signal) {
      const { attachments, missing } = await fetchAll(refs, signal);
      return { rich: [...content.rich, ...namesOf(missing, content.rich.length > 0)], attachments };
    },
  };
}

/** What stands in a text for files that are not there. */
export function namesOf(names: readonly string[], isAfterText: boolean): readonly RichNode[] {
  return names.map((name, index) => ({ t: 'text', text: `${index > 0 || isAfterText ? '\n' : ''}[${name}]` }));
}

/** The middle size: Telegram has them of 160, 320 and 640 pixels. */
async function avatarFile(
  client: Client,
  account: number,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly uniqueId: string } | null> {
  if (account < 0) {
    const { photo } = await client.call('getChat', { chat_id: account }, signal);
    return photo === undefined ? null : { id: photo.small_file_id, uniqueId: photo.small_file_unique_id };
  }
  const { photos } = await client.call('getUserProfilePhotos', { user_id: account, limit: 1 }, signal);
  const sizes = photos[0]?.toSorted((a, b) => a.width - b.width) ?? [];
  const size = sizes.find(({ width }) => width >= 256) ?? sizes.at(-1);
  return size === undefined ? null : { id: size.file_id, uniqueId: size.file_unique_id };
}
