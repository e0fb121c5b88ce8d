import type { RoomId } from '../../core/domain/ids.ts';
import {
  BridgeError,
  type Capabilities,
  type Direct,
  type EnsureRoom,
  type HubPort,
  type React,
  type Redact,
  type RemoteRef,
  type Signal,
  type Speaker,
} from '../../core/plugin/index.ts';
import { createAuthority, createIsClosed, createSanction, createSetRole } from './acts.ts';
import { encodeRich, MAX_TEXT } from './encode.ts';
import { isCode, toBridgeError } from './failures.ts';
import { createIdentity } from './identity.ts';
import { ghostOf, txnOf } from './names.ts';
import { asSender, readNote, writeNote } from './notes.ts';
import { createEdit, createPost } from './posts.ts';
import { levelOf, neededFor, neededForState, type Power } from './power.ts';
import { createRetire } from './retire.ts';
import type { RoomFact } from './room-facts.ts';
import { redact, relationsOf, send } from './sending.ts';
import type { Session } from './session.ts';

const MAX_MEDIA = 10;
const MAX_REDACTIONS = 100;
const TYPING_MS = 10_000;
const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * What can be asked of a room.
 * @param session of now; null while the bridge does not run
 */
export function createOutbound(session: () => Session | null, hub: HubPort): (room: RoomId) => Capabilities {
  const here = (): Session => {
    const found = session();
    if (found !== null) return found;
    throw new BridgeError('not connected to Matrix', { kind: 'retryable', delivered: 'no' });
  };
  const runs = {
    post: createPost(here, hub),
    edit: createEdit(here),
    redact: createRedact(here),
    react: createReact(here),
    sanction: createSanction(here, hub),
    direct: createDirect(here),
    signal: createSignal(here),
    ensureRoom: createEnsureRoom(here),
    setRole: createSetRole(here),
    authority: createAuthority(here),
    isClosed: createIsClosed(here),
    identity: createIdentity(here),
    retire: createRetire(here),
  };

  return (room) => {
    const now = session();
    const fact = now?.rooms.get(room) ?? null;
    if (fact?.isEncrypted === true) return {};
    const acts = now === null || fact === null ? [] : actsIn(fact, now.bot);
    const canLead = now !== null && fact !== null && maySetLevels(fact.power, now.bot);
    return {
      post: {
        limits: {
          text: MAX_TEXT,
          caption: MAX_TEXT,
          unit: 'utf16',
          speaker: 'native',
          reply: true,
          idempotent: true,
          takesSentAt: true,
          ...(now?.ownRooms.isOwn(room) === true && { isRecord: true }),
          maxMedia: MAX_MEDIA,
          maxMediaBytes: now?.media.maxBytes ?? 0,
          spoiler: false,
        },
        run: runs.post,
      },
      edit: { limits: { windowMs: null }, run: runs.edit },
      redact: {
        limits: { windowMs: null, maxRefs: MAX_REDACTIONS, others: mayRedact(fact, now) },
        run: runs.redact,
      },
      react: { limits: { perUser: true, emoji: 'any' }, run: runs.react },
      ...(acts.length > 0 && {
        sanction: { limits: { acts, minMs: 0, maxMs: YEAR_MS, within: 'room' as const }, run: runs.sanction },
      }),
      direct: { limits: { text: MAX_TEXT, choices: 0, toAnyone: true, speaker: 'native' }, run: runs.direct },
      signal: { limits: { kinds: ['typing', 'read'] }, run: runs.signal },
      ensureRoom: { limits: {}, run: runs.ensureRoom },
      ...(canLead && { setRole: { limits: {}, run: runs.setRole } }),
      authority: { limits: {}, run: runs.authority },
      isClosed: { limits: {}, run: runs.isClosed },
      retire: { limits: {}, run: runs.retire },
      ...(now?.config.sharedSignIn !== undefined && {
        identity: { limits: { issuer: now.config.sharedSignIn.issuer }, run: runs.identity },
      }),
    };
  };
}

function actsIn({ power }: RoomFact, bot: string): readonly ('timeout' | 'ban' | 'lift')[] {
  const mayBan = levelOf(bot, power) >= neededFor('ban', power);
  const acts = [...(maySetLevels(power, bot) ? ['timeout' as const] : []), ...(mayBan ? ['ban' as const] : [])];
  return acts.length === 0 ? [] : [...acts, 'lift'];
}

function maySetLevels(power: Power, bot: string): boolean {
  return levelOf(bot, power) >= neededForState('m.room.power_levels', power);
}

function mayRedact(fact: RoomFact | null, now: Session | null): boolean {
  return fact !== null && now !== null && levelOf(now.bot, fact.power) >= neededFor('redact', fact.power);
}

/** With all that belongs to a post: its edits, in which the text would go on standing, and its further files. */
function createRedact(session: () => Session) {
  return async ({ refs, reason }: Redact, signal: AbortSignal): Promise<undefined> => {
    const here = session();
    try {
      for (const ref of refs) await redactOne(ref, reason, here, signal);
    } catch (error) {
      throw toBridgeError(error);
    }
    return undefined;
  };
}

async function redactOne(ref: RemoteRef, reason: string | null, session: Session, signal: AbortSignal): Promise<void> {
  const { room, id } = ref;
  const note = readNote(ref, session);
  const sender = note?.sender ?? session.bot;
  const related = note === null ? [] : await relationsOf({ room, id, sender }, session, signal, '');
  const parts = related.filter(({ by, kind }) => by === sender && (kind === 'm.replace' || kind === 'm.reference'));
  for (const one of [...parts, { id }]) {
    await redact({ room, id: one.id, sender, txn: txnOf('redact', one.id), reason }, session, signal);
  }
}

function createReact(session: () => Session) {
  return async ({ ref, speaker, emoji, on, key }: React, signal: AbortSignal): Promise<null> => {
    const here = session();
    const { room, id } = ref;
    try {
      const sender = await senderOf(speaker, room, here, signal);
      if (on) {
        const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: id, key: emoji } };
        await send({ room, sender, type: 'm.reaction', content, txn: txnOf('react', key), at: null }, here, signal);
        return null;
      }
      const related = await relationsOf({ room, id, sender }, here, signal, '/m.annotation/m.reaction');
      for (const one of related.filter((each) => each.by === sender && each.key === emoji)) {
        await redact({ room, id: one.id, sender, txn: txnOf('redact', one.id), reason: null }, here, signal);
      }
    } catch (error) {
      if (!isCode(error, 'M_DUPLICATE_ANNOTATION')) throw toBridgeError(error);
    }
    return null;
  };
}

async function senderOf(speaker: Speaker, room: string, session: Session, signal: AbortSignal): Promise<string> {
  return speaker.kind === 'hub' ? session.bot : session.ghosts.enter(speaker, room, signal);
}

/** To one person, from the ghost of whoever says it. */
function createDirect(session: () => Session) {
  return async ({ to, speaker, text, key }: Direct, signal: AbortSignal): Promise<RemoteRef> => {
    const here = session();
    try {
      const sender = speaker.kind === 'hub' ? here.bot : await here.ghosts.ensure(speaker, signal);
      const room = (await here.directs.roomOf(sender, to, signal)) as RoomId;
      const content = { msgtype: 'm.text', ...encodeRich(text), 'm.mentions': {} };
      const id = await send(
        { room, sender, type: 'm.room.message', content, txn: txnOf('direct', key), at: null },
        here,
        signal,
      );
      return { room, id, note: writeNote({ sender, isFile: false }) };
    } catch (error) {
      throw toBridgeError(error);
    }
  };
}

function createSignal(session: () => Session) {
  return async ({ room, speaker, what }: Signal, signal: AbortSignal): Promise<undefined> => {
    const here = session();
    try {
      // for what somebody reads nobody comes into a room
      const isIn = what.kind !== 'read' || speaker.kind === 'hub' || (await here.ghosts.isKnown(speaker));
      if (!isIn) return undefined;
      const sender = await (what.kind === 'read' ? readerOf(speaker, here) : senderOf(speaker, room, here, signal));
      const at = `/v3/rooms/${encodeURIComponent(room)}`;
      const as = asSender(sender, here);
      switch (what.kind) {
        case 'typing': {
          const body = what.on ? { typing: true, timeout: TYPING_MS } : { typing: false };
          await here.client.call('PUT', `${at}/typing/${encodeURIComponent(sender)}`, { ...as, body }, signal);
          break;
        }
        case 'read':
          await here.client.call('POST', `${at}/receipt/m.read/${encodeURIComponent(what.upTo.id)}`, as, signal);
          break;
        case 'presence':
          break;
        default:
          what satisfies never;
      }
    } catch (error) {
      if (what.kind === 'read' && isCode(error, 'M_FORBIDDEN')) return undefined;
      throw toBridgeError(error);
    }
    return undefined;
  };
}

function readerOf(speaker: Speaker, { bot, config }: Session): string {
  return speaker.kind === 'hub' ? bot : ghostOf(speaker, config);
}

function createEnsureRoom(session: () => Session) {
  return async (wish: EnsureRoom, signal: AbortSignal): Promise<RoomId> => {
    try {
      return await session().ownRooms.ensure(wish, signal);
    } catch (error) {
      throw toBridgeError(error);
    }
  };
}
