import type { MessageId } from '../domain/ids.ts';
import type { RemoteRef } from '../domain/message.ts';
import { withMark } from '../domain/picture-mark.ts';
import type { Portal } from '../domain/portal.ts';
import type { HistoryMessage, WireEntry, WireMessage } from '../domain/wire.ts';
import type { Entry, EntryNote, Fate } from '../store/ports.ts';
import type { Plan, Reason, Target } from './plan.ts';
import { planEdit, planPost, planReaction, planRedaction } from './plan.ts';
import { lookOf, planAnew, planMark } from './plan-mark.ts';

/** Those who lead the evening are heard first. */
const LEADERS: ReadonlySet<WireMessage['message']['author']['badge']> = new Set(['moderator', 'dj', 'admin']);

/** The message as it stands now, its quote included, hot or archived; null when nothing is known of it. */
export type Lookup = (portal: Portal, id: MessageId) => Promise<Pick<HistoryMessage, 'message' | 'reactions'> | null>;

/** What planning asks of the store. */
export interface Known {
  readonly lookup: Lookup;
  /** Whether this message and what it quotes may have changed since it was said; then it is looked up. */
  mayHaveChanged(message: WireMessage['message']): boolean;
  /** Where a message stands in this room, and whether it was said there; null: nowhere. */
  fate(message: MessageId): Promise<Pick<Fate, 'kind' | 'refs' | 'say'> | null>;
  /** The message with its pictures as they are to be shown in this channel now. */
  asMarked(portal: Portal, message: WireMessage['message']): WireMessage['message'];
  /** How the pictures of this message were shown when it was sent last, if it is remembered. */
  look(message: MessageId): string | null;
  /** Plain text that was last sent for this message, if it is remembered. */
  sentText(message: MessageId): string | null;
}

/** An entry that may have to be sent through this portal. */
export interface Concern {
  readonly wire: Exclude<WireEntry, { type: 'notice' | 'shown' }>;
  readonly note: EntryNote;
}

/** What was asked, and what to do for it in this room. */
export interface Prepared {
  readonly message: MessageId;
  readonly plan: Plan;
  /** Where the message stands so far. */
  readonly copies: readonly RemoteRef[];
  /** How its pictures are shown by it; absent: it changes nothing of that. */
  readonly look?: string;
  /** What to do instead where the platform will have none of it. */
  readonly orElse?: Plan;
  /** Where room is short, these come before others. */
  readonly goesFirst: boolean;
}

/** The entry as it may concern a room; null when it concerns none. The log is written by the hub alone. */
export function concernOf(entry: Entry): Concern | null {
  const wire: WireEntry = JSON.parse(entry.body);
  if (wire.type === 'notice' || wire.type === 'shown') return null;
  // what was said in rooms stays there until a moderator has looked at the reports: it could not be brought back
  if (wire.type === 'redaction' && wire.redaction.by === 'reports') return null;
  const note: EntryNote = JSON.parse(entry.note);
  return { wire, note };
}

/** Whether it was said in the very room of the portal: people there have it already. */
export function isFromRoom(note: EntryNote, portal: Portal): boolean {
  return note.bridge === portal.bridge && note.ref?.room === portal.room;
}

/** Plans one entry from what is known now. */
export async function prepare(concern: Concern, portal: Portal, target: Target, known: Known): Promise<Prepared> {
  const { wire, note } = concern;
  if (wire.type === 'message') return prepareMessage(wire, portal, target, known);
  const fate = await known.fate(wire.id);
  const copies = fate?.refs ?? [];
  // what somebody has written there is theirs: the hub covers no pictures in it
  const isTheirs = wire.type === 'mark' && fate?.kind === 'origin';
  if (isTheirs || isFromRoom(note, portal)) {
    return { message: wire.id, plan: { kind: 'drop', reason: 'own-origin' }, copies, goesFirst: false };
  }
  if (wire.type === 'mark') return prepareMark(wire, note, copies, { portal, target, known });
  const plan = await planChange({ wire, note }, copies, portal, target, known);
  return { message: wire.id, plan, copies, goesFirst: false };
}

async function prepareMessage(wire: WireMessage, portal: Portal, target: Target, known: Known): Promise<Prepared> {
  const { id } = wire.message;
  const now = known.mayHaveChanged(wire.message) ? ((await known.lookup(portal, id))?.message ?? null) : null;
  // What it quotes may be redacted or edited by now.
  const said = now === null ? wire.message : { ...wire.message, replyTo: now.replyTo };
  const { message, answered } = await withoutStaying(known.asMarked(portal, said), known);
  const subject = { message, replyRef: answered?.refs[0] ?? null, copies: [] };
  const isRedacted = (now ?? wire.message).redaction !== null;
  const plan = isRedacted ? ({ kind: 'drop', reason: 'redacted' } as const) : planPost(subject, target);
  const goesFirst = LEADERS.has(message.author.badge) || answered?.kind === 'origin';
  return { message: id, plan, copies: [], goesFirst, look: lookOf(message) };
}

/** By what is said of it now: what was said in between is over. */
async function prepareMark(
  wire: Extract<Concern['wire'], { type: 'mark' }>,
  note: EntryNote,
  copies: readonly RemoteRef[],
  { portal, target, known }: { readonly portal: Portal; readonly target: Target; readonly known: Known },
): Promise<Prepared> {
  const { id, picture } = wire;
  const now = copies.length === 0 ? null : await known.lookup(portal, id);
  if (now === null) return { message: id, plan: { kind: 'drop', reason: 'no-copy' }, copies, goesFirst: true };
  const { message, answered } = await withoutStaying(now.message, known);
  const was = { ...message, content: withMark(message.content, picture, note.was ?? null) };
  const subject = { message, copies, replyRef: answered?.refs[0] ?? null };
  const plan = planMark(subject, was, target, known.look(id));
  const orElse = plan.kind === 'native' && wire.mark === 'nsfw' ? { orElse: planAnew(subject, target) } : {};
  return { message: id, plan, ...orElse, copies, goesFirst: true, look: lookOf(message) };
}

async function planChange(
  { wire, note }: Concern & { readonly wire: Exclude<Concern['wire'], { type: 'mark' }> },
  copies: readonly RemoteRef[],
  portal: Portal,
  target: Target,
  known: Known,
): Promise<Plan> {
  if (wire.type === 'message') return { kind: 'drop', reason: 'gone' };
  const now = await known.lookup(portal, wire.id);
  if (wire.type === 'redaction') {
    return planRedaction(copies, now?.message.sentAt ?? target.now, note.reason ?? null, target);
  }
  if (now === null) return { kind: 'drop', reason: 'gone' };
  if (wire.type === 'reaction') {
    const users = now.reactions.find(({ emoji }) => emoji === wire.emoji)?.users ?? [];
    const others = users.some((user) => user !== wire.user);
    const from = note.platform === undefined ? {} : { platform: note.platform };
    return planReaction({ ...wire, ...from, message: wire.id, others }, copies, target);
  }
  if (now.message.revision > wire.revision) return { kind: 'drop', reason: 'superseded' };
  const edited = { ...now.message, content: wire.content, revision: wire.revision };
  const said = known.asMarked(portal, edited);
  const { message, answered } = await withoutStaying(said, known);
  const subject = { message, copies, replyRef: answered?.refs[0] ?? null };
  if (note.isRequote !== true) return planEdit(subject, target, known.sentText(wire.id));
  const plan = planEdit(subject, target, null);
  return plan.kind === 'repost' ? { kind: 'drop', reason: 'no-edit' } : plan;
}

/** The message without its quote where what it quotes stays where it was written; and where that stands in the room. */
async function withoutStaying(said: WireMessage['message'], known: Known) {
  const answered = said.replyTo === null ? null : await known.fate(said.replyTo.id);
  const stays = answered?.kind === 'left-out' && answered.say === STAYS;
  return { message: stays ? { ...said, replyTo: null } : said, answered };
}
const STAYS: Reason = 'stays';
