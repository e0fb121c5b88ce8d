import type { Clock } from '../../async/clock.ts';
import type { UserId } from '../../domain/ids.ts';
import type { InForce, LiveFacts } from '../../pipeline/live-facts.ts';
import { sanctionStep } from '../../pipeline/steps.ts';
import { type Log, StoreUnavailable } from '../../store/ports.ts';

export interface KeepDeps {
  readonly facts: Pick<LiveFacts, 'inForce' | 'given' | 'joined' | 'sameAs'>;
  readonly log: Pick<Log, 'append' | 'shards'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Nobody sheds what runs by parting from an account: what holds for one of these users by another is given to it as its
 * own, and ends when it would have.
 * @param known the acts that were kept before the parting; once they are parted, what is not among them is new
 * @returns the acts that run
 */
export async function keepSanctions(
  { facts, log, clock }: KeepDeps,
  users: readonly UserId[],
  parting: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const running = runningOf(facts, log.shards, users, clock);
  for (const one of running) {
    if (known.includes(one.cause)) continue;
    for (const user of users) {
      if (user === one.user || !isMilder(facts.given(one.scope, user), one)) continue;
      const isReached = !facts.sameAs(user).includes(one.user) || facts.joined(one.scope, user) !== null;
      if (!isReached) continue;
      const stored = await log.append(sanctionStep({ ...one, user }, ['parting', parting, one.cause], clock.now()));
      if (stored.kind === 'full') throw new StoreUnavailable('what is in force could not be kept');
    }
  }
  return running.map(({ cause }) => cause);
}

function runningOf(
  facts: Pick<LiveFacts, 'inForce'>,
  shards: number,
  users: readonly UserId[],
  clock: KeepDeps['clock'],
): readonly InForce[] {
  const all = Array.from({ length: shards }, (_, shard) => facts.inForce(shard).sanctions).flat();
  const now = clock.now();
  return all.filter(({ user, until }) => users.includes(user) && (until === null || until > now));
}

function isMilder(own: InForce | null, other: InForce): boolean {
  if (own === null) return true;
  if (own.until === null) return false;
  return other.until === null || own.until < other.until;
}
