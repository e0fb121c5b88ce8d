import type { EpochMs } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { LiveEvent } from '../../domain/live-event.ts';
import type { Refusal } from '../../domain/receipt.ts';
import { type Grant, isOverlay } from '../../domain/scopes.ts';
import type { ScopeOrNot } from '../../plugin/asked/asked.ts';
import type { ApiToken } from '../../store/directory/token-book.ts';

/** What is asked for, as far as tokens are concerned. */
export interface Wanted {
  readonly scope: ScopeOrNot;
  /** Answers for what its actor can see alone. */
  readonly isListing: boolean;
  /** What overlays are given whatever they ask; null: it is not for them. */
  readonly forOverlays: object | null;
}

export type Admission<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: Refusal; readonly say: string };

type Refused = Extract<Admission<never>, { readonly ok: false }>;

export interface AdmitDeps {
  readonly token: (grant: Grant) => ApiToken | null;
  readonly event: (id: string) => LiveEvent | null;
  readonly now: () => EpochMs;
}

/** Whether somebody's token lets them ask for this, before anything else is looked at. */
export interface Admit {
  /** Narrows what is asked to the channel of the token. Who comes without a token is let through. */
  question<T extends object>(actor: Actor, wanted: Wanted, asked: T): Admission<T>;
  /** For what names its channel by itself. Null: let through. */
  scope(actor: Actor, scope: ScopeOrNot): Refused | null;
  /** Whether a token is worth anything: neither revoked nor over. */
  isGood(grant: Grant): boolean;
}

export function createAdmit({ token, event, now }: AdmitDeps): Admit {
  function over(grant: Grant): Refused | null {
    if (token(grant) === null) return REVOKED;
    return grant.expiresAt !== null && grant.expiresAt <= now() ? EXPIRED : null;
  }

  function scope(actor: Actor, wanted: ScopeOrNot): Refused | null {
    const { grant } = actor;
    if (grant === undefined) return null;
    const worthless = over(grant);
    if (worthless !== null) return worthless;
    if (isOverlay(actor)) return NOT_FOR_OVERLAYS;
    if (wanted === 'session') return { ok: false, code: 'forbidden', say: 'No token can do that: sign in.' };
    if (wanted === 'any' || grant.scopes.includes(wanted)) return null;
    return { ok: false, code: 'forbidden', say: `This token lacks the scope ${wanted}.` };
  }

  return {
    scope,
    isGood: (grant) => over(grant) === null,
    question(actor, wanted, whole) {
      const isShown = isOverlay(actor) && wanted.forOverlays !== null;
      const refusal = isShown && actor.grant !== undefined ? over(actor.grant) : scope(actor, wanted.scope);
      if (refusal !== null) return refusal;
      const asked = isShown ? { ...whole, ...wanted.forOverlays } : whole;
      const only = actor.grant?.channel ?? null;
      if (only === null) return { ok: true, value: asked };
      if ('channel' in asked) {
        const named = asked.channel;
        if (named !== null && named !== only) return NO_CHANNEL;
        return { ok: true, value: { ...asked, channel: only } };
      }
      if ('event' in asked) {
        const found = typeof asked.event === 'string' ? event(asked.event) : null;
        return found?.channel === only ? { ok: true, value: asked } : NO_EVENT;
      }
      return wanted.isListing ? { ok: true, value: asked } : ELSEWHERE;
    },
  };
}

const REVOKED = { ok: false, code: 'sign-in', say: 'There is no such token, or it was revoked.' } as const;
const EXPIRED = { ok: false, code: 'sign-in', say: 'This token has expired.' } as const;
const NOT_FOR_OVERLAYS = {
  ok: false,
  code: 'forbidden',
  say: 'This token is for an overlay: it shows what is said in its channel, and does nothing else.',
} as const;
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NO_EVENT = { ok: false, code: 'not-found', say: 'There is no such event, or it is over.' } as const;
const ELSEWHERE = { ok: false, code: 'forbidden', say: 'This token is for one channel alone.' } as const;
