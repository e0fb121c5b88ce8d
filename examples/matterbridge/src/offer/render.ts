import type { HubPort } from 'slipmat-hub/plugin';
import { type ApiMessage, MAX_FILE_BYTES, type WrittenFile } from '../message.ts';
import type { Entry, KeptFile } from './journal.ts';

/** An entry as programs get it: files by their link, or with their bytes where the hub has no public address. */
export async function render({ message, files }: Entry, hub: Pick<HubPort, 'media'>): Promise<ApiMessage | null> {
  if (message === null || files.length === 0) return message;
  const file: WrittenFile[] = [];
  for (const one of files) file.push(await rendered(one, hub));
  return { ...message, Extra: { file } };
}

async function rendered(file: KeptFile, hub: Pick<HubPort, 'media'>): Promise<WrittenFile> {
  const { name: Name, comment: Comment, publicUrl, bytes: Size } = file;
  const Data = publicUrl === null ? await bytesOf(file, hub) : null;
  return { Name, Data, Comment, URL: publicUrl ?? '', Size, SHA: '' };
}

/** Base64; null: gone, or too large to send along. */
async function bytesOf({ url, bytes }: KeptFile, { media }: Pick<HubPort, 'media'>): Promise<string | null> {
  if (bytes > MAX_FILE_BYTES) return null;
  const opened = await media.open(url);
  if (opened === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('base64');
}
