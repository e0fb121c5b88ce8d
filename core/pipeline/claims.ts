import type { ChannelId, EpochMs, MessageId } from '../domain/ids.ts';
import type { Entry } from '../store/ports.ts';
import type { TakenBody } from './held-facts.ts';

/** Messages whose claims are remembered; those over are dropped first. */
const MOST = 2_000;

/** A moderator looks at a message: others leave it alone until then. */
export interface Claim extends TakenBody {
  readonly channel: ChannelId;
}

/** Who looks at which message, as the log tells: the first is the one on every hub. Lost when a hub starts. */
export interface Claims {
  apply(batch: readonly Entry[]): void;
  /** Null: nobody. */
  of(message: MessageId, now: EpochMs): Claim | null;
  list(channel: ChannelId, now: EpochMs): readonly Claim[];
}

export function createClaims(): Claims {
  const claims = new Map<MessageId, Claim>();

  function take(body: TakenBody, channel: ChannelId, at: EpochMs): void {
    const known = claims.get(body.id);
    const isFree = known === undefined || known.by === body.by || known.until <= at;
    if (!isFree) return;
    claims.delete(body.id);
    if (body.until > at) claims.set(body.id, { ...body, channel });
    if (claims.size > MOST) tidy(at);
  }

  function tidy(at: EpochMs): void {
    for (const [id, { until }] of claims) if (until <= at) claims.delete(id);
    const [oldest] = claims.size > MOST ? claims.keys() : [];
    if (oldest !== undefined) claims.delete(oldest);
  }

  return {
    apply(batch) {
      for (const { kind, channel, body, at } of batch) {
        if (kind === 'taken' && channel !== null) take(JSON.parse(body) as TakenBody, channel, at);
      }
    },
    of(message, now) {
      const known = claims.get(message);
      return known !== undefined && known.until > now ? known : null;
    },
    list: (channel, now) => [...claims.values()].filter((one) => one.channel === channel && one.until > now),
  };
}
