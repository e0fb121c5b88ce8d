import { hash, timingSafeEqual } from 'node:crypto';
import type { HubPort } from 'slipmat-hub/plugin';
import { z } from 'zod';
import type { ReaderConfig } from '../config.ts';
import type { Entry } from './journal.ts';

/** A program, known by its token. */
export interface Reader {
  readonly name: string;
  /** Whether this gateway is for it. */
  mayUse(gateway: string): boolean;
  /** The newest entry that it has had. */
  place(): number;
  /** It has had this; what is older changes nothing. */
  moveTo(n: number): void;
}

export interface Readers {
  /** @param newest where those begin who have never been here */
  load(newest: number): Promise<void>;
  /** Null: nobody with this header. Takes the same time whoever it is. */
  enter(authorization: string): Reader | null;
  /** Writes down how far each has come. */
  save(): Promise<void>;
  stop(): void;
}

/** How often places are written down; after a crash programs may get so much twice, never less. */
const SAVE_EVERY_MS = 1_000;
const STATE = 'readers';
const shape = z.record(z.string(), z.number());

export function createReaders(list: readonly ReaderConfig[], hub: Pick<HubPort, 'state' | 'clock' | 'log'>): Readers {
  const places = new Map<string, number>();
  const known = list.map((config) => ({ digest: digestOf(`Bearer ${config.token}`), reader: readerOf(config) }));
  let stopSaving: (() => void) | null = null;
  let isMoved = false;

  function readerOf({ name, gateways }: ReaderConfig): Reader {
    const own = gateways === undefined ? null : new Set(gateways);
    return {
      name,
      mayUse: (gateway) => own === null || own.has(gateway),
      place: () => places.get(name) ?? 0,
      moveTo(n) {
        if (n <= (places.get(name) ?? 0)) return;
        places.set(name, n);
        isMoved = true;
      },
    };
  }

  async function save(): Promise<void> {
    if (!isMoved) return;
    isMoved = false;
    try {
      await hub.state.save(STATE, JSON.stringify(Object.fromEntries(places)));
    } catch (error) {
      isMoved = true;
      hub.log.warn({ err: error }, 'how far programs have read was not written down');
    }
  }

  return {
    save,
    async load(newest) {
      const text = await hub.state.load(STATE);
      const before = new Map(Object.entries(text === null ? {} : shape.parse(JSON.parse(text))));
      for (const { name } of list) places.set(name, Math.min(before.get(name) ?? newest, newest));
      isMoved = true;
      await save();
      stopSaving = hub.clock.every(SAVE_EVERY_MS, () => void save());
    },
    enter(authorization) {
      const digest = digestOf(authorization);
      const found = known.filter((one) => timingSafeEqual(one.digest, digest));
      return found[0]?.reader ?? null;
    },
    stop() {
      stopSaving?.();
      stopSaving = null;
    },
  };
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** Whether this is for the program: of its gateways. */
export function isFor(reader: Reader, { message }: Entry): boolean {
  return message !== null && reader.mayUse(message.gateway);
}
