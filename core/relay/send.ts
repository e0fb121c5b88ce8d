import { type Clock, pause } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Capabilities } from '../plugin/operations.ts';
import type { Slot } from './budget.ts';
import { SEND_DEADLINE_MS } from './limits.ts';
import type { Command } from './plan.ts';
import { type NextStep, stepAfter } from './retry.ts';

/** How sending the commands of one entry ended. `refs`: where the message stands now. */
export type Sent =
  | { readonly kind: 'sent'; readonly refs: readonly RemoteRef[] }
  /** Redacted before it was all there. */
  | { readonly kind: 'redacted'; readonly refs: readonly RemoteRef[] }
  | { readonly kind: 'dead'; readonly refs: readonly RemoteRef[]; readonly error: unknown }
  /** It may have arrived and nobody can say. Never sent again. */
  | { readonly kind: 'unknown'; readonly refs: readonly RemoteRef[] }
  /** Not now. `clean`: certainly nothing of it has arrived, so the in-flight mark can be taken back. */
  | { readonly kind: 'held'; readonly why: Hold; readonly clean: boolean; readonly error: unknown };
export type Hold = 'stopping' | 'outdated' | 'pause-portal' | 'pause-bridge';

export interface SendOptions {
  readonly can: Capabilities;
  readonly clock: Clock;
  /** No new attempt once it aborts; the one under way goes on. */
  readonly stopping: AbortSignal;
  /** Cuts the attempt under way. */
  readonly halt: AbortSignal;
  /** Whether to give up waiting, asked before each attempt: the message is too old by now, or what failed has failed for too long. */
  readonly isOutdated: (command: Command, failing: boolean) => 'outdated' | 'give-up' | null;
  /** Asked before each attempt: the tombstone. */
  readonly isRedacted: () => Promise<boolean>;
  readonly onWait: (step: Extract<NextStep, { kind: 'retry' }>, error: unknown, command: Command) => Promise<void>;
  /** Room for one attempt of a post. Null: stopping. Absent where the platform has no such limit. */
  readonly room: (() => Promise<Slot | null>) | null;
  /** They were in flight when a hub ended: nobody knows whether they arrived. */
  readonly inDoubt: boolean;
}

/** Sends the commands of one entry in order, each until it is through or cannot be. */
export async function sendAll(commands: readonly Command[], options: SendOptions): Promise<Sent> {
  const refs: RemoteRef[] = [];
  for (const command of commands) {
    const ran = await sendOne(command, options);
    switch (ran.kind) {
      case 'sent':
        refs.push(...ran.refs);
        break;
      case 'redacted':
      case 'dead':
      case 'unknown':
        return { ...ran, refs };
      case 'held':
        return { ...ran, clean: ran.clean && refs.length === 0 };
      default:
        return ran satisfies never;
    }
  }
  return { kind: 'sent', refs };
}

type Ran =
  | { readonly kind: 'sent'; readonly refs: readonly RemoteRef[] }
  | { readonly kind: 'redacted' }
  | { readonly kind: 'dead'; readonly error: unknown }
  | { readonly kind: 'unknown' }
  | Extract<Sent, { kind: 'held' }>;

async function sendOne(command: Command, options: SendOptions): Promise<Ran> {
  let inDoubt = options.inDoubt;
  let error: unknown = null;
  for (let attempt = 1; ; attempt += 1) {
    const ended = endBefore(command, options, error, inDoubt);
    if (ended !== null) return ended;
    try {
      if (inDoubt && command.op === 'post') {
        const earlier = await settleDoubt(command, options);
        if (earlier !== 'again') return earlier;
        inDoubt = false;
      }
      if (isSaying(command) && (await options.isRedacted())) return { kind: 'redacted' };
      return await attemptOnce(command, options, inDoubt);
    } catch (thrown) {
      error = thrown;
      if (options.halt.aborted) return { kind: 'held', why: 'stopping', clean: false, error };
      const next = stepAfter(thrown, attempt);
      if (next.kind === 'dead-letter') return { kind: 'dead', error };
      if (next.kind !== 'retry') return { kind: 'held', why: next.kind, clean: !inDoubt, error };
      inDoubt ||= next.delivered === 'unknown';
      await options.onWait(next, thrown, command);
      await pause(options.clock, next.inMs, options.stopping);
    }
  }
}

function endBefore(
  command: Command,
  { stopping, isOutdated }: SendOptions,
  error: unknown,
  inDoubt: boolean,
): Ran | null {
  if (stopping.aborted) return { kind: 'held', why: 'stopping', clean: !inDoubt, error };
  switch (isOutdated(command, error !== null)) {
    case 'outdated':
      return { kind: 'held', why: 'outdated', clean: !inDoubt, error };
    case 'give-up':
      return { kind: 'dead', error };
    case null:
      return null;
  }
}

/** What to do about a post that may have arrived: repeat it where that is harmless, else ask, else give up. */
async function settleDoubt(command: Extract<Command, { op: 'post' }>, options: SendOptions): Promise<Ran | 'again'> {
  const { post, find } = options.can;
  if (post?.limits.idempotent === true) return 'again';
  if (find === undefined) return { kind: 'unknown' };
  const refs = await limited(options, (signal) => find.run(command.command, signal));
  return refs === null ? 'again' : { kind: 'sent', refs };
}

/** Where room is short, for one attempt at a time. */
async function attemptOnce(command: Command, options: SendOptions, inDoubt: boolean): Promise<Ran> {
  const isBounded = command.op === 'post' && options.room !== null;
  const slot = isBounded ? await options.room() : null;
  if (isBounded && slot === null) return { kind: 'held', why: 'stopping', clean: !inDoubt, error: null };
  try {
    return { kind: 'sent', refs: await limited(options, (signal) => run(command, options.can, signal)) };
  } finally {
    slot?.done();
  }
}

function limited<T>({ clock, halt }: SendOptions, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withDeadline(clock, SEND_DEADLINE_MS, halt, task);
}

async function run(command: Command, can: Capabilities, signal: AbortSignal): Promise<readonly RemoteRef[]> {
  switch (command.op) {
    case 'post':
      return (await can.post?.run(command.command, signal)) ?? [];
    case 'edit': {
      const ref = await can.edit?.run(command.command, signal);
      return ref === undefined ? [command.command.ref] : [ref];
    }
    case 'redact':
      await can.redact?.run(command.command, signal);
      return [];
    case 'react':
      await can.react?.run(command.command, signal);
      return [];
    default:
      return command satisfies never;
  }
}

/** Whether it shows text that a redaction would take away. */
function isSaying(command: Command): boolean {
  return command.op === 'post' || command.op === 'edit';
}
