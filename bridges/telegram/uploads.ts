import { InputFile } from 'grammy';
import type {
  InputMediaAnimation,
  InputMediaAudio,
  InputMediaDocument,
  InputMediaPhoto,
  InputMediaVideo,
  Message,
} from 'grammy/types';
import { BridgeError, type HubPort, type MediaRef } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import type { Encoded } from './encode.ts';

export const MAX_UPLOAD_BYTES = 50_000_000;
export const MAX_ALBUM = 10;
const MAX_PHOTO_BYTES = 10_000_000;
/** Width and height together, and the one to the other. */
const MAX_PHOTO_SIDES = 10_000;
const MAX_PHOTO_RATIO = 20;

export type UploadKind = 'photo' | 'video' | 'animation' | 'audio' | 'document';

/** Files that go in one message or album: Telegram mixes only photos and videos. */
export interface UploadGroup {
  readonly items: readonly { readonly kind: UploadKind; readonly media: MediaRef }[];
}

/** How Telegram would show the file. */
export function kindOf({ type, bytes, width, height, isSpoiler }: MediaRef): UploadKind | 'none' {
  if (type === 'image/gif') return 'animation';
  if (type === 'video/mp4') return 'video';
  if (['image/jpeg', 'image/png', 'image/webp'].includes(type)) {
    if (bytes <= MAX_PHOTO_BYTES && hasPhotoShape(width, height)) return 'photo';
    // Files have no cover, but a preview.
    return isSpoiler ? 'none' : 'document';
  }
  if (isSpoiler && /^(image|video)\//.test(type)) return 'none';
  return ['audio/mpeg', 'audio/mp4', 'audio/aac'].includes(type) ? 'audio' : 'document';
}

function hasPhotoShape(width: number | null, height: number | null): boolean {
  if (width === null || height === null) return true;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  return width + height <= MAX_PHOTO_SIDES && long <= short * MAX_PHOTO_RATIO;
}

/** In order; what follows each other and fits together makes one album. */
export function groupsOf(media: readonly MediaRef[]): readonly UploadGroup[] {
  const groups: { kind: UploadKind; media: MediaRef }[][] = [];
  for (const one of media) {
    const kind = kindOf(one);
    if (kind === 'none') continue;
    const last = groups.at(-1);
    const fits = last?.[0] !== undefined && familyOf(last[0].kind) === familyOf(kind) && kind !== 'animation';
    if (fits && last.length < MAX_ALBUM) last.push({ kind, media: one });
    else groups.push([{ kind, media: one }]);
  }
  return groups.map((items) => ({ items }));
}

function familyOf(kind: UploadKind): string {
  return kind === 'photo' || kind === 'video' ? 'visual' : kind;
}

/** The same files as plain documents, which Telegram takes whatever is in them. */
export function asDocuments({ items }: UploadGroup): UploadGroup | null {
  const open = items.filter(({ media }) => !media.isSpoiler);
  return open.length === 0 || items.every(({ kind }) => kind === 'document')
    ? null
    : { items: open.map(({ media }) => ({ kind: 'document', media })) };
}

export interface UploadTarget {
  readonly chat_id: number;
  readonly message_thread_id?: number;
  readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply: true };
}

/**
 * Sends the group with the text under its first file.
 * @returns the ids of the messages in order; null when the hub has none of the files any more
 * @throws {BridgeError}
 */
export async function sendGroup(
  client: Client,
  hub: HubPort,
  group: UploadGroup,
  target: UploadTarget,
  caption: Encoded,
  signal: AbortSignal,
): Promise<readonly number[] | null> {
  const files: Upload[] = [];
  for (const { kind, media } of group.items) {
    const opened = await hub.media.open(media.url);
    if (opened === null) continue;
    const said = files.length === 0 ? { caption: caption.text, caption_entities: caption.entities } : {};
    files.push({ kind, media: new InputFile(opened.stream, media.name), ref: media, said });
  }
  const [only] = files;
  if (only === undefined) return null;
  if (files.length === 1) return [(await sendOne(client, only, target, signal)).message_id];
  const sent = await sendMany(client, files, target, signal);
  return sent.map(({ message_id }) => message_id);
}

interface Upload {
  readonly kind: UploadKind;
  readonly media: InputFile;
  readonly ref: MediaRef;
  readonly said: { readonly caption?: string; readonly caption_entities?: Encoded['entities'] };
}

function sendOne(
  client: Client,
  { kind, media, ref, said }: Upload,
  target: UploadTarget,
  signal: AbortSignal,
): Promise<Message> {
  const base = { ...target, ...said };
  const cover = ref.isSpoiler ? { has_spoiler: true } : {};
  switch (kind) {
    case 'photo':
      return client.call('sendPhoto', { ...base, ...cover, photo: media }, signal);
    case 'video':
      return client.call(
        'sendVideo',
        { ...base, ...cover, ...sizeOf(ref), video: media, supports_streaming: true },
        signal,
      );
    case 'animation':
      return client.call('sendAnimation', { ...base, ...cover, ...sizeOf(ref), animation: media }, signal);
    case 'audio':
      return client.call('sendAudio', { ...base, audio: media }, signal);
    case 'document':
      return client.call('sendDocument', { ...base, document: media }, signal);
    default:
      return kind satisfies never;
  }
}

/** Shows the file of a message in another way, such as covered. @throws {BridgeError} where that cannot be */
export async function editMedia(
  client: Client,
  hub: HubPort,
  message: { readonly chat_id: number; readonly message_id: number },
  ref: MediaRef,
  caption: Encoded,
  signal: AbortSignal,
): Promise<unknown> {
  const kind = kindOf(ref);
  const hasCover = kind === 'photo' || kind === 'video' || kind === 'animation';
  const opened = hasCover ? await hub.media.open(ref.url) : null;
  if (opened === null || !hasCover)
    throw new BridgeError('the file cannot be covered', { kind: 'permanent', scope: 'command' });
  const said = { caption: caption.text, caption_entities: caption.entities };
  const upload = { kind, media: new InputFile(opened.stream, ref.name), ref, said };
  const media = kind === 'animation' ? animationOf(upload) : visualOf(upload);
  return client.call('editMessageMedia', { ...message, media }, signal);
}

function animationOf({ media, ref, said }: Upload): InputMediaAnimation {
  return { type: 'animation', media, ...said, ...sizeOf(ref), ...(ref.isSpoiler && { has_spoiler: true }) };
}

/** The parts of an album, each list of the one kind that Telegram takes together. */
async function sendMany(
  client: Client,
  files: readonly Upload[],
  target: UploadTarget,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const kind = files[0]?.kind;
  if (kind === 'audio') {
    const media = files.map(({ media: file, said }): InputMediaAudio => ({ type: 'audio', media: file, ...said }));
    return client.call('sendMediaGroup', { ...target, media }, signal);
  }
  if (kind === 'document') {
    const media = files.map(
      ({ media: file, said }): InputMediaDocument => ({ type: 'document', media: file, ...said }),
    );
    return client.call('sendMediaGroup', { ...target, media }, signal);
  }
  return client.call('sendMediaGroup', { ...target, media: files.map(visualOf) }, signal);
}

function visualOf({ kind, media, ref, said }: Upload): InputMediaPhoto | InputMediaVideo {
  const cover = ref.isSpoiler ? { has_spoiler: true } : {};
  return kind === 'photo'
    ? { type: 'photo', media, ...said, ...cover }
    : { type: 'video', media, ...said, ...cover, ...sizeOf(ref), supports_streaming: true };
}

function sizeOf({ width, height }: MediaRef) {
  return width === null || height === null ? {} : { width, height };
}
