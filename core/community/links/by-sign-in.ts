import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { userIdOf } from '../../async/mint.ts';
import type { AccountId, UserId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Capabilities, SharedAccount } from '../../plugin/operations.ts';
import type { Signals } from '../../store/ports.ts';
import type { Links } from './links.ts';

const TOPIC = 'signed-in';
const WITHIN_MS = 10_000;
/** Nobody is asked about more often than this. */
const AGAIN_MS = 10 * 60_000;
const MOST_ASKED = 5_000;
/** Questions that wait; what is too much is asked when the person comes again. */
const MOST_WAITING = 200;

/**
 * People of a platform who sign in there where people of the hub do are one person with their account here: proved by
 * issuer and subject, which both have from the same sign-in.
 */
export interface LinksBySignIn {
  /** Somebody has signed in here as this subject. */
  signedIn(subject: string): void;
  /** Somebody does something on a platform. */
  acted(platform: string, account: AccountId): void;
  stop(): Promise<void>;
}

type Identity = NonNullable<Capabilities['identity']>;

export interface LinksBySignInDeps {
  /** Whose tokens the hub takes; null: nobody's. */
  readonly issuer: string | null;
  /** Platform of accounts that sign in so. */
  readonly site: string;
  /** The bridges that run on this hub, by platform. */
  readonly bridges: () => readonly { readonly platform: string; readonly can: Capabilities }[];
  readonly links: Pick<Links, 'join'>;
  /** How somebody who has signed in here is called; null: nobody has as this user. */
  readonly nameOf: (user: UserId) => Promise<string | null>;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createLinksBySignIn(deps: LinksBySignInDeps): LinksBySignIn {
  const { issuer, clock, logger } = deps;
  const askedAt = new Map<string, number>();
  let asking: Promise<void> = Promise.resolve();
  let waiting = 0;

  function sharing(platform: string | null): readonly { platform: string; identity: Identity }[] {
    if (issuer === null) return [];
    return deps.bridges().flatMap(({ platform: its, can: { identity } }) => {
      const isIt = identity?.limits.issuer === issuer && (platform === null || its === platform);
      return identity !== undefined && isIt ? [{ platform: its, identity }] : [];
    });
  }

  function isDue(key: string): boolean {
    const now = clock.elapsed();
    const last = askedAt.get(key);
    if (waiting >= MOST_WAITING || (last !== undefined && now - last < AGAIN_MS)) return false;
    askedAt.delete(key);
    askedAt.set(key, now);
    const [oldest] = askedAt.keys();
    if (askedAt.size > MOST_ASKED && oldest !== undefined) askedAt.delete(oldest);
    return true;
  }

  /** One after the other, aside from what is said. */
  function ask(key: string, platform: string | null, what: Parameters<Identity['run']>[0]): void {
    const all = sharing(platform);
    if (all.length === 0 || !isDue(key)) return;
    waiting += 1;
    asking = asking.then(async () => {
      for (const one of all) await look(key, one, what);
      waiting -= 1;
    });
  }

  async function look(
    key: string,
    { platform, identity }: ReturnType<typeof sharing>[number],
    what: Parameters<Identity['run']>[0],
  ) {
    try {
      const found = await withDeadline(clock, WITHIN_MS, null, (signal) => identity.run(what, signal));
      if (found !== null) await join(platform, found);
    } catch (error) {
      askedAt.delete(key);
      logger.warn({ err: error, platform }, 'whether two accounts have one sign-in could not be asked');
    }
  }

  async function join(platform: string, { account, name, subject }: SharedAccount): Promise<void> {
    const here = userIdOf(deps.site, subject as string as AccountId);
    const called = await deps.nameOf(here);
    // they are linked once they sign in here
    if (called === null) return;
    const there = { user: userIdOf(platform, account), platform, name };
    if (await deps.links.join({ user: here, platform: deps.site, name: called }, there)) {
      logger.info({ platform }, 'two accounts of one sign-in are linked');
    }
  }

  const take = (subject: string): void => ask(`subject ${subject}`, null, { subject });
  const stopHearing = deps.signals.hear((topic, body) => {
    if (topic === TOPIC) take(body);
  });

  return {
    signedIn(subject) {
      if (issuer === null) return;
      // the bridge may run on another hub
      deps.signals.say(TOPIC, subject);
      take(subject);
    },
    acted: (platform, account) => ask(`account ${platform} ${account}`, platform, { account }),
    async stop() {
      stopHearing();
      await asking;
    },
  };
}
