import type { Clock } from '../async/clock.ts';
import type { MessageId, Position } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { isBridgeError } from '../plugin/errors.ts';
import type { Deliveries, Entry, Log } from '../store/ports.ts';
import type { Known, Lookup } from './entry.ts';
import { BATCH, OUTAGE_MS } from './limits.ts';
import { createMarks, type Marks } from './marks.ts';
import { limitsOf, type Plan, type Reason, type Target } from './plan.ts';
import { type Sent, sendAll } from './send.ts';
import { createSentTexts } from './sent-texts.ts';

export interface LaneDeps {
  readonly log: Pick<Log, 'range' | 'heads' | 'shardOf' | 'isBefore'>;
  readonly deliveries: Deliveries;
  readonly lookup: Lookup;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Origin under which everybody reaches the hub; null where nobody outside does. */
  readonly publicUrl: string | null;
  /** Counts what became of entries. */
  readonly count: (outcome: Outcome, reason: Reason | null, times: number) => void;
}
/** What became of one entry in one portal. `missed`: told in the one line of an outage. */
export type Outcome = 'sent' | 'degraded' | 'dropped' | 'dead' | 'unknown' | 'missed';

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
  /** Nothing new is begun once it aborts; what is under way goes on. */
  readonly stopping: AbortSignal;
  /** Everything ends at once. */
  readonly halt: AbortSignal;
  /** Resolves when there may be new entries after this call. */
  readonly woken: () => Promise<void>;
  readonly onState: (state: LaneState) => void;
}

export interface Lane {
  readonly of: LaneOf;
  readonly deps: LaneDeps;
  readonly marks: Marks;
  readonly known: Known;
  readonly texts: ReturnType<typeof createSentTexts>;
  /** Redacted here already, before their redaction came up in the log. */
  readonly gone: Set<MessageId>;
  target(): Target;
  isRedacted(id: MessageId): Promise<boolean>;
  isOutdated(entry: Entry): boolean;
  send(plan: Exclude<Plan, { kind: 'drop' }>, about: SendAbout): Promise<Sent>;
  /** Entries from the position up to and with `last`. */
  entriesUpTo(last: Position): AsyncIterable<Entry>;
}
export interface SendAbout {
  readonly entry: Entry;
  /** Whose redaction stops it; null: none does. */
  readonly message: MessageId | null;
  /** Given up for the line that tells of an outage once the entry is too old. */
  readonly expires: boolean;
  readonly inDoubt: boolean;
}

export function createLane(of: LaneOf, deps: LaneDeps): Lane {
  const { portal, bridge } = of;
  const marks = createMarks(of, deps);
  const texts = createSentTexts();
  const known: Known = {
    lookup: (at, id) => marks.store(() => deps.lookup(at, id)),
    copies: (id) => marks.store(() => deps.deliveries.copies(portal.id, id)),
    sentText: (id) => texts.get(id),
  };
  const isOutdated = (entry: Entry): boolean => deps.clock.now() - entry.at > OUTAGE_MS;
  const isRedacted = async (id: MessageId): Promise<boolean> => {
    const now = await known.lookup(portal, id);
    return now !== null && now.message.redaction !== null;
  };
  return {
    of,
    deps,
    marks,
    known,
    texts,
    gone: new Set(),
    isOutdated,
    isRedacted,
    target: () => ({
      portal: portal.id,
      room: portal.room,
      limits: limitsOf(bridge.capabilities(portal.room)),
      now: deps.clock.now(),
      publicUrl: deps.publicUrl,
    }),
    send(plan, { entry, message, expires, inDoubt }) {
      of.onState({ phase: 'sending', say: null });
      return sendAll(plan.commands, {
        can: bridge.capabilities(portal.room),
        clock: deps.clock,
        stopping: of.stopping,
        halt: of.halt,
        inDoubt,
        isOutdated: (command) => expires && command.op !== 'redact' && isOutdated(entry),
        isRedacted: async () => message !== null && (await isRedacted(message)),
        onWait(step, error) {
          of.onState({ phase: 'waiting', say: sayOf(error) });
          const { inMs, delivered } = step;
          deps.logger.warn({ portal: portal.id, retryAfterMs: inMs, delivered, say: sayOf(error) }, 'delivery delayed');
        },
      });
    },
    async *entriesUpTo(last) {
      const shard = deps.log.shardOf(portal.scope);
      let after = marks.position();
      for (;;) {
        const batch = await marks.store(() => deps.log.range(shard, after, BATCH));
        for (const entry of batch) {
          if (deps.log.isBefore(last, entry.position)) return;
          after = entry.position;
          yield entry;
        }
        if (batch.length === 0) return;
      }
    },
  };
}

/** What may be shown of an error: the text of a bridge's own, for it holds no secret; the kind of any other. */
export function sayOf(error: unknown): string | null {
  if (isBridgeError(error)) return error.message;
  return error instanceof Error ? error.name : null;
}
