import type { Attachment, HubPort, MediaSource } from 'slipmat-hub/plugin';
import { MAX_FILE_BYTES, type ReadFile } from './message.ts';

/** Hands the files of a message to the hub. What it does not take is said in the text. */
export async function takeFiles(
  hub: Pick<HubPort, 'media'>,
  files: readonly ReadFile[],
  signal: AbortSignal,
): Promise<{ readonly attachments: readonly Attachment[]; readonly say: string }> {
  const attachments: Attachment[] = [];
  const said: string[] = [];
  for (const { Name: name, Data: data, URL: url, Comment: comment } of files) {
    const bytes = data === null || data === undefined || data === '' ? null : Buffer.from(data, 'base64');
    const source = sourceOf(bytes, url);
    if (source === null) {
      said.push(name);
      continue;
    }
    const alt = comment === '' ? null : comment;
    const taken = await hub.media.put({ source, name, bytes: bytes?.length ?? null, alt, isSpoiler: false }, signal);
    if (taken.ok) attachments.push(taken.attachment);
    else said.push(taken.say);
  }
  return { attachments, say: said.filter((line) => line !== '').join('\n') };
}

function sourceOf(bytes: Buffer | null, url: string): MediaSource | null {
  if (bytes !== null && bytes.length <= MAX_FILE_BYTES * 4) {
    return { kind: 'stream', open: async () => one(bytes) };
  }
  return /^https?:\/\//i.test(url) ? { kind: 'url', url } : null;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
