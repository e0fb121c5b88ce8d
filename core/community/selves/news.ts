import type { UserId } from '../../domain/ids.ts';
import type { SelfNews } from '../../domain/self-news.ts';
import { selfNews } from '../../plugin/asked/self.ts';
import type { Signals } from '../../store/ports.ts';

const TOPIC = 'self';
/** News told to other hubs in one word. */
const MOST_AT_ONCE = 200;

/** News for all devices of a person, on all hubs; each comes at most once. */
export interface SelfDesk {
  /** The listener must not block and must not throw. @returns a function that stops it */
  follow(user: UserId, listener: (news: SelfNews) => void): () => void;
  /** Whom somebody here listens for, by the accounts that they came with. */
  followed(): IterableIterator<UserId>;
  /** To every device of the person, whichever of their accounts this is. */
  tell(told: readonly Told[]): void;
  /** To the devices at this hub alone. */
  tellHere(user: UserId, news: SelfNews): void;
  /** To those at the other hubs. */
  tellElsewhere(told: readonly Told[]): void;
  stop(): void;
}
export interface Told {
  readonly user: UserId;
  readonly news: SelfNews;
}

export interface SelfDeskDeps {
  readonly signals: Signals;
  readonly sameAs: (user: UserId) => readonly UserId[];
}

type Listener = (news: SelfNews) => void;

export function createSelfDesk({ signals, sameAs }: SelfDeskDeps): SelfDesk {
  const listeners = new Map<UserId, Set<Listener>>();

  function tellHere(user: UserId, news: SelfNews): void {
    if (listeners.size === 0) return;
    for (const one of sameAs(user)) for (const listener of listeners.get(one) ?? []) listener(news);
  }

  function tellElsewhere(told: readonly Told[]): void {
    for (let from = 0; from < told.length; from += MOST_AT_ONCE) {
      signals.say(TOPIC, JSON.stringify(told.slice(from, from + MOST_AT_ONCE)));
    }
  }

  const stopHearing = signals.hear((topic, body) => {
    if (topic !== TOPIC) return;
    for (const { user, news } of readTold(body)) tellHere(user, news);
  });

  return {
    follow(user, listener) {
      const own = listeners.get(user) ?? new Set();
      listeners.set(user, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(user) === own) listeners.delete(user);
      };
    },
    followed: () => listeners.keys(),
    tell(told) {
      for (const { user, news } of told) tellHere(user, news);
      tellElsewhere(told);
    },
    tellHere,
    tellElsewhere,
    stop: stopHearing,
  };
}

/** News of kinds that this hub does not know, from one of a later version, are passed over. */
function readTold(body: string): readonly Told[] {
  const told: unknown = JSON.parse(body);
  if (!Array.isArray(told)) return [];
  return told.flatMap((one: { readonly user: UserId; readonly news: unknown }) => {
    const news = selfNews.safeParse(one.news);
    return news.success ? [{ user: one.user, news: news.data }] : [];
  });
}
