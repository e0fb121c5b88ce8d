import { BridgeError, type RoomId, withDeadline } from 'slipmat-hub/plugin';
import { isRefusal } from './failures.ts';
import { callRoll, WHO_FIELDS } from './inbound-people.ts';
import { type Line, timeOf } from './line.ts';
import type { Link } from './link.ts';
import type { Session, Settle } from './session.ts';

const ANSWER_MS = 5_000;
/** So much of what was missed is fetched; the rest of a very long absence is left. */
const MAX_PAGES = 10;

/** What follows a JOIN: who is there, and what was missed since the room was last read. Never rejects. */
export async function settleIn(room: RoomId, link: Link): Promise<void> {
  const { session, positions, hub } = link;
  if (session.features.hasWhox) await tried('who is there', link, () => listPeople(room, link));
  callRoll(room, link);
  const since = positions.of(room);
  if (since === null) positions.begin(room, Math.round(hub.clock.now() + session.aheadMs));
  else if (hasHistory(session)) await tried('what was missed', link, () => catchUp(room, since, link));
}

/** The room works without it. */
async function tried(what: string, { hub }: Link, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    hub.log.warn({ what, say: error instanceof Error ? error.message : '' }, 'IRC does not say');
  }
}

export function hasHistory(session: Session): boolean {
  return session.capability('draft/chathistory') !== null || session.capability('chathistory') !== null;
}

async function listPeople(room: RoomId, { session, hub }: Link): Promise<void> {
  const isEnd: Settle<void> = (line) =>
    isAnswerAbout(line, '315', room, session) || isRefusedAbout(line, room, session) ? { value: undefined } : null;
  await withDeadline(hub.clock, ANSWER_MS, null, (signal) =>
    session.ask(() => session.send('WHO', [room, WHO_FIELDS]), isEnd, signal),
  );
}

async function catchUp(room: RoomId, since: number, { session, hub }: Link): Promise<void> {
  let from = since;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const lines = await withDeadline(hub.clock, ANSWER_MS, null, (signal) => readHistory(room, from, session, signal));
    const last = lines.map(timeOf).at(-1) ?? null;
    if (lines.length < session.features.historyLimit || last === null || last <= from) return;
    from = last;
  }
  hub.log.warn({ room }, 'more was missed on IRC than is fetched');
}

/**
 * What was said in the room at `from` or after it, oldest first, at most `features.historyLimit`.
 * @throws {BridgeError} when the network refuses
 */
export async function readHistory(
  room: string,
  from: number,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Line[]> {
  // AFTER leaves out the time itself, in which more may have been said.
  const time = new Date(from - 1).toISOString();
  const words = ['AFTER', room, `timestamp=${time}`, String(session.features.historyLimit)];
  return session.ask(() => session.send('CHATHISTORY', words), batchOf(room, session), signal);
}

/** Collects the lines of the batch that answers. */
function batchOf(room: string, session: Session): Settle<readonly Line[]> {
  const lines: Line[] = [];
  let ref: string | null = null;
  return (line) => {
    const [mark = '', type = '', target = ''] = line.params;
    if (line.command === 'BATCH' && mark.startsWith('+') && type === 'chathistory') {
      if (session.fold(target) === session.fold(room)) ref = mark.slice(1);
    } else if (ref !== null && line.command === 'BATCH' && mark === `-${ref}`) return { value: lines };
    else if (ref !== null && line.tags.get('batch') === ref) lines.push(line);
    else if (line.command === 'FAIL' && line.params[0] === 'CHATHISTORY') {
      throw new BridgeError('the network does not hand out its history', { kind: 'permanent', scope: 'command' });
    }
    return null;
  };
}

function isAnswerAbout({ command, params }: Line, wanted: string, room: string, session: Session): boolean {
  return command === wanted && session.fold(params[1] ?? '') === session.fold(room);
}

function isRefusedAbout(line: Line, room: string, session: Session): boolean {
  return isRefusal(line) && session.fold(line.params[1] ?? '') === session.fold(room);
}
