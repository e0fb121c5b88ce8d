import type { EpochMs, InboundAccount, RoomId } from 'slipmat-hub/plugin';
import { type Line, type Source, sourceOf, timeOf, words } from './line.ts';
import type { Link } from './link.ts';
import { accountIdOf, inboundAccount, type Person } from './people.ts';
import type { Session } from './session.ts';

export function onJoin(line: Line, link: Link): void {
  const found = inRoom(line, link);
  if (found === null) return;
  const { room, source } = found;
  const { session, people } = link;
  people.enter(room, source.nick);
  const said = session.capability('extended-join') === null ? undefined : line.params[1];
  const person = people.see(source, accountName(said), false);
  if (session.isSelf(source.nick)) link.rooms.arrived(room);
  else tell('join', room, person, line, link);
}

export function onPart(line: Line, link: Link): void {
  const found = inRoom(line, link);
  if (found !== null) gone(found.room, found.source.nick, line, link, 'the bridge was made to leave');
}

export function onKick(line: Line, link: Link): void {
  const [name = '', nick = '', reason = ''] = line.params;
  const room = link.rooms.idOf(name);
  const by = sourceOf(line)?.nick ?? 'the network';
  if (room !== null)
    gone(room, nick, line, link, `${by} has thrown the bridge out of ${room}: ${reason.slice(0, 100)}`);
}

export function onQuit(line: Line, link: Link): void {
  const source = sourceOf(line);
  if (source === null) return;
  const person = link.people.see(source, undefined, false);
  for (const room of link.people.quit(source.nick)) tell('leave', room, person, line, link);
  takeBackNick(source.nick, link);
}

export function onNick(line: Line, link: Link): void {
  const source = sourceOf(line);
  const [to] = line.params;
  if (source === null || to === undefined) return;
  const { people, session, pump } = link;
  people.rename(source.nick, to);
  if (session.isSelf(to)) return;
  const person = people.find(to);
  if (person !== null) pump.push('people', { kind: 'profile', account: shown(person, session), at: atOf(line, link) });
  takeBackNick(source.nick, link);
}

export function onAccount(line: Line, link: Link): void {
  const source = sourceOf(line);
  if (source !== null) changed(source, { account: accountName(line.params[0]) ?? null }, line, link);
}

export function onHost(line: Line, link: Link): void {
  const source = sourceOf(line);
  const [user, host] = line.params;
  if (source !== null && user !== undefined && host !== undefined) changed(source, { user, host }, line, link);
}

/** The list of names at the beginning: ranks, and user and host where they are shown. */
export function onNames({ params }: Line, { rooms, people, session }: Link): void {
  const room = rooms.idOf(params[2] ?? '');
  if (room === null) return;
  const { ranks } = session.features;
  for (const word of words(params.at(-1))) {
    const signs = [...word].findIndex((sign) => ranks.every((rank) => rank.sign !== sign));
    const source = sourceOf({ tags: new Map(), source: word.slice(signs), command: '353', params: [] });
    if (source === null || signs < 0) continue;
    const modes = ranks.filter(({ sign }) => word.slice(0, signs).includes(sign)).map(({ mode }) => mode);
    people.enter(room, source.nick, modes.join(''));
    people.see(source, undefined, false);
  }
}

/** The fields that `WHO … %tcuhnfa,1` asks for. */
export const WHO_FIELDS = '%tcuhnfa,1';

export function onWho({ params }: Line, { people, session }: Link): void {
  const [, , , user, host, nick, flags = '', account] = params;
  if (user === undefined || host === undefined || nick === undefined || people.find(nick) === null) return;
  const { botFlag } = session.features;
  people.see({ nick, user, host }, account === '0' ? null : account, botFlag !== null && flags.includes(botFlag));
}

/** Says who is there. In a very large room people are told of as they come, go and speak. */
export function callRoll(room: RoomId, { people, session, pump, hub }: Link): void {
  const here = people.inRoom(room).filter(({ nick }) => !session.isSelf(nick));
  if (here.length > MOST_AT_ONCE) return;
  const at = hub.clock.now();
  for (const person of here) {
    pump.push('people', {
      kind: 'membership',
      room,
      account: shown(person, session),
      act: 'join',
      isPresence: true,
      at,
    });
  }
}
const MOST_AT_ONCE = 500;

export function shown(person: Person, session: Session): InboundAccount {
  return inboundAccount(person, session);
}

/** A name of the network's as the hub's id. */
export function roomId(name: string): RoomId {
  return name as RoomId;
}

function inRoom(line: Line, link: Link): { readonly room: RoomId; readonly source: Source } | null {
  const source = sourceOf(line);
  const room = link.rooms.idOf(line.params[0] ?? '');
  return source === null || room === null || link.session.isHistory(line) ? null : { room, source };
}

function gone(room: RoomId, nick: string, line: Line, link: Link, say: string): void {
  const { people, session, rooms } = link;
  if (session.isSelf(nick)) {
    people.empty(room);
    // Not when we were asked to leave.
    if (rooms.isIn(room)) rooms.lost(room, say);
    return;
  }
  const person = people.find(nick);
  people.leave(room, nick);
  if (person !== null) tell('leave', room, person, line, link);
}

/** Another account or host is another person to the hub. */
function changed(source: Source, to: Partial<Person>, line: Line, link: Link): void {
  const { people, session } = link;
  const before = people.find(source.nick);
  if (before === null || session.isSelf(source.nick)) return;
  people.change(source.nick, to);
  const after = people.find(source.nick) ?? before;
  if (accountIdOf(before, session) === accountIdOf(after, session)) return;
  for (const room of people.roomsOf(source.nick)) {
    tell('leave', room, before, line, link);
    tell('join', room, after, line, link);
  }
}

function tell(act: 'join' | 'leave', room: RoomId, person: Person, line: Line, link: Link): void {
  const account = shown(person, link.session);
  link.pump.push('people', { kind: 'membership', room, account, act, isPresence: true, at: atOf(line, link) });
}

/** The nick that we are to have is free again. */
function takeBackNick(nick: string, { session, config }: Link): void {
  if (session.fold(nick) !== session.fold(config.nick) || session.isSelf(config.nick)) return;
  session.send('NICK', [config.nick]);
}

/** `*` and `0` stand for none. */
function accountName(said: string | undefined): string | null | undefined {
  return said === '*' || said === '0' ? null : said;
}

function atOf(line: Line, { hub }: Link): EpochMs {
  return (timeOf(line) ?? hub.clock.now()) as EpochMs;
}
