import { stepKey } from '../../async/mint.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Delivery } from './deliveries.ts';
import { payloadOf, type Told } from './payload.ts';
import { type Outcome, type SendDeps, send } from './send.ts';
import { signatureOf } from './sign.ts';
import type { Subscription } from './subscriptions.ts';

/** One try, now. Never rejects. */
export type Attempt = (subscription: Subscription, told: Told, id: string, signal: AbortSignal) => Promise<Outcome>;

export function createAttempt(deps: SendDeps): Attempt {
  return (subscription, told, id, signal) => {
    const { url, channel } = subscription;
    const now = deps.clock.now();
    const seconds = Math.floor(now / 1_000);
    const body = payloadOf(id, channel, told);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatureOf({ id, seconds, body }, secretsOf(subscription, now)),
    };
    return send({ url, headers, body }, deps, signal);
  };
}

/** The same in every try, on every hub. */
export function deliveryIdOf({ id }: Subscription, { source, place }: Pick<Told, 'source' | 'place'>): string {
  return stepKey('webhook-out', id, source, String(place));
}

/** What is written down of a try. */
export function triedOf(
  { id: hook }: Subscription,
  { source, place, type }: Told,
  { status, say }: Outcome,
  rest: Pick<Delivery, 'id' | 'state' | 'tries' | 'madeAt' | 'triedAt'>,
): Delivery {
  return { ...rest, hook, source, place, kind: type, status, say };
}

function secretsOf({ secret, oldSecret, oldUntil }: Subscription, now: EpochMs): readonly string[] {
  const isOldGood = oldSecret !== null && (oldUntil ?? 0) > now;
  return isOldGood ? [secret, oldSecret] : [secret];
}
