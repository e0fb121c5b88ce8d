import { onMode } from './inbound-modes.ts';
import * as presence from './inbound-people.ts';
import { onRedact, onSaid, onTagMessage } from './inbound-said.ts';
import { type Line, sourceOf } from './line.ts';
import type { Link } from './link.ts';

const HANDLERS: ReadonlyMap<string, (line: Line, link: Link) => void> = new Map([
  ['PRIVMSG', onSaid],
  ['NOTICE', onSaid],
  ['TAGMSG', onTagMessage],
  ['REDACT', onRedact],
  ['JOIN', presence.onJoin],
  ['PART', presence.onPart],
  ['KICK', presence.onKick],
  ['QUIT', presence.onQuit],
  ['NICK', presence.onNick],
  ['ACCOUNT', presence.onAccount],
  ['CHGHOST', presence.onHost],
  ['353', presence.onNames],
  ['354', presence.onWho],
  ['MODE', onMode],
  ['INVITE', onInvite],
  ['RENAME', onRename],
]);

/** One line of the network, as what it means for the hub. */
export function onLine(line: Line, link: Link): void {
  HANDLERS.get(line.command)?.(line, link);
}

function onInvite(line: Line, { session, rooms, people, hub, pump }: Link): void {
  const source = sourceOf(line);
  const [whom = '', name = ''] = line.params;
  if (source === null || !session.isSelf(whom)) return;
  const room = rooms.idOf(name);
  if (room !== null) {
    rooms.invited(room);
    return;
  }
  const by = presence.shown(people.see(source, line.tags.get('account'), false), session);
  pump.push('people', { kind: 'invitation', room: presence.roomId(name), name, by });
  hub.log.debug({ room: name }, 'invited to a channel that is not linked');
}

function onRename({ params: [from = '', name = ''] }: Line, { rooms, people, pump }: Link): void {
  const room = rooms.idOf(from);
  if (room === null) return;
  const to = presence.roomId(name);
  rooms.renamed(room, to);
  people.move(room, to);
  pump.push(room, { kind: 'room-moved', from: room, to });
}
