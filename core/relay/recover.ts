import type { MessageId, Seq } from '../domain/ids.ts';
import type { Flight } from '../store/ports.ts';
import { type Concern, prepare } from './entry.ts';
import { createItem, type Item } from './item.ts';
import type { Lane } from './lane-context.ts';
import { tellAgain } from './owed.ts';
import { factsOf, finish, report, type Step } from './steps.ts';

/**
 * An earlier run ended between mark and settling: what was in flight is in doubt. Repeated where that is harmless,
 * looked for where the platform can be asked, else given up and counted.
 */
export async function recover(lane: Lane, { what, seq }: Flight): Promise<Step> {
  if ((await lane.marks.begin({ what, seq })) === 'fenced') return 'fenced';
  switch (what) {
    case 'entry':
      return recoverEntry(lane, seq);
    case 'digest':
      return tellAgain(lane, seq);
    case 'letter':
      // it is kept, and whoever had it tried again sees that
      return (await lane.marks.end()) === 'fenced' ? 'fenced' : 'next';
    default:
      return what satisfies never;
  }
}

async function recoverEntry(lane: Lane, seq: Seq): Promise<Step> {
  const { marks, deps, of } = lane;
  const found = await marks.store(() => deps.since(of.portal, (seq - 1) as Seq, 1));
  const item = found[0] === undefined ? null : createItem(found[0], { stamp: of.touched.stamp(), isReadBack: true });
  const concern = item?.concern() ?? null;
  if (item === null || item.seq !== seq || concern === null) {
    report(lane, { kind: 'unknown', refs: [] }, null);
    return (await marks.end()) === 'fenced' ? 'fenced' : 'next';
  }
  const prepared = await prepare(concern, of.portal, lane.target(), lane.known);
  if (prepared.plan.kind === 'drop') return giveUp(lane, item, concern);
  const about = {
    entry: item.entry,
    message: prepared.message,
    preparedAt: null,
    expires: false,
    inDoubt: true,
    slots: [],
  };
  return finish(lane, item, concern, prepared, await lane.send(prepared.plan, about));
}

/** In doubt, and what it would say now is nothing: it is never sent again, and counted. */
function giveUp(lane: Lane, item: Item, { wire }: Concern): Step {
  const message: MessageId = wire.type === 'message' ? wire.message.id : wire.id;
  const prepared = { message, plan: { kind: 'drop', reason: 'gone' }, copies: [], goesFirst: false } as const;
  const sent = { kind: 'unknown', refs: [] } as const;
  lane.marks.settle(item, factsOf(lane, item.seq, wire.type, prepared, sent));
  report(lane, sent, null);
  return 'next';
}
