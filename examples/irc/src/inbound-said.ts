import { createHash } from 'node:crypto';
import {
  type Content,
  type EpochMs,
  type InboundAccount,
  plainText,
  type RemoteRef,
  type Rich,
  type RoomId,
} from 'slipmat-hub/plugin';
import { decodeText } from './decode-text.ts';
import { roomId, shown } from './inbound-people.ts';
import { type Line, type Source, sourceOf, timeOf } from './line.ts';
import type { Link } from './link.ts';
import { withMentions } from './mentions.ts';
import { isOurs } from './own.ts';

const ACTION = /^\x01ACTION ([^\x01]*)\x01?$/;
/** The network's own: NickServ and its like, which speak to the bridge and not to the room. */
const SERVICE = /serv$/i;
const SERVICE_HOST = /^services(\.|$)/i;

interface Said {
  readonly room: RoomId;
  readonly by: InboundAccount;
  readonly at: EpochMs;
  /** The network's, or one that comes out the same whenever the same line is told again. */
  readonly id: string;
}

/** A message to a room, or to the bridge alone. */
export function onSaid(line: Line, link: Link): void {
  const said = whoAndWhere(line, link);
  if (said === null) return;
  const { room, by, at, id } = said;
  const text = line.params[1] ?? '';
  const rich = contentOf(text);
  if (rich === null || plainText(rich).trim() === '') return;
  const content: Content = { rich: withMentions(rich, room, link), attachments: [] };
  const ref: RemoteRef = { room, id };
  if (link.session.isSelf(line.params[0] ?? '')) {
    if (line.command === 'PRIVMSG') link.pump.push('people', { kind: 'direct', ref, by, content, at });
    return;
  }
  const replyTo = refOf(room, line.tags.get('+draft/reply') ?? line.tags.get('+reply'));
  link.pump.push(room, { kind: 'message', ref, by, content, replyTo, at }, () =>
    link.positions.reached(room, at, ref.id),
  );
}

/** Reactions and typing, which come without text. */
export function onTagMessage(line: Line, link: Link): void {
  const said = whoAndWhere(line, link);
  if (said === null || link.session.isSelf(line.params[0] ?? '')) return;
  const { room, by, at, id } = said;
  const { tags } = line;
  const typing = tags.get('+typing');
  if (typing !== undefined && !link.session.isHistory(line)) {
    link.pump.push('people', { kind: 'typing', room, by, on: typing === 'active' });
  }
  const ref = refOf(room, tags.get('+draft/reply') ?? tags.get('+reply'));
  const [put, taken] = [tags.get('+draft/react'), tags.get('+draft/unreact')];
  const emoji = put ?? taken;
  if (ref === null || emoji === undefined || emoji === '') return;
  link.pump.push(room, { kind: 'reaction', eventId: id, ref, by, emoji, on: put !== undefined, at });
}

export function onRedact(line: Line, link: Link): void {
  const said = whoAndWhere(line, link);
  const [, id = ''] = line.params;
  if (said === null || id === '') return;
  const { room, by, at } = said;
  const of = { kind: 'refs', refs: [{ room, id }] } as const;
  link.pump.push(room, { kind: 'redaction', eventId: `redact-${id}`, of, by, at });
}

/** Null for what is not for the hub: our own, the network's, rooms that are not linked, what was known before. */
function whoAndWhere(line: Line, link: Link): Said | null {
  const { session, people, rooms, hub, positions } = link;
  const source = sourceOf(line);
  const [target = ''] = line.params;
  if (source === null || isOurs(line, link) || isService(source)) return null;
  const isDirect = session.isSelf(target);
  const room = isDirect ? roomId(source.nick) : rooms.idOf(target);
  if (room === null) return null;
  const time = timeOf(line);
  const id = idOf(line, source, link);
  const isHistory = session.isHistory(line);
  if (isHistory) {
    if (isDirect || time === null) return null;
    if (positions.of(room) === null) positions.pass(room, time, id);
    if (!positions.isNew(room, time, id)) return null;
  }
  const account = accountOf(line, isHistory, link);
  const person = people.see(source, account, isBot(line));
  return { room, by: shown(person, session), at: (time ?? hub.clock.now()) as EpochMs, id };
}

function isService({ nick, host }: Source): boolean {
  return SERVICE.test(nick) || (host !== null && SERVICE_HOST.test(host));
}

/** Without the tag somebody is signed out, where the network tags those who are signed in. */
function accountOf(line: Line, isHistory: boolean, { session }: Link): string | null | undefined {
  const tag = line.tags.get('account');
  if (tag !== undefined) return tag || null;
  return session.capability('account-tag') !== null && !isHistory ? null : undefined;
}

/** Automatic answers are given as notices, so that no two programs answer each other. */
function isBot({ command, tags }: Line): boolean {
  return command === 'NOTICE' || tags.has('bot') || tags.has('inspircd.org/bot');
}

/** Null for a request between programs. */
function contentOf(text: string): Rich | null {
  if (!text.startsWith('\x01')) return decodeText(text);
  const action = ACTION.exec(text)?.[1];
  return action === undefined ? null : [{ t: 'italic', children: decodeText(action) }];
}

function idOf(line: Line, { nick }: Source, { session, hub }: Link): string {
  const id = line.tags.get('msgid');
  if (id !== undefined && id !== '') return id;
  const time = timeOf(line);
  if (time === null) return `n-${hub.clock.now().toString(36)}-${session.mark()}`;
  const parts = JSON.stringify([time, session.fold(nick), line.params, line.tags.get('+draft/react')]);
  return `t-${createHash('sha256').update(parts).digest('base64url').slice(0, 22)}`;
}

function refOf(room: RoomId, id: string | undefined): RemoteRef | null {
  return id === undefined || id === '' ? null : { room, id };
}
