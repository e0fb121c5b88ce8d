import type { EpochMs, UserId } from '../domain/ids.ts';

const MOST_KNOWN = 50_000;

/** When people were first heard, anywhere: tells newcomers. */
export interface FirstHeard {
  /** Null: it is at hand. Otherwise resolves once it is. */
  know(user: UserId): Promise<void> | null;
  /** Null: never yet, as far as is known. */
  at(user: UserId): EpochMs | null;
  /** Somebody has just said something. */
  heard(user: UserId, at: EpochMs): void;
}

/** @param read what the archive knows of this person */
export function createFirstHeard(read: (user: UserId) => Promise<EpochMs | null>, most = MOST_KNOWN): FirstHeard {
  const known = new Map<UserId, EpochMs | null>();

  async function load(user: UserId): Promise<void> {
    const at = await read(user);
    const [oldest] = known.size >= most ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    known.set(user, known.get(user) ?? at);
  }

  return {
    know: (user) => (known.has(user) ? null : load(user)),
    at: (user) => known.get(user) ?? null,
    heard(user, at) {
      if (known.get(user) === null) known.set(user, at);
    },
  };
}
