import { type Rich, type RichNode, textContent } from '../../core/domain/content.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { RemoteRef } from '../../core/domain/message.ts';
import type { EpochMs } from '../../core/plugin/index.ts';
import { append, parseMarkup, webUrl } from './markup.ts';
import type { ApiBody, ApiMessage } from './packets.ts';
import { accountOf, madeAt, timeOf } from './people.ts';
import type { Named } from './tags.ts';

/** What people said: posts and replies, and answers to commands of bots. Everything else is Discord's own talk. */
const SPOKEN: ReadonlySet<number> = new Set([0, 19, 20, 23]);
const FORWARD = 1;
const MAX_EMBEDS = 10;
const STICKER_ENDINGS: Readonly<Record<number, string>> = { 1: 'png', 2: 'png', 4: 'gif' };

/** A file that is to be taken over at once: its link expires. */
export interface FileOffer {
  readonly url: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly alt: string | null;
  readonly isSpoiler: boolean;
}

/** A message as far as it can be read without asking anybody. Links to pictures are still Discord's. */
export interface Draft {
  readonly ref: RemoteRef;
  readonly by: InboundAccount;
  readonly rich: Rich;
  readonly files: readonly FileOffer[];
  readonly replyTo: RemoteRef | null;
  readonly at: EpochMs;
  /** Null while it stands as it was posted. */
  readonly editedAt: EpochMs | null;
}

/** Pure. Null for what nobody said: joins, pins, boosts, what the server removed before anybody saw it. */
export function decodeMessage(message: ApiMessage, named: Named): Draft | null {
  const { author } = message;
  if (!SPOKEN.has(message.type) || author === null || author === undefined) return null;
  const room = message.channel_id as RoomId;
  const local = namedIn(message, named);
  const body = decodeBody(message, local);
  const forwarded = message.message_snapshots.map(({ message: inner }) => decodeBody(inner, namedIn(inner, local)));
  return {
    ref: { room, id: message.id },
    by: accountOf(author, message.member, message.guild_id ?? null),
    rich: withForwards(body.rich, forwarded),
    files: [...body.files, ...forwarded.flatMap(({ files }) => files)],
    replyTo: replyOf(message, room),
    at: timeOf(message.timestamp) ?? madeAt(message.id),
    editedAt: timeOf(message.edited_timestamp),
  };
}

interface Body {
  readonly rich: Rich;
  readonly files: readonly FileOffer[];
}

function decodeBody(body: ApiBody, named: Named): Body {
  const lines: Rich[] = [parseMarkup(body.content ?? '', named)];
  for (const one of body.embeds.slice(0, MAX_EMBEDS)) if (isOwnEmbed(one)) lines.push(embedRich(one, named));
  if (body.poll) lines.push(pollRich(body.poll));
  for (const said of componentTexts(body.components)) lines.push(parseMarkup(said, named));
  const stickers = body.sticker_items.filter(({ format_type }) => STICKER_ENDINGS[format_type] === undefined);
  for (const { name } of stickers) lines.push([{ t: 'text', text: `[sticker: ${name}]` }]);
  return { rich: joinLines(lines), files: [...attachmentsOf(body), ...stickersOf(body), ...embedImages(body)] };
}

function replyOf({ type, message_reference: reference }: ApiMessage, room: RoomId): RemoteRef | null {
  if (type !== 19 || reference?.message_id == null || reference.type === FORWARD) return null;
  return (reference.channel_id ?? room) === room ? { room, id: reference.message_id } : null;
}

function withForwards(rich: Rich, forwarded: readonly Body[]): Rich {
  if (forwarded.length === 0) return rich;
  const quotes = forwarded.map((one): Rich => {
    const head: Rich = [{ t: 'italic', children: textContent('Forwarded').rich }];
    return one.rich.length === 0 ? head : [...head, { t: 'text', text: '\n' }, { t: 'quote', children: one.rich }];
  });
  return joinLines([rich, ...quotes]);
}

/** The people a message names come with it; the rest is asked of what the bridge knows. */
function namedIn(body: ApiBody, named: Named): Named {
  const users = new Map(body.mentions.map((user) => [user.id, accountOf(user, user.member, null).name]));
  return {
    ...named,
    user(id) {
      const known = named.user(id);
      const name = users.get(id) ?? known?.name;
      return name === undefined ? null : { name, user: known?.user ?? null };
    },
  };
}

function attachmentsOf(body: ApiBody): readonly FileOffer[] {
  return body.attachments.map(({ filename, title, description, size, url }) => ({
    url,
    name: (title ? `${title}${endingOf(filename, title)}` : filename).replace(/^SPOILER_/, ''),
    bytes: size ?? null,
    alt: description ?? null,
    isSpoiler: filename.startsWith('SPOILER_'),
  }));
}

/** Discord keeps what its file names cannot hold in the title, at times without its ending. */
function endingOf(filename: string, title: string): string {
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(filename)?.[0] ?? '';
  return title.endsWith(ending) ? '' : ending;
}

function stickersOf(body: ApiBody): readonly FileOffer[] {
  return body.sticker_items.flatMap(({ id, name, format_type }) => {
    const ending = STICKER_ENDINGS[format_type];
    if (ending === undefined) return [];
    const host = ending === 'gif' ? 'https://media.discordapp.net' : 'https://cdn.discordapp.com';
    const url = `${host}/stickers/${id}.${ending}`;
    return [{ url, name: `${name}.${ending}`, bytes: null, alt: `Sticker: ${name}`, isSpoiler: false }];
  });
}

type Embed = ApiBody['embeds'][number];

/** Previews that Discord itself makes of links say nothing that the link does not. */
function isOwnEmbed({ type }: Embed): boolean {
  return type === 'rich' || type === null || type === undefined;
}

function embedImages(body: ApiBody): readonly FileOffer[] {
  return body.embeds.slice(0, MAX_EMBEDS).flatMap((one) => {
    const url = isOwnEmbed(one) ? (one.image?.url ?? null) : null;
    if (url === null || webUrl(url) === null) return [];
    return [{ url, name: one.title ?? 'picture', bytes: null, alt: one.title ?? null, isSpoiler: false }];
  });
}

function embedRich(embed: Embed, named: Named): Rich {
  const lines: Rich[] = [];
  if (embed.author?.name) lines.push([{ t: 'text', text: embed.author.name }]);
  if (embed.title) lines.push([titleNode(embed.title, embed.url ?? null)]);
  if (embed.description) lines.push(parseMarkup(embed.description, named));
  for (const { name, value } of embed.fields) {
    const head: RichNode = { t: 'bold', children: textContent(`${name ?? ''}:`).rich };
    lines.push([head, { t: 'text', text: ' ' }, ...parseMarkup(value ?? '', named)]);
  }
  if (embed.footer?.text) lines.push([{ t: 'text', text: embed.footer.text }]);
  return joinLines(lines);
}

function titleNode(title: string, url: string | null): RichNode {
  const children: Rich = [{ t: 'bold', children: textContent(title).rich }];
  const target = url === null ? null : webUrl(url);
  return target === null ? { t: 'bold', children: textContent(title).rich } : { t: 'link', url: target, children };
}

function pollRich({ question, answers }: NonNullable<ApiBody['poll']>): Rich {
  const lines = [`Poll: ${question.text ?? ''}`, ...answers.map(({ poll_media }) => `• ${poll_media.text ?? ''}`)];
  return textContent(lines.join('\n')).rich;
}

const MAX_COMPONENTS = 60;
const TEXT_DISPLAY = 10;

/** The texts of a message that is laid out in components, in reading order. */
function componentTexts(components: unknown): readonly string[] {
  const texts: string[] = [];
  const waiting: unknown[] = Array.isArray(components) ? [...components] : [];
  for (let seen = 0; seen < MAX_COMPONENTS && waiting.length > 0; seen += 1) {
    const one = waiting.shift();
    if (typeof one !== 'object' || one === null) continue;
    if ('type' in one && one.type === TEXT_DISPLAY && 'content' in one && typeof one.content === 'string') {
      texts.push(one.content);
    }
    if ('components' in one && Array.isArray(one.components))
      waiting.unshift(...one.components.slice(0, MAX_COMPONENTS));
  }
  return texts;
}

function joinLines(lines: readonly Rich[]): Rich {
  const out: RichNode[] = [];
  for (const line of lines) {
    if (line.length === 0) continue;
    const last = out.at(-1);
    if (last !== undefined && last.t !== 'quote' && last.t !== 'pre') append(out, [{ t: 'text', text: '\n' }]);
    append(out, line);
  }
  return out;
}
