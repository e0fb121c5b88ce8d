import type { Actor } from '../../domain/inbound.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { HouseRulesDeeds, HouseRulesQuestions } from '../../plugin/asked/house-rules.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { HouseRulesDesk } from './desk.ts';

type Answers<Table extends { readonly [K in keyof Table]: readonly [unknown, unknown] }> = {
  readonly [K in keyof Table]: (actor: Actor, input: Table[K][0]) => Promise<Answer<Table[K][1]>>;
};

export function createHouseRulesDeeds(desk: HouseRulesDesk): Answers<HouseRulesDeeds> {
  return {
    'set-house-rules': async (actor, { channel, text }) => answerOf(await desk.set(actor, channel, text)),
    'accept-house-rules': async (actor, { channel, version }) => answerOf(await desk.accept(actor, channel, version)),
  };
}

export function createHouseRulesQuestions(
  desk: HouseRulesDesk,
  versions: Answers<HouseRulesQuestions>['house-rules-versions'],
): Answers<HouseRulesQuestions> {
  return {
    'house-rules-versions': versions,
    'house-rules': async (actor, { channel }) => answerOf(await desk.get(actor, channel)),
  };
}

function answerOf<T extends object>(found: T | Receipt): Answer<T> {
  if (!isReceipt(found)) return { ok: true, value: found };
  if (found.kind === 'refused') return { ok: false, code: found.code, say: found.say };
  return { ok: false, code: 'unavailable', say: 'The hub cannot do that now; try again.' };
}

function isReceipt(value: object): value is Receipt {
  return 'kind' in value;
}
