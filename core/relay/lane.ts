import { pause } from '../async/clock.ts';
import type { Entry } from '../store/ports.ts';
import { type Concern, concernOf, isFromRoom, type Prepared, prepare } from './entry.ts';
import { createLane, type Lane, type LaneDeps, type LaneOf } from './lane-context.ts';
import { BATCH, SKIPS_MS } from './limits.ts';
import { digest } from './outage.ts';
import { recover } from './recover.ts';
import { bury, drop, finish, keepOrigin, type LaneEnd, type Step, skip } from './steps.ts';

/**
 * Serves one portal: reads the log from its durable position and sends what concerns its room, one entry after the
 * other, each marked before it is sent and settled after.
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

/** What was skipped is written down before a quiet end. */
async function lastWords(lane: Lane): Promise<LaneEnd> {
  if (lane.marks.hasSkips()) await lane.marks.takeBack();
  return 'stopped';
}

async function open(lane: Lane): Promise<Step> {
  lane.of.onState({ phase: 'opening', say: null });
  const inFlight = await lane.marks.open();
  return inFlight === null ? 'next' : recover(lane, inFlight);
}

async function round(lane: Lane): Promise<Step> {
  const { of, deps, marks } = lane;
  const woken = of.woken();
  const shard = deps.log.shardOf(of.portal.scope);
  const batch = await marks.store(() => deps.log.range(shard, marks.position(), BATCH));
  for (const entry of batch) {
    if (of.stopping.aborted) return 'next';
    const step = await serve(lane, entry);
    if (step !== 'next') return step;
  }
  if ((await marks.flush()) === 'fenced') return 'fenced';
  if (batch.length === 0) await idle(lane, woken);
  return 'next';
}

/** Waits for entries; not longer than until skipped ones are due to be written down. */
async function idle({ of, deps, marks }: Lane, woken: Promise<void>): Promise<void> {
  of.onState({ phase: 'idle', say: null });
  if (!marks.hasSkips()) return woken;
  const done = new AbortController();
  await Promise.race([woken, pause(deps.clock, SKIPS_MS, done.signal)]);
  done.abort();
}

async function serve(lane: Lane, entry: Entry): Promise<Step> {
  const concern = concernOf(entry, lane.of.portal);
  if (concern === null) return skip(lane, entry);
  if (concern.wire.type === 'message') {
    if (isFromRoom(concern.note, lane.of.portal)) return keepOrigin(lane, entry, concern);
    if (lane.isOutdated(entry)) return digest(lane, entry);
  }
  const prepared = await prepareOrBury(lane, entry, concern);
  if ('step' in prepared) return prepared.step;
  if (concern.wire.type === 'redaction' && lane.gone.delete(prepared.message)) return skip(lane, entry);
  if (prepared.plan.kind === 'drop') return drop(lane, entry, concern, prepared.plan.reason);
  const begun = await lane.marks.begin(entry.position);
  if (begun !== 'go') return begun === 'fenced' ? 'fenced' : 'reopen';
  const sent = await lane.send(prepared.plan, { entry, message: prepared.message, expires: true, inDoubt: false });
  return finish(lane, entry, concern, prepared, sent);
}

/** An entry that cannot even be planned must not hold up those behind it. */
async function prepareOrBury(lane: Lane, entry: Entry, concern: Concern): Promise<Prepared | { readonly step: Step }> {
  try {
    return await prepare(concern, lane.of.portal, lane.target(), lane.known);
  } catch (error) {
    if (lane.of.halt.aborted) throw error;
    return { step: await bury(lane, entry, error) };
  }
}
