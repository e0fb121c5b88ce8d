import { parseChannelId, type Seq } from '../core/domain/ids.ts';
import type { Relations, Unread } from '../core/plugin/asked/self.ts';
import type { Client, ClientClock } from './api.ts';
import { platformClock } from './platform.ts';

/** Whose messages the person does not want to read, kept as the hub has it. */
export interface Quiet {
  hides(user: string): boolean;
  /** As the hub told last. */
  relations(): Relations;
  /** Calls back when it is another list. @returns a function that stops it */
  on(listener: () => void): () => void;
  stop(): void;
}

/** How far the person has read, over all their devices, and what is left; kept as the hub has it. */
export interface ReadState {
  /** Null: nothing is known of the channel, or not yet. */
  of(channel: string): Unread | null;
  /** Whether the hub has answered since this client came in. */
  isKnown(): boolean;
  /** The person has seen what stands up to here; told to the hub a moment later. */
  mark(channel: string, seq: Seq): void;
  /** Tells at once what waits to be told: the person goes away. */
  flush(): void;
  /** Something of what was unread is gone: asks anew, a moment later. */
  recount(channel: string): void;
  /** Calls back with the channels of which more is known. */
  on(listener: (channels: readonly Unread[]) => void): () => void;
  stop(): void;
}

/** What is seen is told so soon, and then no oftener: somebody who reads along sees something new all the time. */
const SOON_MS = 1_000;
const EVERY_MS = 10_000;
/** What is deleted goes many at a time. */
const RECOUNT_MS = 300;
const NOBODY: Relations = { muted: [], blocked: [], hidden: [] };

export function followQuiet(client: Client): Quiet {
  const listeners = new Set<() => void>();
  let relations = NOBODY;
  let hidden: ReadonlySet<string> = new Set();

  function ask(): void {
    if (client.you()?.isGuest !== false) return;
    void client.ask('relations', {}).then((answer) => {
      if (!answer.ok) return;
      relations = answer.value;
      hidden = new Set(relations.hidden);
      for (const listener of [...listeners]) listener();
    });
  }

  const stops = [
    client.on('welcome', ask),
    client.on('self', (news) => {
      if (news.kind === 'relations') ask();
    }),
  ];
  ask();
  return {
    hides: (user) => hidden.has(user),
    relations: () => relations,
    on: (listener) => listen(listeners, listener),
    stop: () => stopAll(stops),
  };
}

export function followReading(client: Client, clock: ClientClock = platformClock): ReadState {
  const listeners = new Set<(channels: readonly Unread[]) => void>();
  const known = new Map<string, Unread>();
  const seen = new Map<string, Seq>();
  let isKnown = false;
  /** As this device has told. */
  const told = new Map<string, Seq>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;
  let due = new Set<string>();
  let cancelRecount: (() => void) | null = null;

  function ask(channels: readonly Unread['channel'][] | null): void {
    if (client.you()?.isGuest !== false) return;
    const of = { channels };
    void client.ask('unread', of).then((answer) => {
      if (!answer.ok) return;
      if (channels === null) known.clear();
      for (const one of answer.value.channels) known.set(one.channel, one);
      isKnown = true;
      for (const listener of [...listeners]) listener(answer.value.channels);
    });
  }

  function tell(): void {
    cancel = null;
    toldAt = clock.now();
    for (const [channel, seq] of seen) {
      told.set(channel, seq);
      void client.do('mark-read', { channel, seq });
    }
    seen.clear();
  }

  function flush(): void {
    if (seen.size === 0) return;
    cancel?.();
    tell();
  }

  const stops = [
    client.on('welcome', () => {
      isKnown = false;
      ask(null);
    }),
    client.on('self', (news) => {
      if (news.kind === 'relations') ask(null);
      if (news.kind !== 'read' || news.seq <= (known.get(news.channel)?.readUpTo ?? 0)) return;
      // what was seen here needs no asking
      if (news.seq > (told.get(news.channel) ?? 0)) ask([news.channel]);
    }),
  ];
  ask(null);
  return {
    of: (channel) => known.get(channel) ?? null,
    isKnown: () => isKnown,
    mark(channel, seq) {
      const before = Math.max(known.get(channel)?.readUpTo ?? 0, seen.get(channel) ?? 0, told.get(channel) ?? 0);
      if (seq <= before || client.you()?.isGuest !== false) return;
      seen.set(channel, seq);
      cancel ??= clock.after(Math.max(SOON_MS, toldAt + EVERY_MS - clock.now()), tell);
    },
    flush,
    recount(channel) {
      due.add(channel);
      cancelRecount ??= clock.after(RECOUNT_MS, () => {
        cancelRecount = null;
        const channels = [...due].flatMap((one) => parseChannelId(one) ?? []);
        due = new Set();
        // what was seen here is to be known there before it counts
        flush();
        ask(channels);
      });
    },
    on: (listener) => listen(listeners, listener),
    stop() {
      cancelRecount?.();
      flush();
      stopAll(stops);
    },
  };
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function stopAll(stops: readonly (() => void)[]): void {
  for (const stop of stops) stop();
}
