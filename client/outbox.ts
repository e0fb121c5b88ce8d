import type { RequestFrame } from '../bridges/slipmat/protocol.ts';
import type { ClientClock, ClientStorage, Failure, FrameOf, Written } from './api.ts';

type KeyedFrame = Extract<RequestFrame, { readonly key: string }>;
/** What stands in the box: a request without what belongs to one connection. */
export type Letter = KeyedFrame extends infer Frame
  ? Frame extends KeyedFrame
    ? Omit<Frame, 'id' | 'again'>
    : never
  : never;

/** More than this are not taken in. */
const MAX_ITEMS = 500;
/** Sent and not answered at once. */
const WINDOW = 16;
const TRY_AGAIN_MS = 2_000;

interface Item {
  readonly letter: Letter;
  readonly at: number;
  state: 'waiting' | 'sent' | 'failed';
  failure: Failure | null;
  /** It may have reached the hub on an earlier try. */
  maybeThere: boolean;
  resolve: ((written: Written) => void) | null;
}

/** What the app is told about its posts. */
export interface OutboxEvents {
  readonly onPending: (letter: Letter, at: number) => void;
  readonly onOutcome: (letter: Letter, ack: FrameOf<'ack'>) => void;
  readonly onFailed: (letter: Letter, failure: Failure) => void;
  readonly onDropped: (letter: Letter) => void;
}

/** Keeps what was asked for until the hub has answered, over reconnects; in the order in which it was handed in. */
export interface Outbox {
  put(letter: Letter, at: number): Promise<Written>;
  retry(key: string): boolean;
  discard(key: string): void;
  clear(): void;
  /** The connection is live as this person. */
  resume(user: string): void;
  /** The connection is lost: what is not answered may or may not be there. */
  pause(): void;
  /** The hub read nothing for a while. */
  holdFor(ms: number): void;
  /** @returns whether this frame answers something here */
  onAnswer(frame: FrameOf<'ack'> | FrameOf<'error'>): boolean;
}

export function createOutbox(parts: {
  readonly clock: ClientClock;
  readonly newId: () => string;
  readonly send: (frame: RequestFrame) => boolean;
  readonly storage: ClientStorage | null;
  readonly events: OutboxEvents;
}): Outbox {
  const { events, clock } = parts;
  const items = new Map<string, Item>();
  const keyOfId = new Map<string, string>();
  let owner: string | null = null;
  let isLive = false;
  let cancelHold: (() => void) | null = null;
  let saving: Promise<void> = Promise.resolve();
  let loading: Promise<void> = Promise.resolve();

  function pump(): void {
    if (!isLive || cancelHold !== null) return;
    let inFlight = 0;
    for (const item of items.values()) {
      if (item.state === 'sent') inFlight += 1;
      if (inFlight >= WINDOW) return;
      if (item.state !== 'waiting') continue;
      const id = parts.newId();
      keyOfId.set(id, item.letter.key);
      const frame: KeyedFrame = item.maybeThere ? { ...item.letter, id, again: true } : { ...item.letter, id };
      if (!parts.send(frame)) return;
      item.state = 'sent';
      item.maybeThere = true;
      inFlight += 1;
    }
  }

  function unsend(): void {
    for (const item of items.values()) if (item.state === 'sent') item.state = 'waiting';
  }

  function hold(ms: number): void {
    cancelHold?.();
    unsend();
    cancelHold = clock.after(ms, () => {
      cancelHold = null;
      pump();
    });
  }

  function remove(item: Item): void {
    items.delete(item.letter.key);
    save();
  }

  /** One write at a time, of the newest state; what was asked meanwhile goes with the next. */
  let isDirty = false;
  function save(): void {
    const { storage } = parts;
    if (storage === null || isDirty) return;
    isDirty = true;
    saving = Promise.all([saving, loading]).then(() => {
      isDirty = false;
      const kept = [...items.values()].map(({ letter, at, failure }) => ({ letter, at, failure }));
      return storage.save('outbox', kept.length === 0 ? null : JSON.stringify({ owner, items: kept }));
    });
  }

  function takeIn(letter: Letter, at: number, maybeThere: boolean): Item {
    const item: Item = { letter, at, state: 'waiting', maybeThere, failure: null, resolve: null };
    items.set(letter.key, item);
    events.onPending(letter, at);
    return item;
  }

  function load(text: string | null): void {
    const kept = text === null ? null : parseKept(text);
    if (kept === null) return;
    owner ??= kept.owner;
    if (kept.owner !== owner) {
      save();
      return;
    }
    const since = [...items.values()];
    items.clear();
    for (const { letter, at, failure } of kept.items) {
      const item = takeIn(letter, at, true);
      if (failure !== null) fail(item, failure);
    }
    for (const item of since) items.set(item.letter.key, item);
    pump();
  }

  function discard(key: string): void {
    const item = items.get(key);
    if (item === undefined) return;
    remove(item);
    events.onDropped(item.letter);
    item.resolve?.({ ok: false, code: 'dropped', say: 'Given up.', field: null, retryAfterMs: null });
  }

  function clear(): void {
    for (const key of [...items.keys()]) discard(key);
    owner = null;
  }

  if (parts.storage !== null) loading = parts.storage.load('outbox').then(load);

  return {
    put(letter, at) {
      if (items.size >= MAX_ITEMS) {
        const say = 'Too much waits to be sent.';
        const failure: Failure = { ok: false, code: 'too-many', say, field: null, retryAfterMs: null };
        return Promise.resolve(failure);
      }
      const item = takeIn(letter, at, false);
      const written = new Promise<Written>((resolve) => {
        item.resolve = resolve;
      });
      save();
      pump();
      return written;
    },
    retry(key) {
      const item = items.get(key);
      if (item?.state !== 'failed') return false;
      // Behind what was handed in since.
      items.delete(key);
      items.set(key, item);
      item.state = 'waiting';
      item.failure = null;
      events.onPending(item.letter, item.at);
      save();
      pump();
      return true;
    },
    discard,
    clear,
    resume(user) {
      if (owner !== null && owner !== user) clear();
      owner = user;
      isLive = true;
      pump();
    },
    pause() {
      isLive = false;
      keyOfId.clear();
      unsend();
    },
    holdFor: hold,
    onAnswer(frame) {
      const key = frame.id === null ? undefined : keyOfId.get(frame.id);
      if (frame.id === null || key === undefined) return false;
      keyOfId.delete(frame.id);
      const item = items.get(key);
      if (item === undefined) return true;
      if (frame.type === 'ack') {
        remove(item);
        events.onOutcome(item.letter, frame);
        item.resolve?.({ ok: true, value: writtenOf(frame) });
      } else if (frame.code === 'unavailable') {
        hold(frame.retryAfterMs ?? TRY_AGAIN_MS);
      } else {
        const { code, say, field, retryAfterMs } = frame;
        fail(item, { ok: false, code, say, field, retryAfterMs });
      }
      pump();
      return true;
    },
  };

  /** A post stays for a retry; anything else is for the app to do again. */
  function fail(item: Item, failure: Failure): void {
    item.state = 'failed';
    item.failure = failure;
    if (item.letter.type === 'post') save();
    else remove(item);
    events.onFailed(item.letter, failure);
    item.resolve?.(failure);
    item.resolve = null;
  }
}

interface Kept {
  readonly owner: string | null;
  readonly items: readonly { readonly letter: Letter; readonly at: number; readonly failure: Failure | null }[];
}

function writtenOf({ outcome, message, seq, say }: FrameOf<'ack'>): Extract<Written, { ok: true }>['value'] {
  return { outcome, message, seq, ...(say !== undefined && { say }) };
}

/** What this client wrote itself earlier; anything else is passed over. */
function parseKept(text: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(text);
    const isKept = typeof kept === 'object' && kept !== null && 'items' in kept && Array.isArray(kept.items);
    return isKept ? (kept as Kept) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
