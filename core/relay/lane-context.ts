import type { Clock } from '../async/clock.ts';
import { jitter } from '../async/mint.ts';
import type { MessageId, Seq } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { isBridgeError } from '../plugin/errors.ts';
import type { Capabilities } from '../plugin/operations.ts';
import type { Deliveries, Entry, Log } from '../store/ports.ts';
import type { Slot } from './budget.ts';
import type { Budgets } from './budgets.ts';
import type { Concern, Known, Lookup } from './entry.ts';
import type { Inbox } from './inbox.ts';
import type { Item } from './item.ts';
import { createMarks, type Marks } from './marks.ts';
import { createPace, type Pace } from './pace.ts';
import { type Command, limitsOf, type Plan, type Reason, type Target } from './plan.ts';
import { failureOf } from './retry.ts';
import { type Sent, sendAll } from './send.ts';
import { createSentTexts } from './sent-texts.ts';
import type { Label } from './speaker.ts';
import type { Summary } from './summary.ts';
import type { Touched } from './touched.ts';
import type { Turn } from './turns.ts';

export interface LaneDeps {
  readonly log: Pick<Log, 'heads' | 'shardOf' | 'bounds' | 'isBefore'>;
  readonly deliveries: Deliveries;
  readonly lookup: Lookup;
  /** The message with its pictures as they are to be shown in this channel now. */
  readonly asMarked: Known['asMarked'];
  /** Whether this hub itself has stored a change of it, which the log may not have told yet. */
  readonly hasChanged: (id: MessageId) => boolean;
  /** Entries for readers of the portal's channel after this seq, oldest first, hot or archived. */
  readonly since: (portal: Portal, after: Seq, limit: number) => Promise<readonly Entry[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Origin under which everybody reaches the hub; null where nobody outside does. */
  readonly publicUrl: string | null;
  /** How platforms are called in what people read; absent: by their names with the first letter large. */
  readonly label?: Label;
  /** Of portals that lead to one person: what is for them. Null: an ordinary portal. */
  readonly aim?: (portal: Portal, entry: Entry, concern: Concern | null) => Aimed | null;
  /** What was missed for longer than this becomes one line instead of a flood. */
  readonly outageMs: number;
  /** Counts what became of entries. */
  readonly count: (outcome: Outcome, reason: Reason | null, times: number) => void;
}
/** What of an entry is for the one person that a portal leads to; `isOwn`: they have said it themselves. */
export interface Aimed {
  readonly concern: Concern | null;
  readonly isOwn: boolean;
}
/** What became of one entry in one portal. `missed`, `summed-up`: told in one line, of an outage or of much at once. */
export type Outcome = 'sent' | 'degraded' | 'dropped' | 'dead' | 'unknown' | 'missed' | 'summed-up';

export interface LaneState {
  readonly phase: 'opening' | 'idle' | 'sending' | 'waiting' | 'paused' | 'stopped';
  /** For operators; no text of a message, no secret. */
  readonly say: string | null;
}

/** Whose lane it is, and how long it may run. */
export interface LaneOf {
  readonly portal: Portal;
  readonly bridge: Bridge;
  readonly fence: number;
  readonly budgets: Budgets;
  readonly touched: Touched;
  /** Nothing new is begun once it aborts; what is under way goes on. */
  readonly stopping: AbortSignal;
  /** Everything ends at once. */
  readonly halt: AbortSignal;
  readonly inbox: Inbox;
  /** Among the lanes of the same portal. */
  readonly turn: Turn;
  /** Resolves when there may be something to do after this call. */
  readonly woken: () => Promise<void>;
  /** The next dead letter that is to be tried once more. */
  readonly takeRetry: () => Seq | null;
  readonly onState: (state: LaneState) => void;
}

export interface Lane {
  readonly of: LaneOf;
  readonly deps: LaneDeps;
  readonly marks: Marks;
  readonly pace: Pace;
  readonly known: Known;
  readonly texts: ReturnType<typeof createSentTexts>;
  readonly looks: ReturnType<typeof createSentTexts>;
  /** Redacted here already, before their redaction came up in the log. */
  readonly gone: Set<MessageId>;
  /** Read back from the store; the lane is through with it before it looks at its inbox. */
  backlog: Item[];
  isCatchingUp: boolean;
  /** Of what is owed; null when it has to be gathered from the log again. */
  summary: Summary | null;
  /** When the line that tells of it is due, by `clock.elapsed`. */
  digestAt: number;
  /** What the room can do may have changed since it was asked last. */
  lookAgain(): void;
  target(): Target;
  isOutdated(entry: Entry): boolean;
  send(plan: Exclude<Plan, { kind: 'drop' }>, about: SendAbout): Promise<Sent>;
}
export interface SendAbout {
  readonly entry: Entry | null;
  /** Whose redaction stops it; null: none does. */
  readonly message: MessageId | null;
  /** When it was last known to be not redacted, by `clock.elapsed`; null: looked up now. */
  readonly preparedAt: number | null;
  /** A message that is given up for the line that tells of an outage once it is too old. */
  readonly expires: boolean;
  readonly inDoubt: boolean;
  /** Room for the first posts, taken before. */
  readonly slots: readonly Slot[];
}

/** A redaction is tried for so long; what else concerns a copy for as long as an outage may last. */
const REDACTION_TRIES_MS = 24 * 3_600_000;
/** So long what the log has told is taken for all there is. */
const FRESH_MS = 10;
const SENDING: LaneState = { phase: 'sending', say: null };

export function createLane(of: LaneOf, deps: LaneDeps): Lane {
  const { portal, bridge } = of;
  const { clock } = deps;
  const marks = createMarks(of, deps);
  const texts = createSentTexts();
  const looks = createSentTexts();
  let capabilities: Capabilities | null = null;
  const can = (): Capabilities => (capabilities ??= bridge.capabilities(portal.room));
  const pace = createPace({ can, budgets: of.budgets, marks, clock, stopping: of.stopping });
  const isOutdated = (entry: Entry): boolean =>
    clock.now() - entry.at > deps.outageMs && can().post?.limits.isRecord !== true;

  async function onWait(step: { readonly inMs: number; readonly delivered: string }, error: unknown, command: Command) {
    const say = sayOf(error);
    of.onState({ phase: 'waiting', say });
    deps.logger.warn(
      { portal: portal.id, retryAfterMs: step.inMs, delivered: step.delivered, say },
      'delivery delayed',
    );
    const failure = failureOf(error);
    if (command.op === 'post' && failure?.kind === 'retryable' && failure.retryAfterMs !== undefined) {
      await pace.slowDown(step.inMs + jitter() * Math.min(250, step.inMs / 10));
    }
  }

  /** As the log tells, or asked anew where that was some time ago. */
  async function isRedacted(id: MessageId, knownAt: number): Promise<boolean> {
    if (of.touched.isRedacted(id)) return true;
    if (clock.elapsed() - knownAt < FRESH_MS && !deps.hasChanged(id)) return false;
    const now = await marks.store(() => deps.lookup(portal, id));
    return now !== null && now.message.redaction !== null;
  }

  return {
    of,
    deps,
    marks,
    pace,
    known: {
      lookup: (at, id) => marks.store(() => deps.lookup(at, id)),
      mayHaveChanged: () => true,
      fate: async (id) => marks.fateOf(id) ?? marks.store(() => deps.deliveries.fate(portal.id, id)),
      sentText: (id) => texts.get(id),
      asMarked: deps.asMarked,
      look: (id) => looks.get(id),
    },
    texts,
    looks,
    gone: new Set(),
    backlog: [],
    isCatchingUp: true,
    summary: null,
    digestAt: 0,
    isOutdated,
    lookAgain() {
      capabilities = null;
    },
    target: () => ({
      portal: portal.id,
      room: portal.room,
      limits: limitsOf(can()),
      now: clock.now(),
      publicUrl: deps.publicUrl,
      ...(deps.label && { label: deps.label }),
    }),
    send(plan, { entry, message, preparedAt, expires, inDoubt, slots }) {
      of.onState(SENDING);
      const taken = [...slots];
      const beganAt = clock.elapsed();
      const givesUp = ({ op }: Command): boolean =>
        clock.elapsed() - beganAt > (op === 'redact' ? REDACTION_TRIES_MS : deps.outageMs);
      return sendAll(plan.commands, {
        can: can(),
        clock,
        stopping: of.stopping,
        halt: of.halt,
        inDoubt,
        isOutdated(command, failing) {
          if (expires && entry !== null && isOutdated(entry)) return 'outdated';
          return failing && command.op !== 'post' && givesUp(command) ? 'give-up' : null;
        },
        isRedacted: async () => message !== null && isRedacted(message, preparedAt ?? Number.NEGATIVE_INFINITY),
        onWait,
        room: pace.budget() === null ? null : async () => taken.shift() ?? pace.force(),
      }).finally(() => {
        for (const slot of taken) slot.release();
      });
    },
  };
}

/** What may be shown of an error: the text of a bridge's own, for it holds no secret; the kind of any other. */
export function sayOf(error: unknown): string | null {
  if (isBridgeError(error)) return error.message;
  return error instanceof Error ? error.name : null;
}
