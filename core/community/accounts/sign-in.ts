import type { UserId } from '../../domain/ids.ts';
import type { Verified } from '../../plugin/surface.ts';
import { StoreUnavailable } from '../../store/ports.ts';
import type { Statement } from '../../store/sql/sql.ts';
import { createGuests, isGuestToken } from './guests.ts';
import { skeletonOf } from './names.ts';
import type { AccountsOptions } from './options.ts';
import { done, type Outcome, problem, type SignedIn, tooFast } from './outcome.ts';
import { MAX_PASSWORD, type Passwords } from './passwords.ts';
import { actorOf, one, type Person, people, readOne, readPerson, userScope } from './rows.ts';
import { parseToken } from './secret-token.ts';
import type { Sessions } from './sessions.ts';
import { BUSY_MS } from './sign-up.ts';
import { sitePerson } from './site-people.ts';
import { createSiteTokens, looksLikeSiteToken } from './site-tokens.ts';
import type { Throttle } from './throttle.ts';

export interface SignInForm {
  readonly name: string;
  readonly password: string;
  readonly address: string;
}

export interface SignIn {
  /** A wrong name and a wrong password are answered alike, after the same work. */
  signIn(form: SignInForm): Promise<Outcome<SignedIn>>;
  /** Exchanges a token of the main site for a session. */
  signInWithToken(token: string): Promise<Outcome<SignedIn>>;
  /** Ends the session on every hub. @returns whether there was one */
  signOut(token: string): Promise<boolean>;
  /** Who holds this token: of a session, a guest or the main site; null comes in as a new guest. Never rejects for want of a store. */
  verify(token: string | null): Promise<Verified>;
}

interface Parts {
  readonly options: AccountsOptions;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  /** Somebody has shown a good token of the main site. */
  readonly onSitePerson: (subject: string) => void;
}

const WRONG = problem('sign-in', 'The name or the password is wrong.');
const DISABLED = problem('forbidden', 'This account is disabled.');
const ENDED = problem('sign-in', 'Sign in again: this sign-in is over.', 'token');
const NO_GUESTS = problem('sign-in', 'Sign in to come in.');
/** Longer names are nobody's; folding them would only cost time. */
const MAX_TYPED_NAME = 200;

export function createSignIn(parts: Parts): SignIn {
  const { options, passwords, sessions, throttle } = parts;
  const { sql, directory, config, platforms, log } = options;
  const guests = createGuests(options);
  const siteTokens = createSiteTokens(options);

  async function credentialOf(skeleton: string) {
    const row = await readOne(
      sql,
      people(sql, platforms)
        .innerJoin('credentials as c', 'c.user_id', 'u.id')
        .select('c.password_hash')
        .where('u.skeleton', '=', skeleton)
        .limit(1)
        .compile(),
    );
    return row === null ? null : { person: readPerson(row), hash: row.password_hash };
  }

  /** Changes the stored hash to one of today's cost, unless the password was changed meanwhile. */
  async function rehash(user: UserId, password: string, hash: string): Promise<string> {
    const fresh = await passwords.hash(password);
    if (fresh === null) return hash;
    const query = sql.build
      .updateTable('credentials')
      .set({ password_hash: fresh })
      .where('user_id', '=', user)
      .where('password_hash', '=', hash)
      .compile();
    return (await sql.write([one(query)])).ok ? fresh : hash;
  }

  async function openSession(person: Person, ifHash?: string): Promise<Outcome<SignedIn>> {
    if (person.isDisabled) return DISABLED;
    const session = sessions.open(person.user, ifHash);
    const statements: readonly Statement[] = [session.statement];
    if (!(await sql.write(statements)).ok) return WRONG; // disabled, or another password, in between
    return done({ token: session.token, actor: actorOf(person), isAdmin: person.isAdmin });
  }

  async function bySiteToken(token: string): Promise<Outcome<Person>> {
    const verdict = siteTokens === null ? { kind: 'bad' as const } : await siteTokens(token);
    switch (verdict.kind) {
      case 'bad':
        return ENDED;
      case 'unavailable':
        return problem('unavailable', 'The main site cannot be reached to check this sign-in. Try again soon.');
      case 'good': {
        const person = await sitePerson(options, verdict.account);
        parts.onSitePerson(verdict.account.sub);
        return person.isDisabled ? DISABLED : done(person);
      }
    }
  }

  async function bySession(token: string): Promise<Outcome<Person>> {
    const person = await sessions.holder(token);
    if (person === null) return ENDED;
    return person.isDisabled ? DISABLED : done(person);
  }

  async function verifyGuest(token: string | null): Promise<Verified> {
    if (config.accounts.guests === 'off') return { ok: false, code: 'sign-in', say: NO_GUESTS.say };
    const guest = token === null ? await guests.fresh() : await guests.returning(token);
    if (guest === null) return { ok: false, code: 'sign-in', say: ENDED.say };
    return { ok: true, actor: guest.actor, isAdmin: false, token: guest.token };
  }

  return {
    async signIn({ name, password, address }) {
      const skeleton = skeletonOf(name.slice(0, MAX_TYPED_NAME));
      const gate = await throttle.enterSignIn(skeleton, address);
      if (!gate.ok) return tooFast(gate.retryAfterMs);
      const found = await credentialOf(skeleton);
      const verdict = await passwords.check(password.slice(0, MAX_PASSWORD + 1), found?.hash ?? null);
      if (verdict === 'busy') {
        await throttle.giveBack(skeleton, address);
        return tooFast(BUSY_MS);
      }
      if (verdict === 'wrong' || found === null) {
        log.info({}, 'sign-in refused'); // no name: people type passwords there
        return WRONG;
      }
      await throttle.signedIn(skeleton, address);
      const hash = verdict === 'old' ? await rehash(found.person.user, password, found.hash) : found.hash;
      return openSession(found.person, hash);
    },
    async signInWithToken(token) {
      const person = await bySiteToken(token);
      return person.ok ? openSession(person.value) : person;
    },
    async signOut(token) {
      const person = await sessions.holder(token);
      const parsed = parseToken('sls', token);
      if (person === null || parsed === null) return false;
      await directory.change({
        statements: [sessions.closeOne(parsed.id)],
        scopes: [userScope(person.user)],
        what: [{ kind: 'user', user: person.user }],
      });
      return true;
    },
    async verify(token) {
      try {
        if (token === null || isGuestToken(token)) return await verifyGuest(token);
        return verified(await (looksLikeSiteToken(token) ? bySiteToken(token) : bySession(token)));
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.warn({ err: error }, 'nobody can be verified');
        return { ok: false, code: 'unavailable', say: 'The hub cannot reach its database. Try again soon.' };
      }
    },
  };
}

function verified(person: Outcome<Person>): Verified {
  if (person.ok) return { ok: true, actor: actorOf(person.value), isAdmin: person.value.isAdmin, token: null };
  return { ok: false, code: person.code === 'taken' ? 'sign-in' : person.code, say: person.say };
}
