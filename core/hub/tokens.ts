import type { Accounts } from '../community/accounts/accounts.ts';
import { type Admit, createAdmit } from '../community/tokens/admit.ts';
import { createTokenAsked, type TokenAsked } from '../community/tokens/deeds.ts';
import { createEndings, type Endings } from '../community/tokens/endings.ts';
import { createTokens, type Tokens } from '../community/tokens/tokens.ts';
import { createTokenVerifier, looksLikeApiToken } from '../community/tokens/verify.ts';
import type { EpochMs, TokenId } from '../domain/ids.ts';
import type { Verified } from '../plugin/surface.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { HubOptions } from './options.ts';
import type { Order } from './order.ts';

/** Tokens for programs, and who comes by what. */
export interface OpenedTokens extends TokenAsked {
  readonly tokens: Tokens;
  /** What a token lets through. */
  readonly admit: Admit;
  readonly endings: Endings;
  /** Null: there is no such token. */
  readonly madeAt: (token: TokenId) => EpochMs | null;
  /** Any token that the hub knows: of a session, a guest, the main site, or for a program. */
  verify(token: string | null): Promise<Verified>;
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly knowledge: Knowledge;
  readonly order: Pick<Order, 'append'>;
  readonly accounts: Pick<Accounts, 'verify'>;
}

export function openTokens(
  { sql, knowledge, order, accounts }: Parts,
  { clock, log: logger, nativePlatform }: HubOptions,
): OpenedTokens {
  const { directory, facts } = knowledge;
  const platforms = { native: nativePlatform, site: `${nativePlatform}-site` };
  const tokens = createTokens({ sql, directory, append: order.append, clock, platforms });
  const verifier = createTokenVerifier({ sql, directory, clock, logger, platforms });
  const admit = createAdmit({
    token: (grant) => directory.tokens.get(grant.token),
    event: (id) => directory.events.current().find((one) => one.id === id) ?? null,
    now: clock.now,
  });
  const endings = createEndings({ isGood: admit.isGood, feed: knowledge.feed, clock });
  return {
    ...createTokenAsked({ tokens, directory, facts, clock }),
    tokens,
    admit,
    endings,
    madeAt: (token) => directory.tokens.get(token)?.createdAt ?? null,
    verify: (token) => (token !== null && looksLikeApiToken(token) ? verifier.verify(token) : accounts.verify(token)),
    async stop() {
      endings.stop();
      await verifier.stop();
    },
  };
}
