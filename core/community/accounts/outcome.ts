import type { Actor } from '../../domain/inbound.ts';
import type { Refusal } from '../../domain/receipt.ts';

/** Why something about an account was turned down. `taken`: the name, or one that looks like it, belongs to somebody. */
export interface Problem {
  readonly ok: false;
  readonly code: Refusal | 'taken';
  /** A sentence for the person. */
  readonly say: string;
  /** The field of the form that is wrong, where it is one. */
  readonly field: 'name' | 'password' | 'invite' | 'claim' | 'token' | null;
  readonly retryAfterMs: number | null;
}
export type Outcome<T> = { readonly ok: true; readonly value: T } | Problem;

/** Somebody who now holds a session. The token is told here once and never again. */
export interface SignedIn {
  readonly token: string;
  readonly actor: Actor;
  readonly isAdmin: boolean;
}

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function problem(code: Problem['code'], say: string, field: Problem['field'] = null): Problem {
  return { ok: false, code, say, field, retryAfterMs: null };
}

export function tooFast(retryAfterMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const wait = seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
  return {
    ok: false,
    code: 'rate-limited',
    say: `Too many attempts. Try again in ${wait}.`,
    field: null,
    retryAfterMs: Math.max(1, Math.ceil(retryAfterMs)),
  };
}
