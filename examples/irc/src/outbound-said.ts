import { createHash } from 'node:crypto';
import {
  BridgeError,
  type Direct,
  isBridgeError,
  type Post,
  type RemoteRef,
  type Rich,
  type RoomId,
  type Speaker,
} from 'slipmat-hub/plugin';
import { stripText } from './decode-text.ts';
import { byteLength, encodeText } from './encode-text.ts';
import { readHistory } from './history.ts';
import { type Line, sourceOf, timeOf } from './line.ts';
import type { Link } from './link.ts';
import { relayLine, sayLine } from './say.ts';
import type { Session } from './session.ts';

/** What user and host take at most while the network has not shown ours. */
const UNKNOWN_USER = 10;
const UNKNOWN_HOST = 64;
const MAX_PAGES = 10;
/** Clocks never agree quite. */
const LEEWAY_MS = 1_000;

/**
 * Bytes of text that others get of one line: what the server puts in front of it counts too.
 * @param session null while there is none: what certainly fits
 */
export function textBytes(target: string, session: Session | null, nick: string): number {
  const self = session?.self ?? { nick, user: null, host: null };
  const source =
    byteLength(self.nick) + 1 + (self.user?.length ?? UNKNOWN_USER) + 1 + (self.host?.length ?? UNKNOWN_HOST);
  return (session?.features.lineBytes ?? 512) - `: PRIVMSG  :\r\n`.length - source - byteLength(target);
}

/** Whether the network lets the bridge speak there under other names. */
export function mayRelay(room: RoomId, { session, refusedRelay }: Link): boolean {
  return session.capability('draft/relaymsg') !== null && !refusedRelay.has(room);
}

/** Says a post in one line, or in more where it does not fit. @throws {BridgeError} */
export async function post(command: Post, link: Link, signal: AbortSignal): Promise<readonly RemoteRef[]> {
  const { room, speaker, key } = command;
  link.rooms.check(room);
  const refs: RemoteRef[] = [];
  for (const line of linesOf(command.text, room, link)) {
    try {
      const id = await say(room, speaker, line, link, signal);
      refs.push({ room, id: id ?? ownId(key, refs.length) });
    } catch (error) {
      throw refs.length === 0 ? error : afterFirst(error);
    }
  }
  return refs;
}

/** Says it to one person. @throws {BridgeError} */
export async function direct({ to, speaker, text, key }: Direct, link: Link, signal: AbortSignal): Promise<RemoteRef> {
  const { session, people } = link;
  const [person] = people.withAccount(to);
  if (person === undefined) throw new BridgeError('they are not on IRC now', { kind: 'permanent', scope: 'command' });
  let id: string | null = null;
  for (const line of linesOf(named(speaker, text), person.nick, link)) {
    id = await sayLine(session, person.nick, line, signal);
  }
  return { room: person.nick as RoomId, id: id ?? ownId(key, 0) };
}

/** Asks the network's history whether a post arrived. @throws {BridgeError} when it does not say */
export async function find(command: Post, link: Link, signal: AbortSignal): Promise<readonly RemoteRef[] | null> {
  const { room, sentAt } = command;
  const { session } = link;
  const said = new Set(linesOf(command.text, room, link).map(plain));
  const refs: RemoteRef[] = [];
  let from = Math.max(0, Math.round(sentAt + session.aheadMs) - LEEWAY_MS);
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const lines = await readHistory(room, from, session, signal);
    for (const line of lines) {
      const id = line.tags.get('msgid');
      if (id !== undefined && isOwn(line, session) && said.delete(plain(line.params[1] ?? ''))) refs.push({ room, id });
    }
    const last = lines.map(timeOf).at(-1) ?? null;
    if (lines.length < session.features.historyLimit || last === null || last <= from) break;
    from = last;
  }
  return refs.length === 0 ? null : refs;
}

function linesOf(text: Rich, target: string, { session, people }: Link): readonly string[] {
  const bytes = textBytes(target, session, session.self.nick);
  const lines = encodeText(text, { bytes, nicks: people.nickCores(target as RoomId) });
  if (lines.length === 0)
    throw new BridgeError('nothing of it can be shown on IRC', { kind: 'permanent', scope: 'command' });
  return lines;
}

async function say(
  room: RoomId,
  speaker: Speaker,
  line: string,
  link: Link,
  signal: AbortSignal,
): Promise<string | null> {
  const { session } = link;
  if (speaker.kind === 'hub') return sayLine(session, room, line, signal);
  const separator = session.capability('draft/relaymsg')?.[0] ?? '/';
  if (mayRelay(room, link)) {
    try {
      return await relayLine(session, room, relayName(speaker.name, separator, session), line, signal);
    } catch (error) {
      if (!isBridgeError(error) || error.failure.kind === 'retryable') throw error;
      link.refusedRelay.add(room);
      link.pump.push(room, { kind: 'rights-changed', room });
    }
  }
  return sayLine(session, room, `<${speaker.name.replace(/[\0-\x1f\x7f]/g, '')}> ${line}`, signal);
}

/** A name as a nick: what nicks cannot hold goes, and what tells it from a true one is put behind it. */
function relayName(name: string, separator: string, { features }: Session): string {
  const suffix = `${separator}slipmat`;
  const plainName = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  return (plainName || 'somebody').slice(0, Math.max(features.nickLength - suffix.length, 1)) + suffix;
}

/** A line went out: saying all of it again would double that one. */
function afterFirst(error: unknown): unknown {
  if (!isBridgeError(error) || error.failure.kind !== 'retryable') return error;
  return new BridgeError(error.message, { kind: 'retryable', delivered: 'unknown' }, { cause: error });
}

function named(speaker: Speaker, text: Rich): Rich {
  return speaker.kind === 'hub' ? text : [{ t: 'text', text: `<${speaker.name}> ` }, ...text];
}

function isOwn(line: Line, session: Session): boolean {
  const source = sourceOf(line);
  if (line.command !== 'PRIVMSG' || source === null) return false;
  const { user, host } = session.self;
  return (
    session.isSelf(source.nick) || line.tags.has('draft/relaymsg') || (source.user === user && source.host === host)
  );
}

/** Without formatting, and without what breaks nicks, which depends on who is there. */
function plain(text: string): string {
  return stripText(text).replaceAll('\u200b', '');
}

function ownId(key: string, index: number): string {
  return `k-${createHash('sha256').update(`${key} ${index}`).digest('base64url').slice(0, 22)}`;
}
