import type { Clock } from '../../async/clock.ts';
import type { TokenId } from '../../domain/ids.ts';
import { isOverlay } from '../../domain/scopes.ts';
import type { Logger } from '../../ops/log.ts';
import type { Verified } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { StoreUnavailable } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { actorOf, people, readOne, readPerson } from '../accounts/rows.ts';
import { matches, parseToken } from '../accounts/secret-token.ts';

/** Who comes by a token for programs. */
export interface TokenVerifier {
  /** Never rejects for want of a store. */
  verify(text: string): Promise<Verified>;
  /** Writes down what was used lately. Never rejects. */
  stop(): Promise<void>;
}

export interface TokenVerifierDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly directory: Pick<Directory, 'tokens' | 'isDisabled'>;
  readonly clock: Pick<Clock, 'now' | 'every'>;
  readonly logger: Logger;
  readonly platforms: { readonly native: string; readonly site: string };
}

/** How often it is written down which tokens were used, and how many at most in between. */
const NOTE_EVERY_MS = 30_000;
const MOST_NOTED = 10_000;

export function looksLikeApiToken(text: string): boolean {
  return text.startsWith('slip_');
}

export function createTokenVerifier({ sql, directory, clock, logger, platforms }: TokenVerifierDeps): TokenVerifier {
  let used = new Map<TokenId, number>();
  let noting: Promise<void> = Promise.resolve();

  async function note(): Promise<void> {
    const now = used;
    used = new Map();
    try {
      const statements = [...now].map(([id, at]) => ({
        query: sql.build.updateTable('api_tokens').set({ last_used_at: at }).where('id', '=', id).compile(),
      }));
      if (statements.length > 0) await sql.write(statements);
    } catch (error) {
      logger.warn({ err: error }, 'which tokens were used was not written down');
    }
  }
  const stopNoting = clock.every(NOTE_EVERY_MS, () => {
    noting = noting.then(note);
  });

  async function holder(text: string): Promise<Verified> {
    const parsed = parseToken('slip', text);
    const token = parsed === null ? null : directory.tokens.get(parsed.id as TokenId);
    if (parsed === null || token === null || !matches(parsed.secret, token.secretHash)) return UNKNOWN;
    if (token.expiresAt !== null && token.expiresAt <= clock.now()) return EXPIRED;
    const row = await readOne(sql, people(sql, platforms).where('u.id', '=', token.user).limit(1).compile());
    if (row === null) return UNKNOWN;
    const person = readPerson(row);
    if (person.isDisabled || directory.isDisabled(person.user)) return DISABLED;
    if (used.size < MOST_NOTED) used.set(token.id, clock.now());
    const { id, scopes, channel, expiresAt } = token;
    const actor = { ...actorOf(person), grant: { token: id, scopes, channel, expiresAt } };
    return { ok: true, actor, isAdmin: person.isAdmin && !isOverlay(actor), token: null };
  }

  return {
    async verify(text) {
      try {
        return await holder(text);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        logger.warn({ err: error }, 'nobody can be verified');
        return { ok: false, code: 'unavailable', say: 'The hub cannot reach its database. Try again soon.' };
      }
    },
    async stop() {
      stopNoting();
      await noting;
      await note();
    },
  };
}

const UNKNOWN = { ok: false, code: 'sign-in', say: 'There is no such token, or it was revoked.' } as const;
const EXPIRED = { ok: false, code: 'sign-in', say: 'This token has expired.' } as const;
const DISABLED = { ok: false, code: 'forbidden', say: 'This account is disabled.' } as const;
