import { createHash } from 'node:crypto';
import type { EpochMs, InboundAccount, RoomId } from 'slipmat-hub/plugin';
import { shown } from './inbound-people.ts';
import { type Line, sourceOf, timeOf } from './line.ts';
import type { Link } from './link.ts';
import { type Ban, isMeant, readBan } from './masks.ts';
import { type ModeChange, readModes } from './modes.ts';

/** Modes of a room: ranks, bans, and whether the bridge may speak. */
export function onMode(line: Line, link: Link): void {
  const { rooms, session } = link;
  const room = rooms.idOf(line.params[0] ?? '');
  if (room === null) return;
  let isOpened = false;
  for (const change of readModes(line.params.slice(1), session.features)) {
    const isRank = session.features.ranks.some(({ mode }) => mode === change.mode);
    if (isRank) onRank(room, change, link);
    else onBan(room, change, line, link);
    isOpened ||= change.mode === 'm' || change.mode === 'b' || isRank;
  }
  // What kept the bridge from speaking may be gone; if not, the next post says so.
  if (isOpened) rooms.open(room);
}

function onRank(room: RoomId, { mode, value, on }: ModeChange, { people, session, pump, refusedRelay }: Link): void {
  if (value === null) return;
  people.setMode(room, value, mode, on);
  if (!session.isSelf(value)) return;
  refusedRelay.delete(room);
  pump.push(room, { kind: 'rights-changed', room });
}

function onBan(room: RoomId, { mode, value, on }: ModeChange, line: Line, link: Link): void {
  const { session, people, pump, hub } = link;
  const ban = value === null ? null : readBan(mode, value, session.features);
  const source = sourceOf(line);
  if (ban === null || (source !== null && session.isSelf(source.nick))) return;
  const by = source === null ? null : shown(people.see(source, undefined, false), session);
  const at = (timeOf(line) ?? hub.clock.now()) as EpochMs;
  for (const account of meant(room, ban, link)) {
    const act = on ? ban.act : 'lift';
    const eventId = hash([at, room, mode, value, on, account.id]);
    pump.push(room, { kind: 'sanction', eventId, room, account, by, act, until: null, reason: null, at });
  }
}

/** Those in the room now; and, where the mask names one user and host, whoever that is. */
function meant(room: RoomId, ban: Ban, { people, session }: Link): readonly InboundAccount[] {
  const here = people
    .inRoom(room)
    .filter((person) => !session.isSelf(person.nick) && isMeant(ban, person, session.fold));
  if (here.length > 0) return here.map((person) => shown(person, session));
  if (ban.against.kind === 'account') {
    const { name } = ban.against;
    return [shown({ nick: name, user: null, host: null, account: name, isBot: false }, session)];
  }
  const exact = /^\*!([^*?@]+)@([^*?@]+)$/.exec(ban.against.mask);
  if (exact?.[1] === undefined || exact[2] === undefined) return [];
  return [shown({ nick: exact[1], user: exact[1], host: exact[2], account: null, isBot: false }, session)];
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
