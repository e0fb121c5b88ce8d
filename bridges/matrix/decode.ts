import type { Content, Rich, RichNode } from '../../core/plugin/index.ts';
import { decodeHtml, type Names } from './decode-html.ts';
import { type Bag, bag, number, type RoomEvent, text } from './event.ts';

/** A file of a message, at the homeserver. */
export interface FileRef {
  readonly mxc: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly isSpoiler: boolean;
}

/** What somebody said: a new message, or an earlier one changed. */
export interface Said {
  readonly kind: 'message' | 'edit';
  /** The message itself; of an edit the one that is changed. */
  readonly id: string;
  readonly content: Content;
  readonly files: readonly FileRef[];
  /** Id of what it answers; of a thread its beginning. */
  readonly replyTo: string | null;
  readonly isBot: boolean;
}

export type Decoded =
  | Said
  | { readonly kind: 'reaction'; readonly to: string; readonly emoji: string }
  | { readonly kind: 'redaction'; readonly id: string };

const MAX_HTML = 60_000;
const FILES: Readonly<Record<string, string>> = {
  'm.image': 'picture',
  'm.video': 'video',
  'm.audio': 'audio',
  'm.file': 'file',
  'm.sticker': 'sticker',
};

/** Pure. Null: nothing that anybody said. */
export function decodeEvent({ id, type, content, redacts }: RoomEvent, names: Names): Decoded | null {
  switch (type) {
    case 'm.room.message':
      return decodeMessage(id, content, text(content, 'msgtype') ?? '', names);
    case 'm.sticker':
      return decodeMessage(id, content, 'm.sticker', names);
    case 'm.reaction': {
      const relation = bag(content, 'm.relates_to');
      const [to, key] = [text(relation, 'event_id'), text(relation, 'key')];
      if (text(relation, 'rel_type') !== 'm.annotation' || to === null || key === null) return null;
      return { kind: 'reaction', to, emoji: emojiOf(key) };
    }
    case 'm.room.redaction':
      return redacts === null ? null : { kind: 'redaction', id: redacts };
    default:
      return null;
  }
}

function decodeMessage(id: string, content: Bag, msgtype: string, names: Names): Said | null {
  const relation = bag(content, 'm.relates_to');
  const changed = text(relation, 'event_id');
  if (text(relation, 'rel_type') === 'm.replace' && changed !== null) {
    const next = bag(content, 'm.new_content');
    const said = contentOf(next, text(next, 'msgtype') ?? '', false, names);
    return said === null ? null : { kind: 'edit', id: changed, replyTo: null, ...said };
  }
  const replyTo = replyOf(relation);
  const said = contentOf(content, msgtype, replyTo !== null, names);
  return said === null ? null : { kind: 'message', id, replyTo, ...said };
}

/** In a thread everything answers its beginning, unless it answers something else there on purpose. */
function replyOf(relation: Bag): string | null {
  const answered = text(bag(relation, 'm.in_reply_to'), 'event_id');
  if (text(relation, 'rel_type') !== 'm.thread') return answered;
  return relation.is_falling_back === true || answered === null ? text(relation, 'event_id') : answered;
}

type Shown = Pick<Said, 'content' | 'files' | 'isBot'>;

function contentOf(content: Bag, msgtype: string, isReply: boolean, names: Names): Shown | null {
  const isBot = msgtype === 'm.notice';
  if (FILES[msgtype] !== undefined) {
    const file = fileOf(content, msgtype, names);
    return file === null ? null : { isBot, ...file };
  }
  switch (msgtype) {
    case 'm.text':
    case 'm.notice':
    case 'm.location':
      return { content: { rich: richOf(content, isReply, names), attachments: [] }, files: [], isBot };
    case 'm.emote': {
      const rich: Rich = [{ t: 'italic', children: richOf(content, isReply, names) }];
      return { content: { rich, attachments: [] }, files: [], isBot };
    }
    default: {
      // A kind that nobody knows says in its body what it is; without one it is nothing for people.
      const body = text(content, 'body');
      if (body === null || msgtype === '' || msgtype.startsWith('m.key.')) return null;
      return { content: { rich: [{ t: 'text', text: body }], attachments: [] }, files: [], isBot };
    }
  }
}

function richOf(content: Bag, isReply: boolean, names: Names): Rich {
  const html = text(content, 'format') === 'org.matrix.custom.html' ? text(content, 'formatted_body') : null;
  if (html !== null && html.length <= MAX_HTML) return trimmed(decodeHtml(html, names));
  const body = text(content, 'body') ?? '';
  const own = isReply ? withoutFallback(body) : body;
  return own === '' ? [] : [{ t: 'text', text: own }];
}

/** Older clients put the answered message in front, as lines that begin with `> `. */
export function withoutFallback(body: string): string {
  if (!/^> (?:\* )?<@[^>\n]{1,255}>/.test(body)) return body;
  const lines = body.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('> ') && line !== '>');
  return first < 0 ? body : lines.slice(lines[first] === '' ? first + 1 : first).join('\n');
}

/** What is said beside a file stands in its body, if its name stands elsewhere. Null: there is no file. */
function fileOf(content: Bag, msgtype: string, names: Names): Pick<Said, 'content' | 'files'> | null {
  const body = text(content, 'body') ?? '';
  const filename = text(content, 'filename');
  const hasCaption = filename !== null && filename !== body && msgtype !== 'm.sticker';
  const rich = hasCaption ? richOf(content, false, names) : [];
  const name = (hasCaption ? filename : body) || `${FILES[msgtype] ?? 'file'}`;
  const mxc = text(content, 'url');
  if (mxc === null && content.file === undefined) return null;
  if (mxc === null)
    return { content: { rich: withName(rich, `${name} (encrypted, not carried)`), attachments: [] }, files: [] };
  const isSpoiler = content['page.codeberg.everypizza.msc4193.spoiler'] === true;
  const bytes = number(bag(content, 'info'), 'size');
  return { content: { rich, attachments: [] }, files: [{ mxc, name, bytes, isSpoiler }] };
}

/** What stands in a text for a file that is not there. */
export function withName(rich: Rich, name: string): Rich {
  const node: RichNode = { t: 'text', text: `${rich.length > 0 ? '\n' : ''}[${name}]` };
  return [...rich, node];
}

/** Some clients leave out the selector behind a plain heart that makes it an emoji. */
function emojiOf(key: string): string {
  return /^\p{RGI_Emoji}$/v.test(key) ? key : withSelector(key);
}

function withSelector(key: string): string {
  const full = `${key}\ufe0f`;
  return /^\p{RGI_Emoji}$/v.test(full) ? full : key;
}

function trimmed(rich: Rich): Rich {
  const last = rich.at(-1);
  if (last?.t !== 'text') return rich;
  const cut = last.text.trimEnd();
  return cut === '' ? rich.slice(0, -1) : [...rich.slice(0, -1), { t: 'text', text: cut }];
}
