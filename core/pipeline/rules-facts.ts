import type { Channel } from '../domain/channel.ts';
import type { HouseRules } from '../domain/house-rules.ts';
import type { UserId } from '../domain/ids.ts';
import type { ChatMessage, Origin } from '../domain/message.ts';
import type { HouseRulesBook } from '../store/directory/house-rules-book.ts';
import type { LiveFacts } from './live-facts.ts';

/** What the route has to know of house rules. */
export interface RulesFacts {
  /** Null: all that is needed of this person is at hand. Otherwise resolves once it is. */
  ready(user: UserId, channel: Channel): Promise<void> | null;
  /** Whether this waits until its author has accepted the rules of the channel; ranks are not looked at. */
  mustAccept(message: ChatMessage, channel: Channel): boolean;
  /** @param showsAlone whether rules can be shown to one person alone where this was written */
  bind(showsAlone: (origin: Origin) => boolean): void;
}

export interface RulesFactsDeps {
  readonly book: Pick<HouseRulesBook, 'of' | 'know' | 'isAccepted'>;
  readonly facts: Pick<LiveFacts, 'settings' | 'sameAs'>;
}

export function createRulesFacts({ book, facts }: RulesFactsDeps): RulesFacts {
  let showsAlone: (origin: Origin) => boolean = () => true;

  /** The rules that must be accepted here by anybody; null: none. */
  function asked(channel: Channel): HouseRules | null {
    const rules = book.of(channel);
    return rules === null || facts.settings(rules.channel).acceptance === 'off' ? null : rules;
  }

  return {
    bind(known) {
      showsAlone = known;
    },
    ready: (user, channel) => (asked(channel) === null ? null : book.know(facts.sameAs(user))),
    mustAccept({ author, origin }, channel) {
      const rules = author.badge === 'bot' ? null : asked(channel);
      if (rules === null) return false;
      if (facts.settings(rules.channel).acceptance === 'where-private' && !showsAlone(origin)) return false;
      return !book.isAccepted(facts.sameAs(author.user), rules);
    },
  };
}
