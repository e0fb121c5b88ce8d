import { pause } from '../async/clock.ts';
import type { MessageId } from '../domain/ids.ts';
import type { Slot } from './budget.ts';
import { type Concern, isFromRoom, type Prepared, prepare } from './entry.ts';
import { createItem, type Item } from './item.ts';
import { createLane, type Lane, type LaneDeps, type LaneOf, sayOf } from './lane-context.ts';
import { retryLetter } from './letters.ts';
import { BATCH, HOLD_MS, SKIPS_MS } from './limits.ts';
import { isDigestDue, owe, tell } from './owed.ts';
import { recover } from './recover.ts';
import { drop, factsOf, finish, keepOrigin, type LaneEnd, report, type Step, skip } from './steps.ts';

/**
 * Serves one portal: takes the entries of its channel from where it stands and sends what concerns its room, one after
 * the other, each marked before it is sent and settled after.
 */
export async function runLane(of: LaneOf, deps: LaneDeps): Promise<LaneEnd> {
  const lane = createLane(of, deps);
  try {
    let step: Step = 'reopen';
    while (step === 'next' || step === 'reopen') {
      if (of.stopping.aborted) return await lastWords(lane);
      step = step === 'reopen' ? await open(lane) : await round(lane);
    }
    return step;
  } catch (error) {
    if (of.halt.aborted) return 'stopped';
    throw error;
  }
}

/** What is not written down yet is, before a quiet end. */
async function lastWords(lane: Lane): Promise<LaneEnd> {
  await lane.marks.write();
  return 'stopped';
}

async function open(lane: Lane): Promise<Step> {
  lane.of.onState({ phase: 'opening', say: null });
  lane.backlog = [];
  lane.isCatchingUp = true;
  lane.summary = null;
  lane.digestAt = 0;
  const inFlight = await lane.marks.open();
  return inFlight === null ? 'next' : recover(lane, inFlight);
}

async function round(lane: Lane): Promise<Step> {
  const { of, marks } = lane;
  const woken = of.woken();
  lane.lookAgain();
  const letter = of.takeRetry();
  if (letter !== null) return retryLetter(lane, letter);
  if (marks.owed()?.why === 'pressure' && isDigestDue(lane)) return tell(lane);
  const item = await nextItem(lane);
  of.turn.at(item?.entry.position ?? null);
  if (item !== null) {
    const step = await serve(lane, item);
    return step === 'next' && marks.isDue() ? written(lane) : step;
  }
  if (isDigestDue(lane)) return tell(lane);
  if (marks.hasFacts() || marks.isDue()) return written(lane);
  await idle(lane, woken);
  return 'next';
}

async function written(lane: Lane): Promise<Step> {
  return (await lane.marks.write()) === 'fenced' ? 'fenced' : 'next';
}

/** The next entry at hand: from the store until there is no more, from then on as the hub hands them on. */
async function nextItem(lane: Lane): Promise<Item | null> {
  for (;;) {
    const first = lane.backlog.shift();
    if (first !== undefined) return first;
    if (lane.isCatchingUp || !lane.of.inbox.isWhole()) await readBack(lane);
    else {
      const item = lane.of.inbox.take();
      if (item === null || item.seq > lane.marks.seq()) return item;
    }
    if (lane.of.stopping.aborted) return null;
  }
}

/** Whatever is stored after this read comes through the inbox: the lane is through with the store once it reads nothing. */
async function readBack(lane: Lane): Promise<void> {
  const { of, deps, marks } = lane;
  lane.isCatchingUp = true;
  if (!of.inbox.isWhole()) of.inbox.renew();
  // what is redacted later than this is told by the log
  const arrival = { stamp: of.touched.stamp(), isReadBack: true };
  const batch = await marks.store(() => deps.since(of.portal, marks.seq(), BATCH));
  lane.backlog = batch.flatMap((entry) => createItem(entry, arrival) ?? []);
  if (lane.backlog.length === 0 && of.inbox.isWhole()) lane.isCatchingUp = false;
}

/** Waits for something to do; not longer than until what moved is due to be written down, or a line is to be told. */
async function idle({ of, deps, marks, digestAt }: Lane, woken: Promise<void>): Promise<void> {
  of.onState(IDLE);
  const waits = [
    ...(marks.hasMoved() ? [SKIPS_MS] : []),
    ...(marks.owed() === null ? [] : [Math.max(1, digestAt - deps.clock.elapsed())]),
  ];
  if (waits.length === 0) return woken;
  const done = new AbortController();
  await Promise.race([woken, pause(deps.clock, Math.min(...waits), done.signal)]);
  done.abort();
}
const IDLE = { phase: 'idle', say: null } as const;

async function serve(lane: Lane, item: Item): Promise<Step> {
  const { portal } = lane.of;
  const aimed = lane.deps.aim?.(portal, item.entry, item.concern()) ?? null;
  const concern = aimed === null ? item.concern() : aimed.concern;
  if (concern === null) return skip(lane, item);
  if (aimed?.isOwn === true) return keepOrigin(lane, item, concern);
  const isMessage = concern.wire.type === 'message';
  if (concern.note.relay === 'none') return drop(lane, item, concern, 'stays');
  if (isMessage && concern.note.relay === 'away' && portal.follows) return drop(lane, item, concern, 'away');
  if (isMessage) {
    if (isFromRoom(concern.note, portal)) return keepOrigin(lane, item, concern);
    if (lane.isOutdated(item.entry)) return owe(lane, item, concern, 'outage');
    if (lane.marks.owed()?.why === 'outage' && isDigestDue(lane)) {
      lane.backlog.unshift(item);
      return tell(lane);
    }
  }
  const preparedAt = lane.deps.clock.elapsed();
  const prepared = await prepareOrBury(lane, item, concern);
  if (prepared === null) return 'next';
  const { plan, message } = prepared;
  if (concern.wire.type === 'redaction' && lane.gone.delete(message)) return skip(lane, item);
  if (plan.kind === 'drop') return drop(lane, item, concern, plan.reason);
  const isMark = concern.wire.type === 'mark';
  if (plan.kind === 'repost' && !isMark && lane.isOutdated(item.entry)) return drop(lane, item, concern, 'outdated');
  if (isMessage && !lane.of.turn.isNext(item.entry.position)) {
    // what was sent before must not stay in doubt while this waits
    if ((await lane.marks.write()) === 'fenced') return 'fenced';
    await lane.of.turn.next(item.entry.position, lane.of.stopping);
    if (lane.of.stopping.aborted) return 'next';
  }
  const slots = await roomFor(lane, item, concern, prepared);
  if (slots === null) return afterNoRoom(lane, item, concern);
  const begun = await lane.marks.begin({ what: 'entry', seq: item.seq });
  if (begun !== 'go') {
    for (const slot of slots) slot.release();
    return begun === 'fenced' ? 'fenced' : 'reopen';
  }
  const about = { entry: item.entry, message, preparedAt, expires: isMessage, inDoubt: false, slots };
  const sent = await lane.send(plan, about);
  const { orElse } = prepared;
  if (sent.kind !== 'dead' || orElse === undefined || orElse.kind === 'drop') {
    return finish(lane, item, concern, prepared, sent);
  }
  return finish(lane, item, concern, { ...prepared, plan: orElse }, await lane.send(orElse, { ...about, slots: [] }));
}

/** An entry that cannot even be planned must not hold up those behind it: a dead letter that was never sent. */
async function prepareOrBury(lane: Lane, item: Item, concern: Concern): Promise<Prepared | null> {
  const { touched, portal, halt } = lane.of;
  const { stamp, isReadBack } = item.arrival;
  const hasChanged = (id: MessageId): boolean => touched.mayHaveChanged(id, stamp) || lane.deps.hasChanged(id);
  try {
    return await prepare(concern, portal, lane.target(), {
      ...lane.known,
      mayHaveChanged: ({ id, replyTo }) =>
        hasChanged(id) || (replyTo !== null && (isReadBack || hasChanged(replyTo.id))),
    });
  } catch (error) {
    if (halt.aborted) throw error;
    const { wire } = concern;
    const message = wire.type === 'message' ? wire.message.id : wire.id;
    const nothing = { message, plan: { kind: 'drop', reason: 'gone' }, copies: [], goesFirst: false } as const;
    const dead = { kind: 'dead', refs: [], error } as const;
    lane.marks.settle(item, factsOf(lane, item.seq, wire.type, nothing, dead));
    lane.deps.logger.error({ portal: portal.id, say: sayOf(error) }, 'cannot be planned');
    report(lane, dead, null);
    return null;
  }
}

/** Room in the budget for its posts, waited for a short time. Null: none, or others before it wait to be told of. */
async function roomFor(
  lane: Lane,
  { entry }: Item,
  { wire }: Concern,
  { plan, goesFirst }: Prepared,
): Promise<readonly Slot[] | null> {
  const posts = plan.kind === 'drop' ? 0 : plan.commands.filter(({ op }) => op === 'post').length;
  if (posts === 0 || lane.pace.budget() === null) return [];
  // a picture that is to be covered is never left as it is
  if (wire.type === 'mark') return lane.pace.take('digest', 1, Number.POSITIVE_INFINITY);
  if (wire.type === 'message' && !goesFirst && lane.marks.owed() !== null) return null;
  const ageMs = Math.max(0, lane.deps.clock.now() - entry.at);
  const slots = await lane.pace.take(goesFirst ? 'first' : 'ordinary', posts, 0);
  if (slots !== null || ageMs >= HOLD_MS) return slots;
  // what was sent before must not stay in doubt while this waits
  await lane.marks.write();
  return lane.pace.take(goesFirst ? 'first' : 'ordinary', posts, HOLD_MS - ageMs);
}

/** Stopping, the entry waits for the next hub; else it is summed up with others, or left out where it only repeats. */
async function afterNoRoom(lane: Lane, item: Item, concern: Concern): Promise<Step> {
  if (lane.of.stopping.aborted) return 'next';
  if (concern.wire.type !== 'message') return drop(lane, item, concern, 'over-budget');
  return owe(lane, item, concern, 'pressure');
}
