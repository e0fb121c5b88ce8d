import { plainText } from '../domain/content.ts';
import type { MessageId, Position } from '../domain/ids.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Entry } from '../store/ports.ts';
import type { Concern, Prepared } from './entry.ts';
import { type Lane, sayOf } from './lane-context.ts';
import { type Plan, planRedaction, type Reason } from './plan.ts';
import type { Sent } from './send.ts';

/** Why a lane ended. */
export type LaneEnd = 'stopped' | 'paused' | 'pause-bridge' | 'fenced';
/** What follows an entry. `reopen`: the store is asked again how far the portal is and what is in doubt. */
export type Step = 'next' | 'reopen' | LaneEnd;
type Held = Extract<Sent, { kind: 'held' }>;
type Ended = Exclude<Sent, Held>;

/** Writes down how it ended, so that it is never sent twice. */
export async function finish(
  lane: Lane,
  entry: Entry,
  { wire }: Concern,
  prepared: Prepared,
  sent: Sent,
): Promise<Step> {
  if (sent.kind === 'held') return hold(lane, sent);
  const { message, plan } = prepared;
  if (wire.type === 'redaction' || wire.type === 'reaction') {
    return settled(lane, entry, sent, plan, { message: null, refs: [] });
  }
  const refs = refsAfter(wire.type, prepared, sent);
  const step = await settled(lane, entry, sent, plan, { message, refs });
  if (step !== 'next') return step;
  const { rich } = wire.type === 'message' ? wire.message.content : wire.content;
  if (sent.kind === 'sent') lane.texts.set(message, plainText(rich));
  await removeIfGone(lane, entry, message, refs);
  return 'next';
}

async function settled(
  lane: Lane,
  entry: Entry,
  sent: Ended,
  plan: Plan,
  copies: { readonly message: MessageId | null; readonly refs: readonly RemoteRef[] },
): Promise<Step> {
  if ((await lane.marks.settle(entry.position, { kind: sent.kind, ...copies })) === 'fenced') return 'fenced';
  report(lane, sent, plan);
  return 'next';
}

/** Where the message stands now: new copies, or the old ones with those that were replaced. */
function refsAfter(type: 'message' | 'edit', { plan, copies }: Prepared, sent: Ended) {
  if (type === 'message') return sent.refs;
  if (plan.kind === 'repost') return [...copies, ...sent.refs];
  return sent.kind === 'sent' && sent.refs.length > 0 ? sent.refs : [...sent.refs, ...copies.slice(sent.refs.length)];
}

/** The tombstone, asked once more: a redaction may have come while the copy was on its way. */
async function removeIfGone(lane: Lane, entry: Entry, id: MessageId, refs: readonly RemoteRef[]): Promise<void> {
  if (refs.length === 0 || !(await lane.isRedacted(id))) return;
  const plan = planRedaction(refs, entry.at, null, lane.target());
  if (plan.kind === 'drop') return;
  const sent = await lane.send(plan, { entry, message: null, expires: false, inDoubt: false });
  if (sent.kind === 'sent') lane.gone.add(id);
}

export async function hold(lane: Lane, held: Held): Promise<Step> {
  if (held.clean && (await lane.marks.takeBack()) === 'fenced') return 'fenced';
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

export function skip(lane: Lane, entry: Entry): Step {
  lane.marks.skip(entry.position);
  return 'next';
}

/** A message that is not sent is settled at once, so that what lies before a mark is never a message. */
export async function drop(lane: Lane, entry: Entry, { wire }: Concern, reason: Reason): Promise<Step> {
  lane.deps.count('dropped', reason, 1);
  lane.deps.logger.debug({ portal: lane.of.portal.id, kind: wire.type, reason }, 'nothing to send');
  return wire.type === 'message' ? pass(lane, entry, null, []) : skip(lane, entry);
}

/** Of what was said here, the room's own message stands in the copy index: replies and redactions find it. */
export function keepOrigin(lane: Lane, entry: Entry, { note }: Concern): Promise<Step> {
  return pass(lane, entry, entry.message, note.ref ? [note.ref] : []);
}

async function pass(lane: Lane, entry: Entry, message: MessageId | null, refs: readonly RemoteRef[]): Promise<Step> {
  const outcome = { kind: 'skipped', message, refs } as const;
  return (await lane.marks.settle(entry.position, outcome)) === 'fenced' ? 'fenced' : 'next';
}

function report({ deps, of }: Lane, sent: Ended, plan: Plan | null): void {
  const reason = plan?.kind === 'repost' ? plan.reason : null;
  deps.count(sent.kind === 'sent' && reason !== null ? 'degraded' : sent.kind, reason, 1);
  if (sent.kind === 'dead') deps.logger.error({ portal: of.portal.id, say: sayOf(sent.error) }, 'dead letter');
  if (sent.kind === 'unknown') deps.logger.error({ portal: of.portal.id }, 'delivery in doubt, not repeated');
}

/** In doubt and not repeatable, or gone from the log: it is never sent again, and counted. */
export async function giveUp(lane: Lane, at: Position): Promise<Step> {
  const outcome = { kind: 'unknown', message: null, refs: [] } as const;
  if ((await lane.marks.settle(at, outcome)) === 'fenced') return 'fenced';
  report(lane, { kind: 'unknown', refs: [] }, null);
  return 'next';
}

/** A dead letter that was never sent: an error of the hub's own. */
export async function bury(lane: Lane, entry: Entry, error: unknown): Promise<Step> {
  const outcome = { kind: 'dead', message: null, refs: [] } as const;
  if ((await lane.marks.settle(entry.position, outcome)) === 'fenced') return 'fenced';
  report(lane, { kind: 'dead', refs: [], error }, null);
  return 'next';
}
