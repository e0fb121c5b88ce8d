import { isIP } from 'node:net';
import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { isPublic } from '../../domain/channel.ts';
import type { ChannelId, Seq, WebhookId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Outside } from '../../media/outside.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { HookOutDeeds, HookOutQuestions, ShownDelivery, Tried } from '../../plugin/asked/hooks-out.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { type Attempt, triedOf } from './attempt.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { payloadOf, type Told } from './payload.ts';
import { mayHear, type Source, testOf } from './source.ts';
import { type Subscription, type Subscriptions, shownOf } from './subscriptions.ts';

export interface HookOutAsked {
  readonly questions: {
    readonly [K in keyof HookOutQuestions]: (
      actor: Actor,
      question: HookOutQuestions[K][0],
    ) => Promise<Answer<HookOutQuestions[K][1]>>;
  };
  readonly deeds: {
    readonly [K in keyof HookOutDeeds]: (actor: Actor, deed: HookOutDeeds[K][0]) => Promise<Answer<HookOutDeeds[K][1]>>;
  };
}

export interface HookOutDeedDeps {
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
  readonly source: Source;
  readonly attempt: Attempt;
  readonly facts: LiveFacts;
  readonly outside: Pick<Outside, 'isAllowed'>;
  readonly sql: Pick<Sql, 'write'>;
  readonly headSeq: (channel: ChannelId) => Seq | null;
  readonly append: (step: Step) => Promise<void>;
  /** Subscriptions are others than before: to every hub. */
  readonly changed: () => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly stopping: AbortSignal;
}

type Refused = Extract<Answer<never>, { ok: false }>;
const MINUTE_MS = 60_000;

/** In public channels of those who moderate them; elsewhere each member has their own, which nobody else sees. */
export function createHookOutAsked(deps: HookOutDeedDeps): HookOutAsked {
  const { subscriptions, deliveries, source, facts, outside, headSeq, changed, clock } = deps;

  function managed(actor: Actor, id: ChannelId): Place | Refused {
    if (actor.isGuest) return SIGN_IN;
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    return mayHear(here, []) ? here : FOR_MODERATORS;
  }

  const isTheirs = (actor: Actor, { channel }: Place, { owner }: Subscription): boolean =>
    isPublic(channel.kind) || facts.sameAs(actor.user).includes(owner);

  async function onOne<T>(
    actor: Actor,
    { channel, id }: { readonly channel: ChannelId; readonly id: WebhookId },
    act: (subscription: Subscription, here: Place) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const here = managed(actor, channel);
    if ('ok' in here) return here;
    const found = await subscriptions.get(id);
    const isKnown = found !== null && found.channel === channel && isTheirs(actor, here, found);
    return isKnown ? act(found, here) : NO_SUBSCRIPTION;
  }

  /** What every delivery would be refused for is told at once. */
  function wrongUrl(url: string | null): Refused | null {
    if (url === null) return null;
    const { hostname, username, password } = new URL(url);
    if (username !== '' || password !== '') return NO_PASSWORDS;
    const address = hostname.replace(/^\[|\]$/g, '');
    return isIP(address) !== 0 && !outside.isAllowed(address) ? NOT_PUBLIC : null;
  }

  /** Public channels alone: who listens in a conversation is nobody else's business. */
  async function noted(act: string, { channel, scope }: Place, actor: Actor, { id, owner, url }: Subscription) {
    if (!isPublic(channel.kind)) return;
    const audit = { act, by: actor.user, target: owner, message: null, channel: channel.id, until: null };
    const reason = new URL(url).origin.slice(0, MAX_REASON);
    const step = actStep(scope, stepKey(act, id, newRowId()), clock.now(), { audit: { ...audit, reason } });
    await deps.append(step);
  }

  async function tryNow(subscription: Subscription, told: Told, before: Delivery | null): Promise<Answer<Tried>> {
    if (!source.isAllowed(subscription)) return NOT_ALLOWED;
    const id = before?.id ?? newRowId();
    const outcome = await deps.attempt(subscription, told, id, deps.stopping);
    const now = clock.now();
    const hasArrived = outcome.kind === 'arrived';
    // what waits in its turn is tried again there
    const state = hasArrived || before?.state === 'done' ? 'done' : before?.state === 'waiting' ? 'waiting' : 'dead';
    const rest = { id, state, tries: (before?.tries ?? 0) + 1, madeAt: before?.madeAt ?? now, triedAt: now } as const;
    await deps.sql.write(deliveries.note(triedOf(subscription, told, outcome, rest)));
    return { ok: true, value: { arrived: hasArrived, status: outcome.status, say: outcome.say } };
  }

  async function shownDelivery(subscription: Subscription, delivery: Delivery): Promise<ShownDelivery> {
    const { id, kind, state, tries, status, say, madeAt, triedAt } = delivery;
    const told = source.isAllowed(subscription) ? await source.again(subscription, delivery) : null;
    const payload = told === null ? null : payloadOf(id, subscription.channel, told);
    return { id, kind, state, tries, status, say, madeAt, triedAt, payload };
  }

  return {
    questions: {
      async subscriptions(actor, { channel }) {
        const here = managed(actor, channel);
        if ('ok' in here) return here;
        const found = await subscriptions.list(channel);
        return { ok: true, value: { subscriptions: found.filter((one) => isTheirs(actor, here, one)).map(shownOf) } };
      },
      'hook-deliveries': (actor, { limit, ...of }) =>
        onOne(actor, of, async (subscription) => {
          const shown: ShownDelivery[] = [];
          for (const one of await deliveries.list(subscription.id, limit, clock.now())) {
            shown.push(await shownDelivery(subscription, one));
          }
          return { ok: true, value: { deliveries: shown } };
        }),
    },
    deeds: {
      async subscribe(actor, { channel, url, kinds }) {
        const here = managed(actor, channel);
        if ('ok' in here) return here;
        if (!mayHear(here, kinds)) return FOR_MODERATORS;
        const wrong = wrongUrl(url);
        if (wrong !== null) return wrong;
        const afterAudit = await subscriptions.newestAudit();
        const wish = { channel, owner: actor.user, url, kinds, afterSeq: headSeq(channel) ?? 0, afterAudit };
        const made = await subscriptions.make(wish);
        if (made === null) return TOO_MANY;
        changed();
        await noted('webhook-out', here, actor, made);
        return { ok: true, value: { subscription: shownOf(made), secret: made.secret } };
      },
      'change-subscription': (actor, { url, kinds, isPaused, ...of }) =>
        onOne(actor, of, async ({ id, paused }, here) => {
          if (kinds !== null && !mayHear(here, kinds)) return FOR_MODERATORS;
          const wrong = wrongUrl(url);
          if (wrong !== null) return wrong;
          const goesOn = isPaused === false && paused !== null;
          await subscriptions.change(id, {
            // what waits is tried at once
            try_at: 0,
            ...(url !== null && { url }),
            ...(kinds !== null && { kinds: JSON.stringify([...new Set(kinds)]) }),
            ...(isPaused === true && paused === null && { paused_why: 'asked' }),
            ...(goesOn && { paused_why: null, failing_since: null }),
          });
          changed();
          const after = await subscriptions.get(id);
          return after === null ? NO_SUBSCRIPTION : { ok: true, value: { subscription: shownOf(after) } };
        }),
      'rotate-subscription': (actor, { overlapMinutes, ...of }) =>
        onOne(actor, of, async ({ id }) => {
          const secret = await subscriptions.rotate(id, overlapMinutes * MINUTE_MS);
          const after = await subscriptions.get(id);
          return after === null ? NO_SUBSCRIPTION : { ok: true, value: { subscription: shownOf(after), secret } };
        }),
      unsubscribe: (actor, of) =>
        onOne(actor, of, async (subscription, here) => {
          await subscriptions.remove(subscription.id);
          changed();
          await noted('webhook-out-remove', here, actor, subscription);
          return { ok: true, value: {} };
        }),
      'test-subscription': (actor, of) =>
        onOne(actor, of, (subscription) => tryNow(subscription, testOf(clock.now()), null)),
      redeliver: (actor, { delivery, ...of }) =>
        onOne(actor, of, async (subscription) => {
          const before = await deliveries.get(subscription.id, delivery);
          const told = before === null ? null : await source.again(subscription, before);
          return told === null ? NO_DELIVERY : tryNow(subscription, told, before);
        }),
    },
  };
}

const MAX_REASON = 500;
const SIGN_IN = { ok: false, code: 'sign-in', say: 'Sign in first.' } as const;
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NO_SUBSCRIPTION = { ok: false, code: 'not-found', say: 'There is no such subscription.' } as const;
const NO_DELIVERY = { ok: false, code: 'not-found', say: 'There is no such delivery any more.' } as const;
const FOR_MODERATORS = { ok: false, code: 'forbidden', say: 'That is for those who moderate here.' } as const;
const NOT_ALLOWED = { ok: false, code: 'forbidden', say: 'Its owner may not see this channel any more.' } as const;
const NO_PASSWORDS = { ok: false, code: 'bad-request', say: 'url: no name and password in it.' } as const;
const NOT_PUBLIC = { ok: false, code: 'bad-request', say: 'url: its address is not a public one.' } as const;
const TOO_MANY = {
  ok: false,
  code: 'bad-request',
  say: 'There are as many subscriptions as may be: end one.',
} as const;
