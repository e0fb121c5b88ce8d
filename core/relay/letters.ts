import type { Content } from '../domain/content.ts';
import type { Seq } from '../domain/ids.ts';
import { withMarks } from '../domain/picture-mark.ts';
import type { DeadLetter } from '../store/ports.ts';
import type { Prepared } from './entry.ts';
import type { Lane } from './lane-context.ts';
import { type Plan, planEdit, planPost, planRedaction } from './plan.ts';
import { planMark } from './plan-mark.ts';
import { factsOf, hold, report, type Step } from './steps.ts';

/** A dead letter, once more: what the message says now is brought into the room, whatever failed then. */
export async function retryLetter(lane: Lane, seq: Seq): Promise<Step> {
  const { marks, deps, of, pace } = lane;
  const letters = await marks.store(() => deps.deliveries.letters(of.portal.id));
  const letter = letters.find((one) => one.seq === seq);
  if (letter === undefined) return 'next';
  const prepared = await prepareNow(lane, letter);
  const { plan } = prepared;
  if (plan.kind !== 'drop') {
    const slots = await pace.take('digest', 1, Number.POSITIVE_INFINITY);
    if (slots === null) return 'next';
    const begun = await marks.begin({ what: 'letter', seq });
    if (begun !== 'go') {
      for (const slot of slots) slot.release();
      return begun === 'fenced' ? 'fenced' : 'reopen';
    }
    const about = { entry: null, message: letter.message, preparedAt: null, expires: false, inDoubt: false, slots };
    const sent = await lane.send(plan, about);
    if (sent.kind === 'held') return hold(lane, sent);
    const entry = prepared.copies.length === 0 ? 'message' : letter.entry === 'message' ? 'edit' : letter.entry;
    marks.note(factsOf(lane, seq, entry, prepared, sent));
    report(lane, sent, plan);
    if ((await marks.end()) === 'fenced') return 'fenced';
    if (sent.kind !== 'sent') return 'next';
  }
  await marks.store(() => deps.deliveries.dropLetters(of.portal.id, [seq]));
  return 'next';
}

/** As if nothing had ever been said of its pictures. */
function uncovered(content: Content): Content {
  return withMarks(content, () => null);
}

/** Who reacted is not kept here, so a reaction cannot be made again. */
async function prepareNow(lane: Lane, { message: id, entry }: DeadLetter): Promise<Prepared> {
  const { known, of } = lane;
  const target = lane.target();
  const now = await known.lookup(of.portal, id);
  const copies = (await known.fate(id))?.refs ?? [];
  const made = (plan: Plan): Prepared => ({ message: id, plan, copies, goesFirst: true });
  if (now === null || entry === 'reaction') return made({ kind: 'drop', reason: 'gone' });
  const { message } = now;
  if (message.redaction !== null) return made(planRedaction(copies, message.sentAt, null, target));
  const answered = message.replyTo === null ? null : await known.fate(message.replyTo.id);
  const subject = { message, copies, replyRef: answered?.refs[0] ?? null };
  if (entry === 'mark') {
    const covered = { ...message, content: uncovered(message.content) };
    return made(planMark(subject, covered, target, null));
  }
  return made(copies.length === 0 ? planPost(subject, target) : planEdit(subject, target, null));
}
