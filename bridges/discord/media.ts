import type { Attachment, Content, Rich, RichNode } from '../../core/domain/content.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { MediaPort, MediaRef } from '../../core/plugin/index.ts';
import type { FileOffer } from './decode.ts';
import { append } from './markup.ts';

const MAX_FILES = 10;
const MAX_PICTURES = 50;

/** Takes over the files and pictures of a message at once, for Discord's links expire. What could not be is named in the text. */
export async function takeOver(
  rich: Rich,
  files: readonly FileOffer[],
  media: MediaPort,
  signal: AbortSignal,
): Promise<Content> {
  const attachments: Attachment[] = [];
  const left: string[] = files.slice(MAX_FILES).map(({ name }) => name);
  const [withPictures, ...taken] = await Promise.all([
    withEmoji(rich, media),
    ...files
      .slice(0, MAX_FILES)
      .map(({ url, ...offer }) => media.put({ ...offer, source: { kind: 'url', url } }, signal)),
  ]);
  for (const one of taken) {
    if (one.ok) attachments.push(one.attachment);
    else left.push(one.say);
  }
  return { rich: withNames(withPictures, left), attachments };
}

function withNames(rich: Rich, names: readonly string[]): Rich {
  const out: RichNode[] = [...rich];
  for (const name of names) append(out, [{ t: 'text', text: `${out.length === 0 ? '' : '\n'}[${name}]` }]);
  return out;
}

/** A picture of somebody, kept by the hub under a link of its own. */
export async function withAvatar(by: InboundAccount, media: MediaPort): Promise<InboundAccount> {
  return by.avatarUrl === null ? by : { ...by, avatarUrl: await pictureOf(by.avatarUrl, media) };
}

/** The address on Discord's own pages changes with the picture: it names it. */
function pictureOf(url: string, media: MediaPort): Promise<string | null> {
  return media.picture(new URL(url).pathname, { kind: 'url', url });
}

async function withEmoji(rich: Rich, media: MediaPort): Promise<Rich> {
  const urls = [...new Set(emojiUrls(rich))].slice(0, MAX_PICTURES);
  if (urls.length === 0) return rich;
  const kept = new Map(await Promise.all(urls.map(async (url) => [url, await pictureOf(url, media)] as const)));
  return replaced(rich, kept);
}

function emojiUrls(rich: Rich): readonly string[] {
  return rich.flatMap((node) => {
    if (node.t === 'emoji') return node.url === null ? [] : [node.url];
    return 'children' in node ? emojiUrls(node.children) : [];
  });
}

function replaced(rich: Rich, kept: ReadonlyMap<string, string | null>): Rich {
  return rich.map((node): RichNode => {
    if (node.t === 'emoji') return { ...node, url: node.url === null ? null : (kept.get(node.url) ?? null) };
    return 'children' in node ? { ...node, children: replaced(node.children, kept) } : node;
  });
}

export interface Upload {
  readonly name: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly alt: string | null;
}

/** The bytes to send along, and the names of what does not fit or is gone. */
export async function uploadsOf(
  refs: readonly MediaRef[],
  media: MediaPort,
  limits: { readonly fileBytes: number; readonly requestBytes: number },
): Promise<{ readonly uploads: readonly Upload[]; readonly left: readonly MediaRef[] }> {
  const uploads: Upload[] = [];
  const left: MediaRef[] = [];
  let total = 0;
  for (const ref of refs) {
    const data = await bytesOf(ref, media, Math.min(limits.fileBytes, limits.requestBytes - total));
    if (data === null) {
      left.push(ref);
      continue;
    }
    total += data.length;
    uploads.push({ name: uploadName(ref), contentType: ref.type, data, alt: ref.alt });
  }
  return { uploads, left };
}

async function bytesOf({ url, bytes }: MediaRef, media: MediaPort, most: number): Promise<Buffer | null> {
  if (bytes > most) return null;
  const opened = await media.open(url);
  if (opened === null) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of opened.stream) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Discord covers what is named so. */
function uploadName({ name, isSpoiler }: MediaRef): string {
  const bare = name.replace(/^(SPOILER_)+/, '').replace(/[/\\\n\r"]/g, '_') || 'file';
  return isSpoiler ? `SPOILER_${bare}` : bare;
}
