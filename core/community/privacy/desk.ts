import { RateLimiterMemory, RateLimiterRes } from '../../async/rate-limiter.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Answer, Deeds, Questions } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { type Outcome, problem } from '../accounts/outcome.ts';
import type { Erasing } from './erase.ts';
import { dataOf } from './export.ts';

/** What people do about what is kept of them. */
export interface PrivacyDesk {
  /** @param confirm must be the name under which they are shown */
  eraseMe(by: Actor, confirm: string): Promise<Outcome<{ readonly say: string }>>;
}

export interface PrivacyDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Pick<Directory, 'sameAs'>;
  readonly erasing: Erasing;
}

/** Parts of one's data a minute. */
const PARTS = { points: 120, duration: 60 };
export const ERASED_SOON =
  'You are being forgotten: your messages go, here and in every room that the hub can reach, and then all else that it keeps of you. That takes a while.';

export function createPrivacyDesk({ erasing }: PrivacyDeps): PrivacyDesk {
  return {
    async eraseMe(by, confirm) {
      if (by.isGuest) return problem('sign-in', 'Sign in to do that.');
      if (confirm.trim().toLowerCase() !== by.name.trim().toLowerCase()) {
        return problem('bad-request', `confirm: write your name, ${by.name}: nothing of it can be undone.`);
      }
      const begun = await erasing.begin(by.user);
      return begun.ok ? { ok: true, value: { say: ERASED_SOON } } : begun;
    },
  };
}

type Of<Table, K extends keyof Table> = Table[K] extends readonly [infer In, infer Out]
  ? (actor: Actor, input: In) => Promise<Answer<Out>>
  : never;

export function createPrivacyDeeds(desk: PrivacyDesk): { readonly 'erase-me': Of<Deeds, 'erase-me'> } {
  return {
    async 'erase-me'(actor, { confirm }) {
      const done = await desk.eraseMe(actor, confirm);
      if (done.ok) return done;
      return { ok: false, code: done.code === 'taken' ? 'decided' : done.code, say: done.say };
    },
  };
}

export function createPrivacyQuestions({ sql, directory }: PrivacyDeps): {
  readonly 'my-data': Of<Questions, 'my-data'>;
} {
  const parts = new RateLimiterMemory(PARTS);
  return {
    async 'my-data'(actor, { after }) {
      if (actor.isGuest) return { ok: false, code: 'sign-in', say: 'Sign in to do that.' };
      try {
        await parts.consume(actor.user);
      } catch (spent) {
        if (!(spent instanceof RateLimiterRes)) throw spent;
        return { ok: false, code: 'rate-limited', say: 'Too fast; wait a minute.' };
      }
      return { ok: true, value: await dataOf(sql, directory.sameAs(actor.user), after) };
    },
  };
}
