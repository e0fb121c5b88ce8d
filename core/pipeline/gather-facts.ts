import { type Channel, isPublic } from '../domain/channel.ts';
import { modeAt } from '../domain/channel-mode.ts';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import { type Content, plainText } from '../domain/content.ts';
import type { ChannelId, EpochMs, UserId } from '../domain/ids.ts';
import type { ChatMessage } from '../domain/message.ts';
import { withBlur, withMarks } from '../domain/picture-mark.ts';
import { glanceAt } from '../moderation/glance.ts';
import { isNewcomer } from '../moderation/newcomer.ts';
import { isJudged, judge, policyOf } from '../moderation/policy.ts';
import type { PolicyConfig, Verdict } from '../moderation/rule.ts';
import { foldRepeated } from '../moderation/rules/repeated-text.ts';
import type { Place } from './address.ts';
import type { FirstHeard } from './first-heard.ts';
import type { Lately } from './lately.ts';
import { type LiveFacts, sanctionIn } from './live-facts.ts';
import type { Recent } from './recent.ts';
import type { RulesFacts } from './rules-facts.ts';

/** What the same text is held against. */
const MOST_TEXTS = 3;
const TEXTS_MS = 60_000;

export interface JudgeDeps {
  readonly facts: LiveFacts;
  readonly recent: Pick<Recent, 'message'>;
  readonly lately: Lately;
  readonly firstHeard: FirstHeard;
  readonly rules: RulesFacts;
  readonly karmaOf: (user: UserId) => number;
}

/** Judges messages by what this hub knows from memory. */
export interface Judge {
  /** Null: all that is needed of this person is at hand, in this channel; null: to judge an edit. Otherwise resolves once it is. */
  ready(user: UserId, channel: Channel | null): Promise<void> | null;
  /** This hub has just stored it, which the log will tell in a moment: who writes on at once is judged by it already. */
  said(message: ChatMessage, at: EpochMs): void;
  /** Pictures with what is said of them here; those of which nothing is said are blurred as the channel has it. */
  covered(content: Content, here: Place, user: UserId, now: EpochMs): Content;
  /** @param saidAt by the platform's clock where it comes late; null: an edit, which is no new message */
  verdict(message: ChatMessage, here: Place, now: EpochMs, saidAt: EpochMs | null): Verdict;
}

export function createJudge({ facts, recent, lately, firstHeard, rules, karmaOf }: JudgeDeps): Judge {
  /** Made ready once for each state of a channel's settings. */
  const policies = new WeakMap<ChannelSettings, PolicyConfig>();

  function policyIn(channel: ChannelId): PolicyConfig {
    const settings = facts.settings(channel);
    const known = policies.get(settings);
    if (known !== undefined) return known;
    const made = policyOf(settings.rules);
    policies.set(settings, made);
    return made;
  }

  function textsOf(channel: ChannelId, user: UserId, saidAt: EpochMs): readonly string[] {
    return lately
      .of(channel, user)
      .slice(0, MOST_TEXTS)
      .filter(({ at }) => Math.abs(saidAt - at) < TEXTS_MS)
      .flatMap((said) => {
        if (said.folded !== null) return [said.folded];
        const message = recent.message(said.id);
        if (message === null) return [];
        const folded = foldRepeated(plainText(message.content.rich));
        lately.add(channel, user, { ...said, folded });
        return [folded];
      });
  }

  return {
    ready(user, channel) {
      const heard = firstHeard.know(user);
      const accepted = channel === null ? null : rules.ready(user, channel);
      if (heard === null || accepted === null) return heard ?? accepted;
      return Promise.all([heard, accepted]).then(() => undefined);
    },
    said({ id, channel, author, content }, at) {
      const { repeatedText } = policyIn(channel).settings;
      const folded = repeatedText ? foldRepeated(plainText(content.rich)) : null;
      lately.add(channel, author.user, { id, at, folded });
    },
    covered(content, { scope, channel, standing }, user, now) {
      if (content.attachments.every(({ picture }) => picture === undefined)) return content;
      const marked = withMarks(content, (picture) => facts.markOf(scope, picture));
      const { blur } = facts.settings(channel.id);
      const isNew = (): boolean => isNewcomer(firstHeard.at(user), karmaOf(user), now);
      const blurs =
        isPublic(channel.kind) && isJudged(standing.rank) && (blur === 'all' || (blur === 'newcomers' && isNew()));
      return blurs ? withBlur(marked) : marked;
    },
    verdict(message, here, now, saidAt) {
      const { user } = message.author;
      const channel = here.channel.id;
      const policy = policyIn(channel);
      const karma = karmaOf(user);
      return judge(
        {
          message,
          glance: glanceAt(message),
          facts: {
            now,
            sanction: sanctionIn(facts, here.channel, user),
            rank: here.standing.rank,
            karma,
            isNewcomer: isNewcomer(firstHeard.at(user), karma, now),
            mustAccept: saidAt !== null && rules.mustAccept(message, here.channel),
            isShielded: modeAt(facts.mode(channel), now).isShielded,
            saidAt: saidAt ?? now,
            lately: saidAt === null ? [] : lately.of(channel, user).map(({ at }) => at),
            lateTexts: saidAt === null || !policy.settings.repeatedText ? [] : textsOf(channel, user, saidAt),
          },
        },
        policy,
      );
    },
  };
}
