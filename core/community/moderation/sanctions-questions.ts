import type { UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Answer, Questions } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { SanctionsDesk } from './sanctions-desk.ts';

export interface SanctionQuestionDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'isAdmin' | 'isDisabled'>;
  readonly desk: Pick<SanctionsDesk, 'audit' | 'karma' | 'karmaLines'>;
}

export type SanctionQuestions = {
  readonly [K in 'audit' | 'karma']: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
};

const MOST_KARMA_LINES = 50;

/** The ledgers, for those whom they concern. */
export function createSanctionQuestions({ facts, directory, desk }: SanctionQuestionDeps): SanctionQuestions {
  /** The channel, for whoever moderates there. */
  function moderated(actor: Actor, id: Questions['karma'][0]['channel']): Place | Refused {
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    return may('timeout', here.standing).ok ? here : NOT_FOR_ALL;
  }

  return {
    async audit(actor, { channel: id, target, before, limit }) {
      const here = id === null ? null : moderated(actor, id);
      const isAdmin = !actor.isGuest && !directory.isDisabled(actor.user) && directory.isAdmin(actor.user);
      if (id === null && !isAdmin) return NOT_FOR_ALL;
      if (here !== null && 'ok' in here) return here;
      const acts = await desk.audit.read({ channel: here?.channel ?? null, target, act: null, before, limit });
      return { ok: true, value: { acts } };
    },
    async karma(actor, { channel: id, user }) {
      const isOwn = user === actor.user && !actor.isGuest;
      const here = isOwn ? null : moderated(actor, id);
      if (here !== null && 'ok' in here) return here;
      return { ok: true, value: { balance: desk.karma.karmaOf(user), lines: await lines(user) } };
    },
  };

  /** Who gave what is told to nobody: thanks are given freely, and moderators are not to be argued with one by one. */
  async function lines(user: UserId): Promise<Questions['karma'][1]['lines']> {
    const all = await desk.karmaLines(user, MOST_KARMA_LINES);
    return all.map(({ points, why, at }) => ({ points, why, at }));
  }
}

type Refused = Extract<Answer<never>, { ok: false }>;

const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NOT_FOR_ALL = { ok: false, code: 'forbidden', say: 'That is for moderators of the channel.' } as const;
