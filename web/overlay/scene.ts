import type { ChannelEvent } from '../../client/index.ts';
import { plainText } from '../../core/domain/content.ts';
import type { MessageId } from '../../core/domain/ids.ts';
import { withMark } from '../../core/domain/picture-mark.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import type { OverlayOptions } from './options.ts';

/** One message on the overlay, or on its way there. */
export interface SceneRow {
  readonly message: WireChatMessage;
  /** When it is drawn, in ms since the page began: never by the clock on the wall, which may be put forward. */
  readonly showAt: number;
  /** When it goes; null: when it is pushed out. */
  readonly goAt: number | null;
}

/**
 * What is on the overlay. A message stands here once, whatever comes again after a connection was lost; what is
 * redacted or hidden is gone in the same step, waiting rows among them.
 */
export interface Scene {
  take(event: ChannelEvent, at: number): void;
  /** Rows to be seen now, oldest first. */
  rows(at: number): readonly SceneRow[];
  /** When `rows` may answer something else by itself; null: only after an event. */
  nextChange(at: number): number | null;
}

/** Messages that were seen before; a page of history and what is resumed are far fewer. */
const MOST_KNOWN = 5_000;
/** Posts of nothing but pictures that nobody has marked yet. */
const MOST_COVERED = 50;
/** Of what was said before the overlay came, only this is still news. In ms between two messages, by the hub's clock. */
const STILL_NEW_MS = 120_000;

export function createScene(options: OverlayOptions): Scene {
  const known = new Set<MessageId>();
  let all: readonly SceneRow[] = [];
  let covered: readonly WireChatMessage[] = [];

  function know(id: MessageId): boolean {
    if (known.has(id)) return false;
    known.add(id);
    for (const oldest of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return true;
  }

  function add(message: WireChatMessage, at: number): void {
    if (!know(message.id)) return;
    if (mayShow(message, options)) push(message, at);
    else if (message.content.attachments.length > 0) covered = [...covered.slice(1 - MOST_COVERED), message];
  }

  function push(message: WireChatMessage, at: number): void {
    const showAt = at + options.delaySeconds * 1_000;
    const goAt = options.fadeSeconds === 0 ? null : showAt + options.fadeSeconds * 1_000;
    all = [...all, { message, showAt, goAt }];
    // waiting rows come beside: they must not push out what is on
    const surplus = all.filter((row) => row.showAt <= at).length - options.most;
    if (surplus > 0) all = all.slice(surplus);
  }

  /** A page that is loaded: after a start, or when the hub's past is another one. */
  function addPage(event: Extract<ChannelEvent, { type: 'joined' }>, at: number): void {
    if (event.mode !== 'reset') return;
    const there = new Map(event.messages.map(({ message }) => [message.id, message]));
    const oldest = Math.min(...event.messages.map(({ message }) => message.sentAt));
    // what is no longer in the page and was not there before its beginning may have been taken away meanwhile
    all = all.flatMap((row) => {
      const now = there.get(row.message.id);
      if (now === undefined) return row.message.sentAt >= oldest ? [] : [row];
      return mayShow(now, options) ? [{ ...row, message: now }] : [];
    });
    const newest = Math.max(0, ...event.messages.map(({ message }) => message.sentAt));
    for (const { message } of event.messages.toReversed()) {
      if (newest - message.sentAt <= STILL_NEW_MS) add(message, at);
      else know(message.id);
    }
  }

  function remove(id: MessageId): void {
    all = all.filter((row) => row.message.id !== id);
    covered = covered.filter((message) => message.id !== id);
  }

  /** A moderator has looked at a picture: it appears, or is gone, in every message that shows it. */
  function mark({ id, picture, mark: said }: Extract<ChannelEvent, { type: 'mark' }>, at: number): void {
    const marked = (message: WireChatMessage): WireChatMessage =>
      message.id === id ? { ...message, content: withMark(message.content, picture, said) } : message;
    all = all.flatMap((row) => {
      const message = marked(row.message);
      return message === row.message ? [row] : mayShow(message, options) ? [{ ...row, message }] : [];
    });
    covered = covered.map(marked);
    const shown = covered.filter((message) => message.id === id && mayShow(message, options));
    covered = covered.filter((message) => !shown.includes(message));
    for (const message of shown) push(message, at);
  }

  return {
    take(event, at) {
      switch (event.type) {
        case 'message':
          return add(event.message, at);
        case 'joined':
          return addPage(event, at);
        case 'redaction':
          return remove(event.id);
        case 'mark':
          return mark(event, at);
        case 'edit':
          all = all.flatMap((row) => {
            if (row.message.id !== event.id || event.revision <= row.message.revision) return [row];
            const message = { ...row.message, content: event.content, revision: event.revision };
            return mayShow(message, options) ? [{ ...row, message }] : [];
          });
          return;
        default:
        // reactions, notices, and what was hidden and is shown again: its moment on stream is over
      }
    },
    rows(at) {
      all = all.filter((row) => row.goAt === null || row.goAt > at);
      return all.filter((row) => row.showAt <= at).slice(-options.most);
    },
    nextChange(at) {
      const times = all.flatMap((row) => [row.showAt, row.goAt ?? Number.POSITIVE_INFINITY]);
      const next = Math.min(...times.filter((time) => time > at));
      return Number.isFinite(next) ? next : null;
    },
  };
}

/** Pure. Whether this may be seen on a stream, by itself and by the link's options. */
export function mayShow(message: WireChatMessage, options: OverlayOptions): boolean {
  if (message.redaction !== null) return false;
  const { author, content } = message;
  if (options.platforms !== null && !options.platforms.has(author.platform)) return false;
  if (options.hidesBots && author.badge === 'bot') return false;
  if (options.hiddenPeople.has(author.name.toLowerCase())) return false;
  const text = plainText(content.rich).trim();
  if (options.hidesCommands && /^[!/]\p{L}/u.test(text)) return false;
  return text !== '' || (options.images === 'safe' && content.attachments.some(isSafeImage));
}

/** Only what a moderator has looked at: an unmarked picture is never on a stream. */
export function isSafeImage(file: WireChatMessage['content']['attachments'][number]): boolean {
  return file.mark === 'safe' && file.mediaType.startsWith('image/') && !file.isSpoiler;
}
