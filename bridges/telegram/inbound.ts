import type { Message, Update } from 'grammy/types';
import type { RoomId } from '../../core/domain/ids.ts';
import { backoffMs, type HubPort, type Inbound, pause, type Receipt } from '../../core/plugin/index.ts';
import { createBoundedMap } from './bounded-map.ts';
import { createCursor } from './cursor.ts';
import { type DecodeContext, type Decoded, decodeEdit, decodeUnit, eventIdOf, type Unit } from './decode.ts';
import { lookOf } from './decode-message.ts';
import { createPoller, MOST_UPDATES } from './poller.ts';
import { placeOf } from './rooms.ts';
import type { Session } from './session.ts';
import { isReadable } from './shape.ts';
import { beforeOpenAlbum, hasOpenAlbum, laneOf, messageIn, unitsOf } from './units.ts';

/** Parts of an album come one after the other, nearly at once. */
const ALBUM_WAIT_MS = 300;
const ALBUM_ROUNDS = 6;
const MOST_LOOKS = 2_000;
const RETRY = { baseMs: 500, capMs: 30_000 };
/** An update that the hub fails on again and again is stepped over after about half an hour. */
const MOST_TRIES = 60;

/**
 * Asks for updates and hands them to the hub until the signal aborts: at least once, in order within each chat. The
 * cursor passes an update only after the hub has stored what it says. Never rejects.
 */
export async function runInbound(session: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  const { albums } = session;
  const cursor = createCursor(hub);
  const poller = createPoller(session.client, hub, signal);
  const reader = createReader(session, hub, signal);
  /** Updates that are through while an earlier one is not; never more than one batch. */
  const settled = new Set<number>();
  const tries = new Map<number, number>();

  try {
    await cursor.load();
    while (!signal.aborted && !poller.isOver()) {
      const batch = await nextBatch();
      const waitMs = await deliver(batch);
      await advance(batch.map(({ update_id }) => update_id));
      if (waitMs !== null) await pause(hub.clock, waitMs, signal);
    }
  } catch (error) {
    const say = 'the cursor could not be kept';
    hub.log.error({ err: error }, say);
    hub.status(null, { kind: 'failed', failure: { kind: 'retryable', delivered: 'no' }, say });
  }

  /** One update in a shape that nobody foresaw must not hold up the others: it counts as through. */
  async function poll(seconds: number): Promise<readonly Update[]> {
    const batch = await poller.poll(cursor.next(), seconds);
    const unreadable = batch.filter((update) => !isReadable(update));
    for (const { update_id } of unreadable.filter((one) => !settled.has(one.update_id))) {
      hub.log.warn({ update: update_id }, 'an update cannot be read');
      settled.add(update_id);
    }
    return batch;
  }

  /** What there is; waits a moment for an album that may not be complete. */
  async function nextBatch(): Promise<readonly Update[]> {
    let batch = await poll(session.pollSeconds);
    for (let round = 0; round < ALBUM_ROUNDS && hasOpenAlbum(batch.filter(isReadable), albums.known); round += 1) {
      await pause(hub.clock, ALBUM_WAIT_MS, signal);
      const more = await poll(0);
      if (more.length <= batch.length) break;
      batch = more;
    }
    // No more fit into one answer: what stands before the album goes first, then the album has room.
    const before = batch.length < MOST_UPDATES ? [] : beforeOpenAlbum(batch.filter(isReadable), albums.known);
    return before.length > 0 ? before : batch;
  }

  /** @returns how long to wait before what was not stored is tried again; null when all is through */
  async function deliver(batch: readonly Update[]): Promise<number | null> {
    const lanes = Map.groupBy(unitsOf(batch.filter(isReadable), albums.known), (unit) => laneOf(unit[0]));
    const waits = await Promise.all([...lanes.values()].map(deliverLane));
    return waits.reduce((longest, wait) => (wait === null ? longest : Math.max(wait, longest ?? 0)), null);
  }

  async function deliverLane(units: readonly Unit[]): Promise<number | null> {
    for (const unit of units) {
      if (unit.every(({ update_id }) => settled.has(update_id))) continue;
      const [{ update_id: id }] = unit;
      const outcome = await attempt(unit);
      if (outcome.kind === 'not-stored') {
        const count = (tries.get(id) ?? 0) + 1;
        tries.set(id, count);
        if (!outcome.mayGiveUp || count < MOST_TRIES) return Math.max(outcome.waitMs, backoffMs(count, RETRY));
        hub.log.error({ update: id, tries: count }, 'the hub fails on an update, it is stepped over');
      }
      tries.delete(id);
      for (const { update_id } of unit) settled.add(update_id);
    }
    return null;
  }

  async function attempt(unit: Unit): Promise<Outcome> {
    try {
      return await reader.read(unit);
    } catch (error) {
      hub.log.error({ err: error, update: unit[0].update_id }, 'an update could not be handed on');
      return { kind: 'not-stored', waitMs: 1_000, mayGiveUp: true };
    }
  }

  async function advance(ids: readonly number[]): Promise<void> {
    const [first] = ids;
    const last = ids.at(-1);
    if (first === undefined || last === undefined || !settled.has(first)) return;
    const next = ids.find((id) => !settled.has(id)) ?? last + 1;
    await cursor.save(next);
    for (const id of settled) if (id < next) settled.delete(id);
  }
}

type Outcome =
  | { readonly kind: 'through' }
  /** @param mayGiveUp the hub answered, and may do so for ever */
  | { readonly kind: 'not-stored'; readonly waitMs: number; readonly mayGiveUp: boolean };
const THROUGH: Outcome = { kind: 'through' };

function createReader(session: Session, hub: HubPort, signal: AbortSignal) {
  const { albums, chats, pictures, own } = session;
  const looks = createBoundedMap<string, string>(MOST_LOOKS);
  const commands = new Set(hub.commands.map(({ name }) => name));

  function context(): DecodeContext {
    const linked = new Map(hub.rooms.list().map(({ room, channel }) => [room, channel]));
    return {
      own,
      commands,
      roomsOf: chats.roomsOf,
      isSameChannel: (one, other) => linked.has(one) && linked.get(one) === linked.get(other),
      mainOf: albums.mainOf,
      hearsMembers: (chat) => chats.stateOf(chat)?.isAdmin === true,
      now: hub.clock.now(),
    };
  }

  async function read(unit: Unit): Promise<Outcome> {
    const [update] = unit;
    const parts = unit.flatMap((one) => messageIn(one) ?? []);
    const edited = update.edited_message ?? update.edited_channel_post ?? null;
    if (edited !== null && looks.get(keyOf(edited)) === lookOr(edited)) return THROUGH;
    if (!(await keepAlbum(parts))) return { kind: 'not-stored', waitMs: 1_000, mayGiveUp: false };
    if (update.my_chat_member !== undefined) await refresh(update.my_chat_member.chat.id);
    for (const one of decoded(unit, edited)) {
      if (signal.aborted) return { kind: 'not-stored', waitMs: 0, mayGiveUp: false };
      const outcome = outcomeOf(await hub.receive(await dressed(one)));
      if (outcome.kind === 'not-stored') return outcome;
      if (one.inbound.kind === 'room-moved') noteMove(one.inbound);
    }
    for (const message of edited === null ? parts : [edited]) looks.set(keyOf(message), lookOr(message) ?? '');
    return THROUGH;
  }

  /** One update in a shape that nobody foresaw must not hold up the others. */
  function decoded(unit: Unit, edited: Message | null): readonly Decoded[] {
    const [update] = unit;
    try {
      if (edited?.media_group_id === undefined) return decodeUnit(unit, context());
      const whole = albums.withEdited(edited);
      if (whole === null) {
        hub.log.info({ update: update.update_id }, 'an edit of an album from long ago is left out');
        return [];
      }
      return decodeEdit(edited, whole, eventIdOf(update), context());
    } catch (error) {
      const say = error instanceof Error ? error.name : '';
      hub.log.warn({ update: update.update_id, kinds: Object.keys(update), say }, 'an update cannot be read');
      return [];
    }
  }

  function lookOr(message: Message): string | null {
    try {
      return lookOf(message);
    } catch {
      // Decoding it says so.
      return null;
    }
  }

  /** Before the hub hears of it: the same parts are put together again if all is delivered again. */
  async function keepAlbum(parts: readonly Message[]): Promise<boolean> {
    const [first] = parts;
    if (first?.media_group_id === undefined) return true;
    albums.keepWhole(parts);
    if (albums.known(first.chat.id, first.media_group_id) !== null) return true;
    const ids = parts.map(({ message_id }) => message_id);
    try {
      await albums.remember({ chat: first.chat.id, group: first.media_group_id, ids });
      return true;
    } catch (error) {
      hub.log.warn({ say: error instanceof Error ? error.name : '' }, 'the parts of an album could not be kept');
      return false;
    }
  }

  async function refresh(chat: number): Promise<void> {
    for (const room of chats.roomsOf(chat)) await chats.refresh(room, own.id, signal);
  }

  function noteMove({ from, to }: Extract<Inbound, { kind: 'room-moved' }>): void {
    const [before, after] = [placeOf(from), placeOf(to)];
    if (before !== null && after !== null) chats.moved(before.chat, after.chat);
  }

  /** Files and pictures are fetched for linked rooms alone; elsewhere nothing but a command is of interest. */
  async function dressed({ inbound, files }: Decoded): Promise<Inbound> {
    switch (inbound.kind) {
      case 'message': {
        if (!isHeard(inbound.ref.room)) return inbound;
        const content = await pictures.withFiles(inbound.content, files, signal);
        const avatarUrl = await pictures.avatarOf(inbound.by.id, signal);
        return { ...inbound, content, by: { ...inbound.by, avatarUrl } };
      }
      case 'edit':
        if (!isHeard(inbound.ref.room) && !isAlone(inbound.ref.room)) return inbound;
        return { ...inbound, content: await pictures.withFiles(inbound.content, files, signal) };
      case 'direct':
        return { ...inbound, content: await pictures.withFiles(inbound.content, files, signal) };
      default:
        return inbound;
    }
  }

  function isHeard(room: RoomId): boolean {
    return hub.rooms.list().some((one) => one.room === room && one.direction !== 'out');
  }

  return { read };
}

/** Whether it is a chat with one person: those have the person's number, all others one below zero. */
function isAlone(room: RoomId): boolean {
  return !room.startsWith('-');
}

function outcomeOf(receipt: Receipt): Outcome {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged':
      return THROUGH;
    case 'refused': {
      const waitMs = receipt.retryAfterMs ?? 1_000;
      if (receipt.code === 'unavailable') return { kind: 'not-stored', waitMs, mayGiveUp: true };
      return receipt.code === 'archive-behind' ? { kind: 'not-stored', waitMs, mayGiveUp: false } : THROUGH;
    }
    case 'stopping':
      return { kind: 'not-stored', waitMs: 1_000, mayGiveUp: false };
    default:
      return receipt satisfies never;
  }
}

function keyOf({ chat, message_id }: Message): string {
  return `${chat.id}/${message_id}`;
}
