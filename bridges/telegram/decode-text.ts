import type { MessageEntity } from 'grammy/types';
import type { Rich, RichNode } from '../../core/domain/content.ts';

/** Text with its entities as a tree. Offsets are UTF-16 units, as in JavaScript; what does not nest is left out. */
export function decodeText(text: string, entities: readonly MessageEntity[]): Rich {
  const ordered = entities
    .filter(({ offset, length }) => offset >= 0 && length > 0 && offset + length <= text.length)
    .toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, ordered);
}

/** @param entities in order, outer ones first, all within [start, end) */
function build(text: string, start: number, end: number, entities: readonly MessageEntity[]): Rich {
  const nodes: RichNode[] = [];
  let at = start;
  let next = 0;
  while (next < entities.length) {
    const entity = entities[next];
    next += 1;
    if (entity === undefined || entity.offset < at) continue;
    const stop = entity.offset + entity.length;
    if (stop > end) continue;
    const first = next;
    while (next < entities.length && (entities[next]?.offset ?? stop) < stop) next += 1;
    nodes.push(...textNode(text.slice(at, entity.offset)));
    nodes.push(...nodesOf(text, entity, entities.slice(first, next)));
    at = stop;
  }
  return [...nodes, ...textNode(text.slice(at, end))];
}

function nodesOf(text: string, entity: MessageEntity, inner: readonly MessageEntity[]): Rich {
  const start = entity.offset;
  const end = start + entity.length;
  const own = text.slice(start, end);
  const children = (): Rich => build(text, start, end, inner);
  switch (entity.type) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'spoiler':
      return [{ t: entity.type, children: children() }];
    case 'strikethrough':
      return [{ t: 'strike', children: children() }];
    case 'blockquote':
    case 'expandable_blockquote':
      return [{ t: 'quote', children: children() }];
    case 'code':
      return [{ t: 'code', text: own }];
    case 'pre':
      return [{ t: 'pre', text: own, language: entity.language || null }];
    case 'text_link':
      return [{ t: 'link', url: entity.url, children: children() }];
    case 'url':
      return [{ t: 'link', url: /^[a-z][a-z0-9+.-]*:/i.test(own) ? own : `https://${own}`, children: children() }];
    case 'mention':
    case 'text_mention':
      return [{ t: 'mention', user: null, name: own.replace(/^@/, '') }];
    case 'hashtag':
    case 'cashtag':
    case 'bot_command':
    case 'email':
    case 'phone_number':
    case 'custom_emoji':
    case 'date_time':
      return children();
    default:
      return notKnown(entity, children());
  }
}

/** Telegram adds kinds of formatting; their text still stands. */
function notKnown(_: never, children: Rich): Rich {
  return children;
}

function textNode(text: string): Rich {
  return text === '' ? [] : [{ t: 'text', text }];
}
