import assert from 'node:assert/strict';
import { pause, systemClock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { plainText, type Rich, textContent } from '../domain/content.ts';
import type { Inbound } from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { type BridgeFailure, isBridgeError } from '../plugin/errors.ts';
import type { Capabilities, Operations, Post } from '../plugin/operations.ts';
import { createPortDouble, type PortDouble } from './port-double.ts';
import type { ContractSubject, PlatformDouble } from './subject.ts';

const DEADLINE_MS = 10_000;
/** What a bridge may take to stop, with a little grace. */
const STOP_MS = 6_000;
/** How long to listen for what must not come. */
const SILENCE_MS = 200;

export type InboundOf<K extends Inbound['kind']> = Extract<Inbound, { readonly kind: K }>;

/** One bridge on one double, with what the cases do to it. */
export interface Rig {
  readonly double: PlatformDouble;
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  start(): Promise<void>;
  can(): Capabilities;
  /** Runs an operation that the case needs. */
  run<K extends keyof Operations>(operation: K, command: Operations[K][0]): Promise<Operations[K][1]>;
  /** Posts a plain text, or a tree. @returns the refs that the bridge gives back, at least one */
  post(text: string | Rich, key: string, more?: Partial<Post>): Promise<readonly RemoteRef[]>;
  /** The messages that the bridge has reported. */
  heard(): readonly { readonly id: string; readonly text: string }[];
  /** Everything of one kind that the bridge has reported. */
  heardOf<K extends Inbound['kind']>(kind: K): readonly InboundOf<K>[];
  /** Resolves once a message with this text was reported. */
  hears(text: string): Promise<void>;
  /** Resolves once so many of this kind were reported. */
  hearsOf<K extends Inbound['kind']>(kind: K, count?: number): Promise<readonly InboundOf<K>[]>;
  /** Resolves after a time in which something unwanted would have come. */
  silence(): Promise<void>;
  /** The failure that this attempt ends with, and all that can be read of its error. */
  failureOf(attempt: Promise<unknown>): Promise<{ readonly failure: BridgeFailure; readonly error: unknown }>;
}

/** Runs a case on a fresh double; the bridge and the double are stopped whatever happens. */
export async function onRig<Config>(subject: ContractSubject<Config>, run: (rig: Rig) => Promise<void>): Promise<void> {
  const double = await subject.open();
  try {
    const hub = createPortDouble([double.room]);
    double.callBy?.(hub.call);
    const bridge = subject.plugin.create(subject.plugin.parseConfig(subject.config(double)), hub.port);
    try {
      await run(rigOf(double, hub, bridge));
    } finally {
      await withDeadline(systemClock, STOP_MS, null, () => bridge.stop());
    }
  } finally {
    await double.stop();
  }
}

function rigOf(double: PlatformDouble, hub: PortDouble, bridge: Bridge): Rig {
  const heardOf = <K extends Inbound['kind']>(kind: K): readonly InboundOf<K>[] =>
    hub.received.filter((inbound): inbound is InboundOf<K> => inbound.kind === kind);
  const heard = (): readonly { readonly id: string; readonly text: string }[] =>
    heardOf('message').map(({ ref, content }) => ({ id: ref.id, text: plainText(content.rich) }));
  const can = (): Capabilities => bridge.capabilities(double.room);

  async function run<K extends keyof Operations>(operation: K, command: Operations[K][0]): Promise<Operations[K][1]> {
    const able = can()[operation];
    assert.ok(able, `the bridge can ${operation}`);
    const result = await withDeadline(systemClock, DEADLINE_MS, null, (signal) => able.run(command, signal));
    await double.catchUp?.();
    return result;
  }

  return {
    double,
    hub,
    bridge,
    can,
    run,
    heard,
    heardOf,
    start: () => withDeadline(systemClock, DEADLINE_MS, null, (signal) => bridge.start(signal)),
    post: (text, key, more) => run('post', { ...postOf(double, text, key), ...more }),
    hears: (text) => until(`the message "${text}"`, () => heard().some((one) => one.text === text)),
    async hearsOf(kind, count = 1) {
      await until(`${count} of kind ${kind}`, () => heardOf(kind).length >= count);
      return heardOf(kind);
    },
    silence: () => pause(systemClock, SILENCE_MS),
    async failureOf(attempt) {
      const error = await attempt.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error === null) assert.fail('it did not fail');
      if (!isBridgeError(error)) throw new Error('it ended without a BridgeError', { cause: error });
      return { failure: error.failure, error };
    },
  };
}

export function postOf({ room }: PlatformDouble, text: string | Rich, key: string): Post {
  const sentAt = systemClock.now();
  const rich = typeof text === 'string' ? textContent(text).rich : text;
  return { room, speaker: { kind: 'hub' }, text: rich, media: [], replyTo: null, sentAt, key };
}

/** Polls until the condition holds. @throws after the deadline, naming what was awaited */
export async function until(what: string, holds: () => boolean, withinMs: number = DEADLINE_MS): Promise<void> {
  const end = systemClock.elapsed() + withinMs;
  while (!holds()) {
    if (systemClock.elapsed() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(systemClock, 5);
  }
}

/** What the bridge posted, as people see it. */
export function textsOf({ double }: Rig): readonly string[] {
  return double.posted().map(({ text }) => text);
}
