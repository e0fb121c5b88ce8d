import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { newMessageId } from '../async/mint.ts';
import { RateLimiterMemory, RateLimiterRes } from '../async/rate-limiter.ts';
import { createSerialByKey, TooManyWaiting } from '../async/serial-by-key.ts';
import type { Conversations } from '../community/directs/aside.ts';
import { createKarmaGiver } from '../community/karma/give.ts';
import { scopeOf } from '../domain/channel.ts';
import type { ChannelId } from '../domain/ids.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { Asked } from '../pipeline/address.ts';
import { createJudge } from '../pipeline/gather-facts.ts';
import { quoteOf } from '../pipeline/normalize.ts';
import { createReactionKinds } from '../pipeline/reaction-kinds.ts';
import { channelStep } from '../pipeline/steps.ts';
import { createUntilFresh, type Fresh } from '../pipeline/until-fresh.ts';
import { type RouterDeps, route } from '../router.ts';
import { type Archive, type LiveStore, type Stored, StoreUnavailable } from '../store/ports.ts';
import type { Knowledge } from './knowledge.ts';

/** A hub that lags longer than this behind a change of rights answers that it is busy. */
const FRESH_WITHIN_MS = 10_000;
/** What one person may have waiting in one channel. */
const MOST_WAITING = 200;

export interface Routing {
  /** One request down the route; those of one person in one channel keep their order. Never rejects. */
  ask(asked: Asked): Promise<Receipt>;
  /** Opens a channel or makes it read-only. Resolves once this hub judges by it. */
  setChannelState(channel: ChannelId, state: 'open' | 'read-only'): Promise<void>;
  /** For what is judged by rights and is no request: sanctions and the like. */
  readonly untilFresh: Fresh;
  /** What this answers for a request is its receipt; null: it goes its way. */
  guard(check: (asked: Asked) => Receipt | null): void;
  /** Everything asked so far has its receipt. */
  settled(): Promise<void>;
}

export interface RoutingParts {
  readonly knowledge: Knowledge;
  readonly store: LiveStore;
  readonly archive: Archive;
  readonly config: HubConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly conversations: Conversations;
  readonly isStopping: () => boolean;
  /** Told of each receipt. */
  readonly observe: (receipt: Receipt) => void;
  readonly observeAppend: (stored: Stored, ms: number) => void;
}

export function createRouting(parts: RoutingParts): Routing {
  const { knowledge, store, archive, clock, logger } = parts;
  const { facts, recent, history, directory } = knowledge;
  const lanes = createSerialByKey<string>(MOST_WAITING);
  const running = new Set<Promise<unknown>>();
  const guards: ((asked: Asked) => Receipt | null)[] = [];

  const deps: RouterDeps = {
    clock,
    newId: newMessageId,
    facts,
    recent,
    reactionKinds: createReactionKinds(async ({ channel }, id) => {
      const found = await history.message(channel, id);
      return found?.reactions.map(({ emoji }) => emoji) ?? [];
    }),
    untilFresh: createUntilFresh({
      log: store.log,
      facts,
      resync: knowledge.resync,
      within: (work) => withDeadline(clock, FRESH_WITHIN_MS, null, () => work),
      isStopping: parts.isStopping,
      observe: parts.observeAppend,
      elapsed: clock.elapsed,
    }),
    lookup: {
      head: (scope, id) => history.head(scope, id),
      async quote(place, id) {
        const found = await history.message(place.channel, id);
        if (found === null || found.message.redaction !== null) return null;
        return quoteOf(id, found.message.author.name, found.message.content);
      },
      async earlier(key) {
        const known = await archive.byKey(key);
        return known === null ? null : { kind: 'duplicate', id: known.message, seq: known.seq };
      },
    },
    limit: createLimit(parts),
    conversations: parts.conversations,
    karma: createKarmaGiver(knowledge.karma, clock),
    judge: createJudge({ ...knowledge, karmaOf: knowledge.karma.karmaOf }),
    held: knowledge.held,
  };

  async function answer(asked: Asked): Promise<Receipt> {
    if (parts.isStopping()) return { kind: 'stopping' };
    for (const check of guards) {
      const receipt = check(asked);
      if (receipt !== null) return receipt;
    }
    try {
      return await lanes.run(`${asked.actor.user} ${asked.request.channel}`, () => route(asked, deps));
    } catch (error) {
      if (error instanceof TooManyWaiting) return refused('rate-limited', 'Too much at once; wait a moment.', 1_000);
      if (error instanceof StoreUnavailable)
        return refused('unavailable', 'The hub cannot store it now; try again.', 2_000);
      logger.error({ err: error, kind: asked.request.kind }, 'a request failed on its way');
      return refused('unavailable', 'Something went wrong in the hub; try again.', 2_000);
    }
  }

  return {
    untilFresh: deps.untilFresh,
    guard: (check) => void guards.push(check),
    async ask(asked) {
      const answering = answer(asked);
      running.add(answering);
      const receipt = await answering;
      running.delete(answering);
      parts.observe(receipt);
      return receipt;
    },
    async setChannelState(id, state) {
      const channel = directory.channel(id);
      if (channel === null) throw new Error(`there is no channel ${id}`);
      const stored = await store.log.append(channelStep(channel, state, ['asked', newMessageId()], clock.now()));
      if (stored.kind !== 'stored') throw new StoreUnavailable(`the channel's state was not stored: ${stored.kind}`);
      await knowledge.tail.reached(store.log.shardOf(scopeOf(channel)), stored.position);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}

/** How many posts one post counts for. */
function slownessOf(karma: number): number {
  if (karma <= -20) return 4;
  return karma <= -5 ? 2 : 1;
}

/** Posts, edits and reactions of one person, over all channels; who stands badly is slower, moderators and above are not slowed. */
function createLimit({ config, knowledge }: RoutingParts): RouterDeps['limit'] {
  const { postBurst, postsPerSecond } = config.limits;
  const limiter = new RateLimiterMemory({ points: postBurst, duration: postBurst / postsPerSecond });
  return async ({ actor, request }) => {
    const channel = knowledge.facts.channel(request.channel);
    if (channel === null) return null;
    const { rank } = knowledge.facts.standing(actor.user, actor.isGuest, channel);
    if (rank !== 'guest' && rank !== 'listener') return null;
    try {
      await limiter.consume(actor.user, slownessOf(knowledge.karma.karmaOf(actor.user)));
      return null;
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      return refused('rate-limited', 'You are writing too fast.', Math.max(1, spent.msBeforeNext));
    }
  };
}
