import type { UserId } from '../../domain/ids.ts';

/** Which users are one person, as this hub knows it: each account stays a user of its own, and they count as one. */
export interface LinkBook {
  /** Everybody who is one person with this user, this one among them; in an order of their own. */
  sameAs(user: UserId): readonly UserId[];
  /** Puts these in the place of all that was known of the person. */
  set(person: string, users: readonly UserId[]): void;
}

export function createLinkBook(): LinkBook {
  const users = new Map<string, readonly UserId[]>();
  const persons = new Map<UserId, string>();

  return {
    sameAs(user) {
      const person = persons.get(user);
      return (person === undefined ? undefined : users.get(person)) ?? [user];
    },
    set(person, now) {
      for (const user of users.get(person) ?? []) if (persons.get(user) === person) persons.delete(user);
      users.delete(person);
      if (now.length === 0) return;
      for (const user of now) users.delete(persons.get(user) ?? '');
      users.set(person, now.toSorted());
      for (const user of now) persons.set(user, person);
    },
  };
}
