import type { Attachment, HubPort, MediaRef } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import type { Client } from './client.ts';
import type { FileRef } from './decode.ts';

/** Files on their way between the homeserver and the hub. */
export interface Media {
  /** Puts a file of the hub to the homeserver, once. Null: the hub has it no more. @throws {Refusal | NoAnswer} */
  upload(media: Pick<MediaRef, 'url' | 'type' | 'name'>, signal: AbortSignal): Promise<string | null>;
  /** Brings a file of a message to the hub; a text in its place where it cannot be had. Never rejects. */
  fetch(file: FileRef, signal: AbortSignal): Promise<Attachment | string>;
  /** Where the hub keeps a small picture of the homeserver; null while there is none. */
  picture(mxc: string): Promise<string | null>;
  readonly maxBytes: number;
}

const MOST_UPLOADED = 1_000;
const MOST_FETCHED = 500;

export function createMedia(client: Client, hub: HubPort, maxBytes: number): Media {
  const uploaded = createAtMost<string>(MOST_UPLOADED);
  const fetched = createAtMost<Attachment>(MOST_FETCHED);

  return {
    maxBytes,
    async upload({ url, type, name }, signal) {
      const known = uploaded.get(url);
      if (known !== undefined) return known;
      const opened = await hub.media.open(url);
      if (opened === null || opened.bytes > maxBytes) return null;
      const bytes = await gathered(opened.stream, maxBytes);
      if (bytes === null) return null;
      const mxc = await client.upload(bytes, type || opened.mediaType, name, signal);
      uploaded.set(url, mxc);
      return mxc;
    },
    async fetch({ mxc, name, bytes, isSpoiler }, signal) {
      const key = `${mxc} ${isSpoiler}`;
      const known = fetched.get(key);
      if (known !== undefined) return { ...known, name };
      const open = (opened: AbortSignal) => client.download(mxc, opened);
      const taken = await hub.media.put(
        { source: { kind: 'stream', open }, name, bytes, alt: null, isSpoiler },
        signal,
      );
      if (!taken.ok) return taken.say;
      fetched.set(key, taken.attachment);
      return taken.attachment;
    },
    picture: (mxc) => hub.media.picture(mxc, { kind: 'stream', open: (opened) => client.download(mxc, opened) }),
  };
}

/** Null: more than that. */
async function gathered(stream: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
