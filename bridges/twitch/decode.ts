import type { Content, Rich } from '../../core/domain/content.ts';
import type { AccountId, EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { Inbound, InboundAccount } from '../../core/domain/inbound.ts';
import type { RemoteRef } from '../../core/domain/message.ts';
import { withEmotes } from './emotes.ts';
import { type Line, tag } from './line.ts';

/** What the lines of one room are read against. */
export interface Reading {
  readonly room: RoomId;
  /** Whose channel it is, by the id of that account. */
  readonly broadcaster: string;
  /** Our own account: what it says is an echo. */
  readonly self: string;
  /** For lines that bear no time of their own. */
  readonly now: EpochMs;
}

/**
 * A timeout, a ban or a cleared chat takes from the viewers what they could still see. Twitch keeps no history; this is
 * the span in which it lets messages be removed one by one.
 */
export const CLEARED_MS = 6 * 60 * 60_000;

/** How `/me` comes, with or without a second mark at the end. */
const MARK = '\u0001';
const ACTION = `${MARK}ACTION `;
/** What nobody sees, and chat programs add to be let to repeat themselves. */
const FILLER = /[\s\u200b\u{e0000}]+$/u;

/** What a line says to the hub, in order; empty when it is nothing of concern. */
export function decodeLine(line: Line, reading: Reading): readonly Inbound[] {
  if (isFromElsewhere(line, reading)) return [];
  switch (line.command) {
    case 'PRIVMSG':
      return decodeMessage(line, reading);
    case 'USERNOTICE':
      return decodeNotice(line, reading);
    case 'CLEARMSG':
      return decodeRemoval(line, reading);
    case 'CLEARCHAT':
      return decodeClearing(line, reading);
    default:
      return [];
  }
}

/** In a shared chat every message of the other channels comes too; each is told in the channel where it was written. */
function isFromElsewhere(line: Line, { broadcaster }: Reading): boolean {
  const source = tag(line, 'source-room-id');
  return source !== null && source !== broadcaster;
}

function decodeMessage(line: Line, reading: Reading): readonly Inbound[] {
  const id = tag(line, 'id');
  const by = accountOf(line);
  const text = line.params[1] ?? '';
  if (id === null || by === null || by.id === reading.self || text === '') return [];
  const parent = tag(line, 'reply-parent-msg-id');
  return [
    {
      kind: 'message',
      ref: { room: reading.room, id },
      by,
      content: contentOf(line, text, parent === null ? 0 : addressLength(line, text)),
      replyTo: parent === null ? null : { room: reading.room, id: parent },
      at: timeOf(line, reading),
    },
  ];
}

/** What Twitch announces, with what the person said to it as a message of its own. */
function decodeNotice(line: Line, reading: Reading): readonly Inbound[] {
  const code = tag(line, 'source-msg-id') ?? tag(line, 'msg-id');
  const id = tag(line, 'id');
  if (code === null || id === null || isOfManyGifts(line, code)) return [];
  const said = decodeMessage(line, reading);
  // some of them hold line ends in the middle of a sentence
  const announced =
    tag(line, 'system-msg')
      ?.replace(/[\r\n]/g, '')
      .trim() ?? '';
  if (code === 'announcement' || announced === '') return said;
  const ref: RemoteRef = { room: reading.room, id: `${id}#notice` };
  return [{ kind: 'notice', ref, code, text: announced, at: timeOf(line, reading) }, ...said];
}

/** One of many gifts given at once: the giving was announced in one line before. */
function isOfManyGifts(line: Line, code: string): boolean {
  return code === 'subgift' && tag(line, 'msg-param-community-gift-id') !== null;
}

function decodeRemoval(line: Line, reading: Reading): readonly Inbound[] {
  const id = tag(line, 'target-msg-id');
  if (id === null) return [];
  const refs = [{ room: reading.room, id }];
  return [
    {
      kind: 'redaction',
      eventId: `clearmsg/${id}`,
      of: { kind: 'refs', refs },
      by: null,
      at: timeOf(line, reading),
    },
  ];
}

/** A timeout or ban of one, which takes that person's messages away; or the whole chat. Twitch tells neither who nor why. */
function decodeClearing(line: Line, reading: Reading): readonly Inbound[] {
  const { room } = reading;
  const at = timeOf(line, reading);
  const since = (at - CLEARED_MS) as EpochMs;
  const target = tag(line, 'target-user-id');
  const login = line.params[1];
  if (target === null && login === undefined) {
    return [{ kind: 'redaction', eventId: `clearchat/${room}/${at}`, of: { kind: 'room', room, since }, by: null, at }];
  }
  if (target === null) return [];
  const id = target as AccountId;
  const seconds = Number(tag(line, 'ban-duration') ?? Number.NaN);
  const isTimeout = Number.isFinite(seconds);
  const eventId = `clearchat/${room}/${id}/${at}`;
  return [
    {
      kind: 'sanction',
      eventId: `${eventId}/sanction`,
      room,
      account: { id, name: login ?? target, avatarUrl: null, isBot: false },
      by: null,
      act: isTimeout ? 'timeout' : 'ban',
      until: isTimeout ? ((at + seconds * 1_000) as EpochMs) : null,
      reason: null,
      at,
    },
    {
      kind: 'redaction',
      eventId: `${eventId}/redaction`,
      of: { kind: 'account', room, account: id, since },
      by: null,
      at,
    },
  ];
}

function contentOf(line: Line, text: string, leftOut: number): Content {
  const emotes = tag(line, 'emotes') ?? '';
  if (!text.startsWith(ACTION)) return { rich: withEmotes(withoutFiller(text), emotes, leftOut), attachments: [] };
  const action = text.slice(ACTION.length, text.endsWith(MARK) ? -MARK.length : undefined);
  const children: Rich = withEmotes(withoutFiller(action), emotes);
  return { rich: [{ t: 'italic', children }], attachments: [] };
}

function withoutFiller(text: string): string {
  return text.replace(FILLER, '') || text;
}

/** Twitch writes the name of whoever is answered before a reply. @returns how many code points that takes */
function addressLength(line: Line, text: string): number {
  for (const name of [tag(line, 'reply-parent-display-name'), tag(line, 'reply-parent-user-login')]) {
    const address = `@${name} `;
    if (name !== null && text.length > address.length && isSame(text.slice(0, address.length), address)) {
      return [...address].length;
    }
  }
  return 0;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function accountOf(line: Line): InboundAccount | null {
  const id = tag(line, 'user-id');
  if (id === null) return null;
  const login = line.nick ?? tag(line, 'login') ?? id;
  const badges = tag(line, 'badges') ?? '';
  return {
    id: id as AccountId,
    name: tag(line, 'display-name') ?? login,
    avatarUrl: null,
    isBot: /(^|,)bot-badge\//.test(badges),
  };
}

function timeOf(line: Line, { now }: Reading): EpochMs {
  const at = Number(tag(line, 'tmi-sent-ts') ?? Number.NaN);
  return Number.isSafeInteger(at) && at > 0 ? (at as EpochMs) : now;
}
