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
import { timeOf } from './line.ts';
import type { Link } from './link.ts';
import { isOurs } from './own.ts';
import { relayLine, sayLine } from './say.ts';
import type { Session } from './session.ts';

/** What user and host take at most while the network has not shown ours. */
const UNKNOWN_USER = 10;
const UNKNOWN_HOST = 64;
const MAX_PAGES = 10;
/** Clocks never agree quite. */
const LEEWAY_MS = 1_000;
const PLATFORM = /^\[[^[\]]{1,64}\] /;

/**
 * Bytes of text that others get of one line: what the server puts in front of it counts too.
 * @param session null while there is none: what certainly fits
 */
export function textBytes(target: string, session: Session | null, nick: string): number {
  const self = session?.self ?? { nick, user: null, host: null };
  // Another name may be as long as a nick can be.
  const longest = (session?.capability('draft/relaymsg') ?? null) === null ? 0 : (session?.features.nickLength ?? 0);
  const source =
    Math.max(byteLength(self.nick), longest) +
    1 +
    (self.user?.length ?? UNKNOWN_USER) +
    1 +
    (self.host?.length ?? UNKNOWN_HOST);
  return (session?.features.lineBytes ?? 512) - `: PRIVMSG  :\r\n`.length - source - byteLength(target);
}

/** Whether the network lets the bridge speak there under other names. */
export function mayRelay(room: RoomId, { session, refusedRelay }: Link): boolean {
  return session.capability('draft/relaymsg') !== null && !refusedRelay.has(room);
}

/**
 * Says a post in one line, or in more where it does not fit; under the speaker's name where the network lets us.
 * @throws {BridgeError}
 */
export async function post(command: Post, link: Link, signal: AbortSignal): Promise<readonly RemoteRef[]> {
  const { room, speaker, text } = command;
  const { session } = link;
  link.rooms.check(room);
  if (speaker.kind === 'user' && mayRelay(room, link)) {
    const name = relayName(speaker.name, session.capability('draft/relaymsg')?.[0] ?? '/', session);
    try {
      const lines = linesOf(text, room, link);
      return await sayAll(command, lines, (line) => relayLine(session, room, name, line, signal));
    } catch (error) {
      if (!isBridgeError(error) || !isRelayRefused(error)) throw error;
      link.refusedRelay.add(room);
      link.pump.push(room, { kind: 'rights-changed', room });
    }
  }
  return sayAll(command, linesOf(named(speaker, text), room, link), (line) => sayLine(session, room, line, signal));
}

/** Nothing was said, and saying it in our own name may work. */
function isRelayRefused({ failure }: BridgeError): boolean {
  return failure.kind === 'permanent';
}

async function sayAll(
  { room, key }: Post,
  lines: readonly string[],
  say: (line: string) => Promise<string | null>,
): Promise<readonly RemoteRef[]> {
  const refs: RemoteRef[] = [];
  for (const line of lines) {
    try {
      refs.push({ room, id: (await say(line)) ?? ownId(key, refs.length) });
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
  // Where the network refused the name it stands in the text; where that was known before, the hub put it there.
  const texts = [command.text, named(command.speaker, command.text), introduced(command)];
  const said = new Set(texts.flatMap((text) => linesOf(text, room, link)).map(plain));
  const refs: RemoteRef[] = [];
  let from = Math.max(0, Math.round(sentAt + session.aheadMs) - LEEWAY_MS);
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await readHistory(room, from, session, signal);
    for (const line of page) {
      const id = line.tags.get('msgid');
      if (id === undefined || line.command !== 'PRIVMSG' || !isOurs(line, link)) continue;
      const shown = plain(line.params[1] ?? '');
      if (said.delete(shown) || said.delete(shown.replace(PLATFORM, ''))) refs.push({ room, id });
    }
    const last = page.map(timeOf).at(-1) ?? null;
    if (page.length < session.features.historyLimit || last === null || last <= from) break;
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
  if (!isBridgeError(error) || error.failure.kind === 'auth') return error;
  return new BridgeError(error.message, { kind: 'retryable', delivered: 'unknown' }, { cause: error });
}

function named(speaker: Speaker, text: Rich): Rich {
  return speaker.kind === 'hub' ? text : [{ t: 'text', text: `<${speaker.name}> ` }, ...text];
}

/** As the hub writes it for a room that shows no names, without the platform in front. */
function introduced({ speaker, text }: Post): Rich {
  return speaker.kind === 'hub' ? text : [{ t: 'text', text: `${speaker.name}: ` }, ...text];
}

/** Without formatting, and without what breaks nicks, which depends on who is there. */
function plain(text: string): string {
  return stripText(text).replaceAll('\u200b', '');
}

function ownId(key: string, index: number): string {
  return `k-${createHash('sha256').update(`${key} ${index}`).digest('base64url').slice(0, 22)}`;
}
