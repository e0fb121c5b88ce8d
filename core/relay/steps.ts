import { plainText } from '../domain/content.ts';
import type { MessageId, Seq } from '../domain/ids.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { DeadLetter, Fate } from '../store/ports.ts';
import type { Concern, Prepared } from './entry.ts';
import type { Item } from './item.ts';
import { type Lane, sayOf } from './lane-context.ts';
import type { Facts } from './marks.ts';
import { type Plan, planRedaction, type Reason } from './plan.ts';
import type { Sent } from './send.ts';

/** Why a lane ended. */
export type LaneEnd = 'stopped' | 'paused' | 'pause-bridge' | 'fenced';
/** What follows an entry. `reopen`: the store is asked again how far the portal is and what is in doubt. */
export type Step = 'next' | 'reopen' | LaneEnd;
type Held = Extract<Sent, { kind: 'held' }>;
type Ended = Exclude<Sent, Held>;

/** How the sending of an entry ended; written down with the next mark, or as soon as nothing else is at hand. */
export async function finish(lane: Lane, item: Item, concern: Concern, prepared: Prepared, sent: Sent): Promise<Step> {
  if (sent.kind === 'held') return hold(lane, sent);
  const { wire } = concern;
  lane.marks.settle(item, factsOf(lane, item.seq, wire.type, prepared, sent));
  report(lane, sent, prepared.plan);
  if (sent.kind === 'sent' && prepared.look !== undefined) lane.looks.set(prepared.message, prepared.look);
  if (wire.type === 'mark') {
    await removeIfGone(lane, item, prepared.message, refsAfter(wire.type, prepared, sent));
    return 'next';
  }
  if (wire.type !== 'message' && wire.type !== 'edit') return 'next';
  const { rich } = wire.type === 'message' ? wire.message.content : wire.content;
  if (sent.kind === 'sent') lane.texts.set(prepared.message, plainText(rich));
  await removeIfGone(lane, item, prepared.message, refsAfter(wire.type, prepared, sent));
  return 'next';
}

/** What is to be known of an entry that was sent, or given up. */
export function factsOf(lane: Lane, seq: Seq, entry: DeadLetter['entry'], prepared: Prepared, sent: Ended): Facts {
  const { message } = prepared;
  const say = sent.kind === 'dead' ? sayOf(sent.error) : null;
  const isFailed = sent.kind === 'dead' || sent.kind === 'unknown';
  const letter = isFailed ? { seq, message, entry, kind: sent.kind, say, at: lane.deps.clock.now() } : null;
  const fate = fateAfter(entry, prepared, sent, say);
  return { ...(letter && { letter }), ...(fate && { fate }) };
}

/** A copy that could not be changed stands there all the same. */
function fateAfter(entry: DeadLetter['entry'], prepared: Prepared, sent: Ended, say: string | null): Fate | null {
  if (entry !== 'message' && entry !== 'edit' && entry !== 'mark') return null;
  const refs = refsAfter(entry, prepared, sent);
  const kind = entry === 'message' ? sent.kind : 'sent';
  if (kind === 'redacted') {
    return { message: prepared.message, kind: refs.length > 0 ? 'sent' : 'left-out', refs, say: kind };
  }
  return { message: prepared.message, kind, refs, say };
}

/** Where the message stands now: new copies, or the old ones with those that were replaced. */
function refsAfter(type: 'message' | 'edit' | 'mark', { plan, copies }: Prepared, sent: Ended): readonly RemoteRef[] {
  if (type === 'message') return sent.refs;
  // posted anew, or nothing came of it
  if (type === 'mark' && plan.kind === 'repost') return sent.refs.length > 0 ? sent.refs : copies;
  if (plan.kind === 'repost') return [...copies, ...sent.refs];
  return sent.kind === 'sent' && sent.refs.length > 0 ? sent.refs : [...sent.refs, ...copies.slice(sent.refs.length)];
}

/** The tombstone, asked once more: a redaction may have come while the copy was on its way. */
async function removeIfGone(lane: Lane, { entry }: Item, id: MessageId, refs: readonly RemoteRef[]): Promise<void> {
  if (refs.length === 0 || !lane.of.touched.isRedacted(id)) return;
  const plan = planRedaction(refs, entry.at, null, lane.target());
  if (plan.kind === 'drop') return;
  // harmless to repeat, but the copy must be known by then
  if ((await lane.marks.write()) === 'fenced') return;
  const sent = await lane.send(plan, {
    entry,
    message: null,
    preparedAt: null,
    expires: false,
    inDoubt: false,
    slots: [],
  });
  if (sent.kind === 'sent') lane.gone.add(id);
}

export async function hold(lane: Lane, held: Held): Promise<Step> {
  if (held.clean && (await lane.marks.end()) === 'fenced') return 'fenced';
  switch (held.why) {
    case 'stopping':
      return 'stopped';
    case 'outdated':
      return 'reopen';
    case 'pause-portal':
      lane.of.onState({ phase: 'paused', say: sayOf(held.error) });
      lane.deps.logger.error({ portal: lane.of.portal.id, say: sayOf(held.error) }, 'portal paused');
      return 'paused';
    case 'pause-bridge':
      return 'pause-bridge';
    default:
      return held.why satisfies never;
  }
}

export function skip(lane: Lane, item: Item): Step {
  lane.marks.pass(item);
  return 'next';
}

/** Nothing is sent for it; of a message it is known why. */
export function drop(lane: Lane, item: Item, { wire }: Concern, reason: Reason): Step {
  lane.deps.count('dropped', reason, 1);
  lane.deps.logger.debug({ portal: lane.of.portal.id, kind: wire.type, reason }, 'nothing to send');
  if (wire.type !== 'message') return skip(lane, item);
  lane.marks.settle(item, { fate: { message: wire.message.id, kind: 'left-out', refs: [], say: reason } });
  return 'next';
}

/** Of what was said here, the room's own message stands in the copy index: replies and redactions find it. */
export function keepOrigin(lane: Lane, item: Item, { wire, note }: Concern): Step {
  if (wire.type !== 'message') return skip(lane, item);
  const fate: Fate = { message: wire.message.id, kind: 'origin', refs: note.ref ? [note.ref] : [], say: null };
  lane.marks.settle(item, { fate });
  return 'next';
}

export function report({ deps, of }: Lane, sent: Ended, plan: Plan | null): void {
  if (sent.kind === 'redacted') {
    deps.count('dropped', 'redacted', 1);
    return;
  }
  const reason = plan?.kind === 'repost' ? plan.reason : null;
  deps.count(sent.kind === 'sent' && reason !== null ? 'degraded' : sent.kind, reason, 1);
  if (sent.kind === 'dead') deps.logger.error({ portal: of.portal.id, say: sayOf(sent.error) }, 'dead letter');
  if (sent.kind === 'unknown') deps.logger.error({ portal: of.portal.id }, 'delivery in doubt, not repeated');
}
