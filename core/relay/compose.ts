import type { Attachment, Rich } from '../domain/content.ts';
import type { Author, Quote } from '../domain/message.ts';
import type { WireChatMessage } from '../domain/wire.ts';
import type { MediaRef, Operations, Speaker } from '../plugin/operations.ts';
import { firstGraphemes, measure } from './measure.ts';
import { type Label, prefixOf, tameName, withoutFakePrefixes } from './speaker.ts';
import { splitText } from './split-text.ts';

export type PostLimits = Operations['post'][2];

const QUOTE_CHARACTERS = 80;

export interface Composed {
  /** Each within its limit, what stands in front of it included. */
  readonly parts: readonly Rich[];
  /** Goes with the first part. */
  readonly media: readonly MediaRef[];
}

/** What the look of a message hangs on besides the message and the room. */
export interface Outlook {
  /** Origin under which everybody reaches the hub; null where nobody outside does. */
  readonly publicUrl: string | null;
  /** Absent: platforms are called by their names with the first letter large. */
  readonly label?: Label;
}

/**
 * What a message looks like in a room: name before the text where the platform shows no other name, a quote where it
 * has no replies, attachments as links where it takes none: by name alone where nobody outside can reach the hub.
 * @param hasReplyRef whether the message that is answered stands in the room
 */
export function compose(
  message: WireChatMessage,
  limits: PostLimits,
  hasReplyRef: boolean,
  { publicUrl, label }: Outlook,
): Composed {
  const { native, linked } = sortAttachments(message.content.attachments, limits);
  const prefix = limits.speaker === 'prefix' ? prefixOf(message.author, label) : '';
  const said = message.content.rich;
  const needsQuote = message.replyTo !== null && !(limits.reply && hasReplyRef);
  const quote = needsQuote && message.replyTo !== null ? quoteLine(message.replyTo) : [];
  const whole: Rich = [...quote, ...said, ...links(linked, said.length > 0, publicUrl)];
  const body = prefix === '' ? whole : withoutFakePrefixes(whole);
  const taken = measure(prefix, limits.unit);
  const parts = splitText(body, {
    first: (native.length > 0 ? limits.caption : limits.text) - taken,
    rest: limits.text - taken,
    unit: limits.unit,
  });
  return {
    parts: prefix === '' ? parts : parts.map((part): Rich => [{ t: 'text', text: prefix }, ...part]),
    media: native.map(({ url, name, mediaType, bytes, width, height, alt, isSpoiler }) => ({
      url,
      publicUrl: publicOf(url, publicUrl),
      name,
      type: mediaType,
      bytes,
      width,
      height,
      alt,
      isSpoiler,
    })),
  };
}

/** Who a post is said to come from. */
export function speakerOf(author: Author, limits: PostLimits, publicUrl: string | null): Speaker {
  if (limits.speaker === 'prefix') return { kind: 'hub' };
  const avatar = author.avatarUrl;
  const avatarUrl = avatar === null ? null : publicOf(avatar, publicUrl);
  return { kind: 'user', name: tameName(author.name), avatarUrl, avatar, key: author.user, platform: author.platform };
}

/** Where everybody can load it: what the hub keeps is known by its path alone. */
function publicOf(url: string, publicUrl: string | null): string | null {
  if (!url.startsWith('/')) return url;
  return publicUrl === null ? null : `${publicUrl}${url}`;
}

/** A picture that must stay covered is never shown where the platform has no cover for it. */
function sortAttachments(all: readonly Attachment[], limits: PostLimits) {
  const fits = all.filter((one) => one.bytes <= limits.maxMediaBytes && (limits.spoiler || !one.isSpoiler));
  const native = fits.slice(0, limits.maxMedia);
  return { native, linked: all.filter((one) => !native.includes(one)) };
}

/** A link that leads to the hub's own machine would help nobody. */
function links(attachments: readonly Attachment[], isAfterText: boolean, publicUrl: string | null): Rich {
  return attachments.flatMap((one, index): Rich => {
    const lineBreak = index > 0 || isAfterText ? '\n' : '';
    const url = publicOf(one.url, publicUrl);
    if (url === null) return [{ t: 'text', text: `${lineBreak}${one.name}` }];
    return [
      { t: 'text', text: `${lineBreak}${one.name}: ` },
      { t: 'link', url, children: [{ t: 'text', text: url }] },
    ];
  });
}

function quoteLine(quote: Quote): Rich {
  const line = quote.text.replace(/\s+/gu, ' ').trim();
  const shown = firstGraphemes(line, QUOTE_CHARACTERS);
  return [{ t: 'text', text: `> ${tameName(quote.name)}${shown === '' ? '' : `: ${shown}`}\n` }];
}
