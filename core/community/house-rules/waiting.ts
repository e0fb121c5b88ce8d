import type { Clock } from '../../async/clock.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { HeldMessage } from '../../domain/held.ts';
import { WAITS_FOR_RULES_MS } from '../../domain/house-rules.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { isJudged } from '../../moderation/policy.ts';
import type { Awaiting, HeldFacts } from '../../pipeline/held-facts.ts';
import { asItStands, discardStep, releaseStep } from '../../pipeline/held-steps.ts';
import { type LiveFacts, sanctionIn } from '../../pipeline/live-facts.ts';
import { isEmpty } from '../../pipeline/normalize.ts';
import type { Recent } from '../../pipeline/recent.ts';
import type { RulesFacts } from '../../pipeline/rules-facts.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';

/** Messages that wait for nothing but that their author accepts the rules. */
export interface Waiting {
  /**
   * Posts what need not wait any more, each person's in the order in which it was said, once over all hubs.
   * @param rulesOf the channel that the rules were set for @param users of one person; null: anybody's
   * @returns how many it has posted
   */
  release(rulesOf: ChannelId, users: readonly UserId[] | null): Promise<number>;
  /** The same everywhere, for what a crash or another hub has left; and what has waited too long is dropped. */
  sweep(): Promise<void>;
}

export interface WaitingDeps {
  readonly facts: LiveFacts;
  readonly held: HeldFacts;
  readonly directory: Pick<Directory, 'channel' | 'houseRules'>;
  readonly rules: RulesFacts;
  readonly recent: Pick<Recent, 'head'>;
  readonly untilFresh: Fresh;
  readonly clock: Pick<Clock, 'now'>;
}

export function createWaiting(deps: WaitingDeps): Waiting {
  const { facts, held, directory, rules, clock } = deps;

  function mustWait({ author, body }: HeldMessage, channel: Channel): boolean {
    const { rank } = facts.standing(author, body.message.author.badge === 'guest', channel);
    const origin = { bridge: body.bridge, ref: body.ref };
    return isJudged(rank) && rules.mustAccept({ ...body.message, origin, channel: channel.id }, channel);
  }

  /** What becomes of it now; a receipt: it stays as it is. */
  function stepFor(one: Awaiting, id: ChannelId): Step | Receipt {
    const channel = facts.channel(id);
    const now = clock.now();
    const message = held.get(one.id, now);
    if (channel === null || message === null) return STAYS;
    const isOver = one.at + WAITS_FOR_RULES_MS <= now;
    if (mustWait(message, channel)) return isOver ? dropped(channel, message, 'the rules were not accepted') : STAYS;
    const sanction = sanctionIn(facts, channel, one.author);
    if (sanction !== null && (sanction.until === null || sanction.until > now))
      return dropped(channel, message, 'its author was timed out or banned meanwhile');
    if (channel.state === 'read-only') return isOver ? dropped(channel, message, 'the channel is closed') : STAYS;
    const shown = asItStands(message.body, channel, deps);
    if (isEmpty(shown.content)) return dropped(channel, message, 'its picture was removed');
    return releaseStep(channel, message, null, now, shown);
  }

  const dropped = (channel: Channel, message: HeldMessage, why: string): Step =>
    discardStep(channel, message, null, why, clock.now());

  async function settle(one: Awaiting, channel: Channel): Promise<boolean> {
    await rules.ready(one.author, channel);
    let isRelease = false;
    const receipt = await deps.untilFresh(scopeOf(channel), (rev) => {
      const step = stepFor(one, channel.id);
      isRelease = 'effects' in step && step.kind === 'message';
      return 'effects' in step ? { ...step, ifRev: rev } : step;
    });
    return isRelease && receipt.kind === 'accepted';
  }

  /** One after the other, so that what somebody said keeps its order. */
  async function settleIn(id: ChannelId, users: readonly UserId[] | null): Promise<number> {
    const channel = facts.channel(id);
    if (channel === null) return 0;
    let released = 0;
    for (const one of held.forRules(id)) {
      if (users !== null && !users.includes(one.author)) continue;
      if (await settle(one, channel)) released += 1;
    }
    return released;
  }

  const rulesOf = (id: ChannelId): ChannelId => {
    const channel = directory.channel(id);
    return (channel === null ? null : directory.houseRules.of(channel)?.channel) ?? id;
  };

  return {
    async release(home, users) {
      let released = 0;
      // with the rules themselves their place may be gone
      const concerned = held.channelsForRules().filter((id) => users === null || rulesOf(id) === home);
      for (const id of concerned) released += await settleIn(id, users);
      return released;
    },
    async sweep() {
      for (const id of held.channelsForRules()) await settleIn(id, null);
    },
  };
}

const STAYS: Receipt = { kind: 'unchanged', id: null, seq: null };
