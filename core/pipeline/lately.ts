import type { ChannelId, EpochMs, MessageId, UserId } from '../domain/ids.ts';

/** More than any channel's flood rule may ask for. */
const MOST_EACH = 16;
const MOST_PEOPLE = 20_000;

/** One thing that somebody said. */
export interface Said {
  readonly id: MessageId;
  /** By the platform's clock where it came late. */
  readonly at: EpochMs;
  /** Folded, where a rule asks for it and it was said through this hub; null: to be looked up. */
  readonly folded: string | null;
}

/** What each person said last in each channel, over all hubs. */
export interface Lately {
  /** Telling it twice changes nothing. */
  add(channel: ChannelId, user: UserId, said: Said): void;
  /** Newest first; at most a few. */
  of(channel: ChannelId, user: UserId): readonly Said[];
}

export function createLately(mostPeople = MOST_PEOPLE): Lately {
  const people = new Map<string, Said[]>();
  return {
    add(channel, user, said) {
      const key = `${channel} ${user}`;
      const known = people.get(key);
      if (known === undefined) {
        const [oldest] = people.size >= mostPeople ? people.keys() : [];
        if (oldest !== undefined) people.delete(oldest);
        people.set(key, [said]);
        return;
      }
      const there = known.findIndex(({ id }) => id === said.id);
      if (there >= 0) {
        if (said.folded !== null) known[there] = said;
        return;
      }
      known.unshift(said);
      if (known.length > MOST_EACH) known.pop();
    },
    of: (channel, user) => people.get(`${channel} ${user}`) ?? [],
  };
}
