import { pause, systemClock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { plainText, textContent } from '../domain/content.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { type BridgeFailure, isBridgeError } from '../plugin/errors.ts';
import type { Capabilities, Post } from '../plugin/operations.ts';
import { createPortDouble, type PortDouble } from './port-double.ts';
import type { ContractSubject, PlatformDouble } from './subject.ts';

const DEADLINE_MS = 10_000;
/** How long to listen for what must not come. */
const SILENCE_MS = 150;

/** One bridge on one double, with what the cases do to it. */
export interface Rig {
  readonly double: PlatformDouble;
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  start(): Promise<void>;
  can(): Capabilities;
  post(text: string, key: string): Promise<readonly RemoteRef[]>;
  /** The messages that the bridge has reported. */
  heard(): readonly { readonly id: string; readonly text: string }[];
  /** Resolves once a message with this text was reported. */
  hears(text: string): Promise<void>;
  /** Resolves after a time in which something unwanted would have come. */
  silence(): Promise<void>;
  /** The failure that this attempt ends with, and all that can be read of its error. */
  failureOf(attempt: Promise<unknown>): Promise<{ readonly failure: BridgeFailure; readonly error: unknown }>;
}

/** Runs a case on a fresh double; the bridge and the double are stopped whatever happens. */
export async function onRig<Config>(subject: ContractSubject<Config>, run: (rig: Rig) => Promise<void>): Promise<void> {
  const double = await subject.open();
  try {
    const hub = createPortDouble(double.room);
    const bridge = subject.plugin.create(subject.plugin.parseConfig(subject.config(double)), hub.port);
    try {
      await run(rigOf(double, hub, bridge));
    } finally {
      await bridge.stop();
    }
  } finally {
    await double.stop();
  }
}

function rigOf(double: PlatformDouble, hub: PortDouble, bridge: Bridge): Rig {
  const heard = (): readonly { readonly id: string; readonly text: string }[] =>
    hub.received.flatMap((inbound) =>
      inbound.kind === 'message' ? [{ id: inbound.ref.id, text: plainText(inbound.content.rich) }] : [],
    );
  const can = (): Capabilities => bridge.capabilities(double.room);
  return {
    double,
    hub,
    bridge,
    can,
    heard,
    start: () => withDeadline(systemClock, DEADLINE_MS, null, (signal) => bridge.start(signal)),
    async post(text, key) {
      const { post } = can();
      if (post === undefined) throw new Error('the bridge cannot post');
      return withDeadline(systemClock, DEADLINE_MS, null, (signal) => post.run(postOf(double, text, key), signal));
    },
    hears: (text) => until(`the message "${text}"`, () => heard().some((one) => one.text === text)),
    silence: () => pause(systemClock, SILENCE_MS),
    async failureOf(attempt) {
      const error = await attempt.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!isBridgeError(error)) throw new Error('it ended without a BridgeError', { cause: error });
      return { failure: error.failure, error };
    },
  };
}

export function postOf({ room }: PlatformDouble, text: string, key: string): Post {
  const sentAt = systemClock.now();
  return { room, speaker: { kind: 'hub' }, text: textContent(text).rich, media: [], replyTo: null, sentAt, key };
}

/** Polls until the condition holds. @throws after the deadline, naming what was awaited */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = systemClock.elapsed() + DEADLINE_MS;
  while (!holds()) {
    if (systemClock.elapsed() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await pause(systemClock, 5);
  }
}
