import type { Clock } from '../../async/clock.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Grant } from '../../domain/scopes.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Me, ShownToken } from '../../plugin/asked/tokens.ts';
import type { Answer, Deeds, Questions } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { ListedToken, Tokens } from './tokens.ts';

type TokenQuestion = 'me' | 'tokens';
type TokenDeed = 'create-token' | 'revoke-token';
export type TokenAsked = {
  readonly questions: {
    readonly [K in TokenQuestion]: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
  };
  readonly deeds: { readonly [K in TokenDeed]: (actor: Actor, deed: Deeds[K][0]) => Promise<Answer<Deeds[K][1]>> };
};

export interface TokenDeedDeps {
  readonly tokens: Tokens;
  readonly directory: Pick<Directory, 'tokens' | 'isAdmin' | 'isDisabled'>;
  readonly facts: LiveFacts;
  readonly clock: Pick<Clock, 'now'>;
}

/** Tokens are managed by who has signed in: one token cannot make another. */
export function createTokenAsked({ tokens, directory, facts, clock }: TokenDeedDeps): TokenAsked {
  const mayActFor = (actor: Actor, user: UserId): boolean =>
    !actor.isGuest && !directory.isDisabled(actor.user) && (user === actor.user || directory.isAdmin(actor.user));

  return {
    questions: {
      async me({ user, name, platform, avatarUrl, isGuest, grant }) {
        const isAdmin = !isGuest && directory.isAdmin(user);
        const token = grant === undefined ? null : tokenOf(grant);
        return { ok: true, value: { user, name, platform, avatarUrl, isGuest, isAdmin, token } };
      },
      async tokens(actor, { user }) {
        const of = user ?? actor.user;
        if (!mayActFor(actor, of)) return actor.isGuest ? SIGN_IN : NOT_YOURS;
        return { ok: true, value: { tokens: (await tokens.list(of)).map(shown) } };
      },
    },
    deeds: {
      async 'create-token'(actor, { user: asked, name, scopes, channel, expiresAt }) {
        const user = asked ?? actor.user;
        if (!mayActFor(actor, user)) return actor.isGuest ? SIGN_IN : NOT_YOURS;
        if (expiresAt !== null && expiresAt <= clock.now()) return PAST;
        if (channel !== null && scopes.includes('account')) return NOT_OF_A_CHANNEL;
        // as far as its holder may know of it
        const holder: Actor = { ...actor, user, isGuest: false };
        if (channel !== null && isReceipt(place(facts, holder, channel, 'read'))) return NO_CHANNEL;
        const kept = [...new Set(scopes)];
        const made = await tokens.make({ user, name, scopes: kept, channel, expiresAt, by: actor.user });
        if (!made.ok) return { ok: false, code: made.code === 'taken' ? 'bad-request' : made.code, say: made.say };
        return {
          ok: true,
          value: { token: shown({ ...made.value.token, lastUsedAt: null }), secret: made.value.text },
        };
      },
      async 'revoke-token'(actor, { id }) {
        const token = directory.tokens.get(id);
        if (token === null || !mayActFor(actor, token.user)) return actor.isGuest ? SIGN_IN : NO_TOKEN;
        return (await tokens.revoke(id)) ? { ok: true, value: {} } : NO_TOKEN;
      },
    },
  };
}

function tokenOf({ token: id, scopes, channel, expiresAt }: Grant): NonNullable<Me['token']> {
  return { id, scopes, channel, expiresAt };
}

function shown({ id, user, name, scopes, channel, createdAt, expiresAt, lastUsedAt }: ListedToken): ShownToken {
  return { id, user, name, scopes, channel, createdAt, expiresAt, lastUsedAt };
}

const SIGN_IN = { ok: false, code: 'sign-in', say: 'Sign in first.' } as const;
const NOT_YOURS = { ok: false, code: 'forbidden', say: 'Only admins see and make the tokens of others.' } as const;
const NO_TOKEN = { ok: false, code: 'not-found', say: 'There is no such token.' } as const;
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const PAST = { ok: false, code: 'bad-request', say: 'expiresAt: is over already.' } as const;
const NOT_OF_A_CHANNEL = {
  ok: false,
  code: 'bad-request',
  say: 'scopes: account reaches beyond one channel; leave it or the channel out.',
} as const;
