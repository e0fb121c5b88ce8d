import type { Clock } from '../../async/clock.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { type Grant, OVERLAY_SCOPE } from '../../domain/scopes.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Me, ShownToken, TokenDeeds, TokenQuestions } from '../../plugin/asked/tokens.ts';
import type { Answer, Deeds, Questions } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { ApiToken } from '../../store/directory/token-book.ts';
import { isBeyondChannels, type ListedToken, sayBeyond, type Tokens } from './tokens.ts';

type TokenQuestion = keyof TokenQuestions;
type TokenDeed = keyof TokenDeeds;
export type TokenAsked = {
  readonly questions: {
    readonly [K in TokenQuestion]: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
  };
  readonly deeds: { readonly [K in TokenDeed]: (actor: Actor, deed: Deeds[K][0]) => Promise<Answer<Deeds[K][1]>> };
};

type Refused = Extract<Answer<never>, { readonly ok: false }>;

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

  /** A channel that an overlay may show: nothing of people among themselves, nor of moderators. */
  function shownBy(actor: Actor, channel: ChannelId): Place | Refused {
    if (actor.isGuest) return SIGN_IN;
    const here = place(facts, actor, channel, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    const { kind } = here.channel;
    return kind === 'crew' || kind === 'direct' ? NOT_SHOWN : here;
  }

  /** The DJ answers for what is on the stream. */
  function mayEnd(actor: Actor, { user, channel, scopes }: ApiToken): boolean {
    if (mayActFor(actor, user)) return true;
    if (channel === null || !scopes.includes(OVERLAY_SCOPE)) return false;
    const here = shownBy(actor, channel);
    return 'standing' in here && may('portals', here.standing).ok;
  }

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
      async 'overlay-tokens'(actor, { channel }) {
        const here = shownBy(actor, channel);
        if (!('standing' in here)) return here;
        const isAll = may('portals', here.standing).ok;
        const found = await tokens.listOverlays(channel, isAll ? null : actor.user);
        return { ok: true, value: { tokens: found.map(shown) } };
      },
    },
    deeds: {
      async 'create-token'(actor, { user: asked, name, scopes, channel, expiresAt }) {
        const user = asked ?? actor.user;
        if (!mayActFor(actor, user)) return actor.isGuest ? SIGN_IN : NOT_YOURS;
        if (expiresAt !== null && expiresAt <= clock.now()) return PAST;
        const beyond = channel === null ? undefined : scopes.find(isBeyondChannels);
        if (beyond !== undefined) return { ok: false, code: 'bad-request', say: `scopes: ${sayBeyond(beyond)}` };
        // as far as its holder may know of it
        const holder: Actor = { ...actor, user, isGuest: false };
        if (channel !== null && isReceipt(place(facts, holder, channel, 'read'))) return NO_CHANNEL;
        const kept = [...new Set(scopes)];
        return answerOf(await tokens.make({ user, name, scopes: kept, channel, expiresAt, by: actor.user }));
      },
      async 'create-overlay-token'(actor, { channel, name }) {
        const here = shownBy(actor, channel);
        if (!('standing' in here)) return here;
        const { user } = actor;
        const scopes = [OVERLAY_SCOPE] as const;
        return answerOf(await tokens.make({ user, name, scopes, channel, expiresAt: null, by: user }));
      },
      async 'revoke-token'(actor, { id }) {
        const token = directory.tokens.get(id);
        if (token === null || !mayEnd(actor, token)) return actor.isGuest ? SIGN_IN : NO_TOKEN;
        return (await tokens.revoke(id, actor.user)) ? { ok: true, value: {} } : NO_TOKEN;
      },
    },
  };
}

function tokenOf({ token: id, scopes, channel, expiresAt }: Grant): NonNullable<Me['token']> {
  return { id, scopes, channel, expiresAt };
}

function answerOf(made: Awaited<ReturnType<Tokens['make']>>): Answer<TokenDeeds['create-token'][1]> {
  if (!made.ok) return { ok: false, code: made.code === 'taken' ? 'bad-request' : made.code, say: made.say };
  return { ok: true, value: { token: shown({ ...made.value.token, lastUsedAt: null }), secret: made.value.text } };
}

function shown({ id, user, name, scopes, channel, createdAt, expiresAt, lastUsedAt }: ListedToken): ShownToken {
  return { id, user, name, scopes, channel, createdAt, expiresAt, lastUsedAt };
}

const SIGN_IN = { ok: false, code: 'sign-in', say: 'Sign in first.' } as const;
const NOT_YOURS = { ok: false, code: 'forbidden', say: 'Only admins see and make the tokens of others.' } as const;
const NO_TOKEN = { ok: false, code: 'not-found', say: 'There is no such token.' } as const;
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const PAST = { ok: false, code: 'bad-request', say: 'expiresAt: is over already.' } as const;
const NOT_SHOWN = {
  ok: false,
  code: 'forbidden',
  say: 'No overlay shows what moderators or people say among themselves.',
} as const;
