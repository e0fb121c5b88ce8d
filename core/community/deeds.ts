import type { Actor } from '../domain/inbound.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { OrderDeeds } from '../plugin/asked/order.ts';
import type { Answer, Deeds, Questions } from '../plugin/surface.ts';
import type { Modes } from './moderation/modes.ts';
import type { Queue } from './moderation/queue.ts';
import type { Reports } from './moderation/reports.ts';
import type { Settings } from './moderation/settings.ts';

export interface DeedDeps {
  readonly queue: Queue;
  readonly reports: Reports;
  readonly modes: Modes;
  readonly settings: Settings;
  /** A cause of its own for each act: nothing tells it twice. */
  readonly newCause: () => string;
}

export type Do = {
  readonly [K in keyof Deeds]: (actor: Actor, deed: Deeds[K][0]) => Promise<Answer<Deeds[K][1]>>;
};
type OrderQuestions = Pick<
  { readonly [K in keyof Questions]: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>> },
  'settings' | 'queue' | 'reports'
>;

/** What is done by a button or a form; each act judges for itself who may do it. */
export function createDeeds({ queue, reports, modes, settings, newCause }: DeedDeps): Pick<Do, keyof OrderDeeds> {
  return {
    async 'set-settings'(actor, { channel, change }) {
      const set = await settings.set(actor, channel, change);
      return isRefusal(set) ? answerOf(set, NOTHING) : { ok: true, value: { settings: set } };
    },
    async 'set-channel-picture'(actor, { channel, url }) {
      const set = await settings.setPicture(actor, channel, url);
      return isRefusal(set) ? answerOf(set, NOTHING) : { ok: true, value: { picture: set.picture } };
    },
    async 'set-slow'(by, { channel, seconds }) {
      const { receipt, say } = await modes.set({ by, channel, change: { kind: 'slow', seconds }, cause: newCause() });
      return answerOf(receipt, () => ({ say }));
    },
    async 'set-shield'(by, { channel, isOn }) {
      const { receipt, say } = await modes.set({ by, channel, change: { kind: 'shield', isOn }, cause: newCause() });
      return answerOf(receipt, () => ({ say }));
    },
    'take-held': async (by, { channel, message: id }) => answerOf(await queue.take({ by, channel, id }), () => ({})),
    'release-held': async (by, { channel, message: id }) =>
      answerOf(await queue.release({ by, channel, id }), ({ seq }) => ({ seq })),
    'discard-held': async (by, { channel, message: id, reason }) =>
      answerOf(await queue.discard({ by, channel, id, reason }), () => ({})),
    report: async (by, { channel, message: id, reason }) =>
      answerOf(await reports.report({ by, channel, id, reason }), ({ kind }) => ({ isNew: kind === 'accepted' })),
    'decide-reports': async (by, { channel, message: id, as, reason }) =>
      answerOf(await reports.decide({ by, channel, id, as, reason }), () => ({})),
  };
}

export function createOrderQuestions({ queue, reports, modes, settings }: Omit<DeedDeps, 'newCause'>): OrderQuestions {
  return {
    async settings(actor, { channel }) {
      const found = settings.get(actor, channel);
      if (isRefusal(found)) return answerOf(found, NOTHING);
      return { ok: true, value: { settings: found, mode: modes.now(channel) } };
    },
    async queue(actor, query) {
      const found = await queue.list(actor, query);
      return isRefusal(found) ? answerOf(found, NOTHING) : { ok: true, value: found };
    },
    async reports(actor, { channel, limit }) {
      const found = await reports.list(actor, channel, limit);
      return 'kind' in found ? answerOf(found, NOTHING) : { ok: true, value: { reported: found } };
    },
  };
}

function isRefusal(value: object): value is Receipt {
  return 'kind' in value;
}

function NOTHING(): never {
  throw new Error('only what is refused comes here');
}

type Accepted = Exclude<Receipt, { kind: 'refused' | 'stopping' }>;

function answerOf<T>(receipt: Receipt, value: (receipt: Accepted) => T): Answer<T> {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged':
      return { ok: true, value: value(receipt) };
    case 'refused':
      return { ok: false, code: receipt.code, say: receipt.say };
    case 'stopping':
      return { ok: false, code: 'unavailable', say: 'The hub is going down; try again.' };
  }
}
