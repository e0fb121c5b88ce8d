import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import type { TwitchConfig } from './config.ts';
import { authError } from './failures.ts';
import type { Identity, OAuth, TokenPair } from './oauth.ts';

/** Twitch wants every token to be checked at least this often. */
const CHECK_MS = 60 * 60_000;
/** A token that ends sooner is renewed. */
const RENEW_BEFORE_MS = 10 * 60_000;
const RETRY_MS = 60_000;
const STATE = 'tokens';

/** `previous` is the refresh token before the last renewal: dropped only once the new pair has proved itself. */
const kept = z.object({
  seed: z.string(),
  access: z.string(),
  refresh: z.string(),
  previous: z.string().nullable(),
});
type Kept = z.output<typeof kept>;

/** What the bot shows to Twitch, kept good. */
export interface Tokens {
  /** Loads the pair and checks it. @throws {BridgeError} `auth` when Twitch refuses it */
  start(signal: AbortSignal): Promise<Identity>;
  access(): string;
  /** Makes a new pair unless that was done since `stale` was handed out. @throws {BridgeError} */
  renew(stale: string, signal: AbortSignal): Promise<void>;
  /** What the last check said; null before `start`. */
  identity(): Identity | null;
  stop(): void;
}

export interface TokensDeps {
  readonly config: Pick<TwitchConfig, 'clientId' | 'accessToken' | 'refreshToken'>;
  readonly oauth: OAuth;
  readonly hub: Pick<HubPort, 'state' | 'clock' | 'log'>;
  /** A check in the background was refused for good, or said something new. */
  readonly onRefused: (error: unknown) => void;
  readonly onChecked: () => void;
}

export function createTokens({ config, oauth, hub, onRefused, onChecked }: TokensDeps): Tokens {
  const { state, clock, log } = hub;
  const stopping = new AbortController();
  let pair: Kept = seedOf(config);
  let identity: Identity | null = null;
  let isSaved = true;
  let renewing: Promise<void> | null = null;
  let cancelCheck = (): void => {};

  async function save(next: Kept): Promise<void> {
    pair = next;
    try {
      await state.save(STATE, JSON.stringify(next));
      isSaved = true;
    } catch (error) {
      isSaved = false;
      log.error({ say: error instanceof Error ? error.name : '' }, 'renewed token not stored, will be tried again');
    }
  }

  async function load(): Promise<void> {
    const seed = seedOf(config);
    const parsed = kept.safeParse(parseJson(await state.load(STATE)));
    // other tokens in the configuration than those that the kept ones came from: the operator has put in new ones
    pair = parsed.success && parsed.data.seed === seed.seed ? parsed.data : seed;
  }

  /** The old refresh token stays in the store until the new pair was accepted: a crash in between loses neither. */
  async function exchange(signal: AbortSignal): Promise<void> {
    const { seed, refresh, previous } = pair;
    const fresh = (await oauth.refresh(refresh, signal)) ?? (previous && (await oauth.refresh(previous, signal)));
    if (!fresh) throw authError('Twitch refuses the refresh token or the client secret: authorize the bot again');
    await save({ seed, ...fresh, previous: fresh.refresh === refresh ? null : refresh });
    log.info({}, 'token renewed');
  }

  /** One renewal at a time; whoever comes meanwhile waits for it. */
  function renewOnce(): Promise<void> {
    renewing ??= exchange(stopping.signal).finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function check(signal: AbortSignal): Promise<Identity> {
    let found = await oauth.validate(pair.access, signal);
    if (found === null || found.expiresInMs <= RENEW_BEFORE_MS) {
      await renewOnce();
      found = await oauth.validate(pair.access, signal);
    }
    if (found === null) throw authError('Twitch refuses the access token: authorize the bot again');
    if (found.clientId !== config.clientId) {
      throw authError('the access token was made for another application than clientId');
    }
    if (identity !== null && identity.userId !== found.userId) {
      throw authError('the renewed token belongs to another account');
    }
    identity = found;
    if (pair.previous !== null || !isSaved) await save({ ...pair, previous: null });
    return found;
  }

  function checkIn(ms: number): void {
    cancelCheck();
    if (!stopping.signal.aborted) cancelCheck = clock.after(ms, () => void checkAgain());
  }

  async function checkAgain(): Promise<void> {
    try {
      checkIn(waitAfter(await check(stopping.signal)));
      onChecked();
    } catch (error) {
      if (stopping.signal.aborted) return;
      checkIn(RETRY_MS);
      onRefused(error);
    }
  }

  return {
    async start(signal) {
      await load();
      const found = await check(AbortSignal.any([signal, stopping.signal]));
      checkIn(waitAfter(found));
      return found;
    },
    access: () => pair.access,
    async renew(stale, signal) {
      if (stale !== pair.access) return;
      await Promise.race([renewOnce(), aborted(signal)]);
    },
    identity: () => identity,
    stop() {
      stopping.abort();
      cancelCheck();
    },
  };
}

/** Each hour, and before the token ends. */
function waitAfter({ expiresInMs }: Identity): number {
  return Math.min(CHECK_MS, Math.max(expiresInMs - RENEW_BEFORE_MS / 2, RETRY_MS));
}

function seedOf({ accessToken, refreshToken }: TokensDeps['config']): Kept {
  const seed = createHash('sha256').update(`${accessToken}\n${refreshToken}`).digest('base64url');
  return { seed, access: accessToken, refresh: refreshToken, previous: null } satisfies Kept & TokenPair;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null; // what cannot be read is as if it were not there: the configuration stands in
  }
}
