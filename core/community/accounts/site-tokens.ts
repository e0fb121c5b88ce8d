import type { errors as Errors, JWTPayload } from 'jose';
import type { AccountsOptions } from './options.ts';

/** What the main site says about somebody. */
export interface SiteAccount {
  /** The site's own immutable id of the account. */
  readonly sub: string;
  /** As the site has it, not cleaned; null where it says none. */
  readonly name: string | null;
}
export type SiteVerdict =
  | { readonly kind: 'good'; readonly account: SiteAccount }
  | { readonly kind: 'bad' }
  /** The site's keys cannot be had now. */
  | { readonly kind: 'unavailable' };

/** Asymmetric ones alone: with a shared-secret algorithm the public key would sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_S = 30;
const KEYS_DEADLINE_MS = 5_000;
const MAX_TOKEN = 4_096;
const MAX_SUB = 255;

/** Verifies tokens of the main site by its published keys. Null where none is configured. */
export function createSiteTokens({
  config,
  clock,
  log,
}: Pick<AccountsOptions, 'config' | 'clock' | 'log'>): ((token: string) => Promise<SiteVerdict>) | null {
  const jwt = config.accounts.jwt;
  if (jwt === null) return null;
  // Most hubs have no site behind them and need not load this.
  const loaded = import('jose').then((jose) => ({
    ...jose,
    keys: jose.createRemoteJWKSet(new URL(jwt.jwksUrl), { timeoutDuration: KEYS_DEADLINE_MS }),
  }));
  return async (token) => {
    if (token.length > MAX_TOKEN) return { kind: 'bad' };
    const { jwtVerify, errors, keys } = await loaded;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: jwt.issuer,
        audience: jwt.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(clock.now()),
      });
      return readPayload(payload);
    } catch (error) {
      if (isTokensFault(error, errors)) return { kind: 'bad' };
      log.warn({ err: error }, 'keys of the main site not loaded');
      return { kind: 'unavailable' };
    }
  };
}

export function looksLikeSiteToken(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}

function readPayload(payload: JWTPayload): SiteVerdict {
  const { sub, name, preferred_username: username } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUB) return { kind: 'bad' };
  const given = [name, username].find((value) => typeof value === 'string' && value !== '');
  return {
    kind: 'good',
    account: { sub, name: typeof given === 'string' ? given : null },
  };
}

/** Anything else went wrong while the keys were fetched. */
function isTokensFault(error: unknown, errors: typeof Errors): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return ![errors.JOSEError.code, errors.JWKSInvalid.code, errors.JWKSTimeout.code].includes(error.code);
}
