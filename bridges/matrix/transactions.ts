import { hash, timingSafeEqual } from 'node:crypto';
import { createSerialByKey, type HubPort, type PlatformAnswer, type PlatformCall } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import { bagOf, parseEvent, type RoomEvent, texts } from './event.ts';
import { type Gaps, lastsIn } from './gaps.ts';

/** What became of one event. `away`: the hub stores nothing now. */
export type Outcome = 'done' | 'again' | 'away';

export interface Listener {
  event(event: RoomEvent): Promise<Outcome>;
  /** Typing and receipts: gone if nobody heard of them. */
  signal(room: string, type: string, content: unknown): Promise<void>;
  /** Whether somebody is there, in whichever rooms. */
  presence(user: string, content: unknown): Promise<void>;
  /** Whether there is such a room, made by now if there shall be. */
  alias(alias: string): Promise<boolean>;
}

/** Events whose receipts are known, so that a transaction that comes again asks for the others alone. */
const MOST_KNOWN = 2_000;
/** What fails so often while others get through is left out: it must not hold them up for ever. */
const MOST_TRIES = 6;
const PATHS = /^(?:\/_matrix\/app\/v1)?\/(transactions|users|rooms|ping)(?:\/([^/]+))?$/;

const OK: PlatformAnswer = answer(200, {});
const AGAIN: PlatformAnswer = {
  ...answer(503, { errcode: 'M_UNKNOWN', error: 'not stored yet' }),
  headers: { 'retry-after': '1' },
};

/** What the homeserver sends us. A transaction is through only when each of its events has its receipt. */
export interface Transactions {
  handle(call: PlatformCall): Promise<PlatformAnswer>;
  /** What was through when the bridge ran last. */
  load(): Promise<void>;
  /** Reads back what may have been missed in any room. Never rejects. */
  catchUp(): Promise<void>;
}

export interface TransactionParts {
  readonly hsToken: string;
  readonly listener: Listener;
  readonly gaps: Gaps;
  readonly hub: HubPort;
  readonly stopping: AbortSignal;
}

/** How far the events of one room went. */
interface Went {
  readonly through: number;
  readonly failed: { readonly id: string; readonly isAway: boolean } | null;
}

export function createTransactions({ hsToken, listener, gaps, hub, stopping }: TransactionParts): Transactions {
  const known = createAtMost<true>(MOST_KNOWN);
  const tries = createAtMost<number>(MOST_KNOWN);
  const rooms = createSerialByKey<string>();
  let isStoring = false;
  let running: { readonly txn: string; readonly done: Promise<PlatformAnswer> } | null = null;

  /** The homeserver gives up waiting and asks again: then it waits for the same. */
  async function transaction(txn: string, call: PlatformCall): Promise<PlatformAnswer> {
    const body = await call.body();
    while (running !== null) {
      if (running.txn === txn) return running.done;
      await running.done;
    }
    const read = body === null ? null : parseBody(body);
    if (read === null) return answer(400, { errcode: 'M_BAD_JSON', error: 'not a transaction' });
    const done = take(txn, read).finally(() => {
      running = null;
    });
    running = { txn, done };
    return done;
  }

  async function take(txn: string, { events, ephemeral }: Read): Promise<PlatformAnswer> {
    const parsed = events.flatMap((raw) => {
      const event = parseEvent(raw);
      if (event === null) hub.log.warn({ type: String(bagOf(raw).type).slice(0, 100) }, 'an event cannot be read');
      return event === null ? [] : [event];
    });
    const byRoom = [...Map.groupBy(parsed, ({ room }) => room)];
    const went = await Promise.all(byRoom.map(([room, those]) => rooms.run(room, () => inRoom(room, those))));
    const failed = went.flatMap((one) => one.failed ?? []);
    // while the hub stores nothing at all, no event is to blame
    isStoring ||= went.some(({ through }) => through > 0);
    for (const { id, isAway } of failed) if (isStoring && !isAway) tries.set(id, (tries.get(id) ?? 0) + 1);
    await save(txn, parsed);
    if (failed.length > 0) return AGAIN;
    for (const one of ephemeral) await signalled(one);
    return OK;
  }

  /** What may have been missed there comes first. */
  async function inRoom(room: string, events: readonly RoomEvent[]): Promise<Went> {
    if (gaps.isDoubtful(room)) {
      const before = await readBack(room);
      if (before.failed !== null) return before;
    }
    return inOrder(events);
  }

  async function readBack(room: string): Promise<Went> {
    try {
      const went = await inOrder(await gaps.missed(room, stopping));
      if (went.through > 0) hub.log.info({ room, events: went.through }, 'events that were missed are told now');
      if (went.failed === null) gaps.wasRead(room);
      return went;
    } catch (error) {
      hub.log.info({ room, say: error instanceof Error ? error.message : '' }, 'what was missed cannot be read yet');
      return { through: 0, failed: { id: '', isAway: true } };
    }
  }

  /** What follows something that was not stored in a room waits for it. */
  async function inOrder(events: readonly RoomEvent[]): Promise<Went> {
    let through = 0;
    for (const event of events) {
      if (stopping.aborted) return { through, failed: { id: event.id, isAway: true } };
      if (known.get(event.id) === true) continue;
      const outcome = await one(event);
      if (outcome !== 'done') return { through, failed: { id: event.id, isAway: outcome === 'away' } };
      through += 1;
      known.set(event.id, true);
      gaps.passed(event);
      tries.delete(event.id);
    }
    return { through, failed: null };
  }

  async function one(event: RoomEvent): Promise<Outcome> {
    if ((tries.get(event.id) ?? 0) >= MOST_TRIES) {
      hub.log.error({ event: event.id, type: event.type }, 'an event that fails again and again is left out');
      return 'done';
    }
    try {
      return await listener.event(event);
    } catch (error) {
      const say = error instanceof Error ? error.name : '';
      hub.log.warn({ event: event.id, type: event.type, say }, 'an event cannot be taken');
      return 'again';
    }
  }

  async function signalled(raw: unknown): Promise<void> {
    const { room_id: room, type, content, sender } = bagOf(raw);
    if (typeof type !== 'string' || stopping.aborted) return;
    try {
      if (typeof room === 'string') await listener.signal(room, type, content);
      else if (type === 'm.presence' && typeof sender === 'string') await listener.presence(sender, content);
    } catch (error) {
      hub.log.debug({ type, say: error instanceof Error ? error.name : '' }, 'a signal was not taken');
    }
  }

  /** The homeserver asks for the last transaction alone again, so that no older ids need be remembered. */
  async function save(txn: string, events: readonly RoomEvent[]): Promise<void> {
    const done = events.map(({ id }) => id).filter((id) => known.get(id) === true);
    if (done.length > 0) await hub.cursor.save(JSON.stringify({ txn, done, last: gaps.lasts() }));
  }

  return {
    async load() {
      const kept = await hub.cursor.load();
      const cursor = bagOf(kept === null ? null : parseJson(kept));
      for (const id of texts(cursor, 'done')) known.set(id, true);
      gaps.load(lastsIn(cursor));
      gaps.doubt();
    },
    async catchUp() {
      for (const room of gaps.doubtful()) {
        if (stopping.aborted) return;
        if (gaps.isDoubtful(room)) await rooms.run(room, () => inRoom(room, []));
      }
    },
    async handle(call) {
      if (!isHomeserver(call, hsToken)) return answer(403, { errcode: 'M_FORBIDDEN', error: 'wrong token' });
      const [, what, name] = PATHS.exec(call.path) ?? [];
      if (what === 'transactions' && name !== undefined && call.method === 'PUT') return transaction(name, call);
      if (what === 'ping' && call.method === 'POST') return OK;
      if (what === 'rooms' && name !== undefined && call.method === 'GET') {
        return (await listener.alias(decoded(name)))
          ? OK
          : answer(404, { errcode: 'M_NOT_FOUND', error: 'no such room' });
      }
      return answer(404, { errcode: 'M_NOT_FOUND', error: 'nothing here' });
    },
  };
}

function answer(status: number, body: object): PlatformAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Newer homeservers send the token as a header, older ones in the address. */
function isHomeserver({ headers, query }: PlatformCall, hsToken: string): boolean {
  const [, bearer] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  const given = bearer ?? query.access_token ?? '';
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', hsToken, 'buffer'));
}

interface Read {
  readonly events: readonly unknown[];
  readonly ephemeral: readonly unknown[];
}

function parseBody(bytes: Uint8Array): Read | null {
  const read = parseJson(Buffer.from(bytes).toString('utf8'));
  const { events, ephemeral, 'de.sorunome.msc2409.ephemeral': early } = bagOf(read);
  if (!Array.isArray(events)) return null;
  const signals: readonly unknown[] = Array.isArray(ephemeral) ? ephemeral : Array.isArray(early) ? early : [];
  return { events, ephemeral: signals };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the answer says so
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // a lone percent sign
    return text;
  }
}
