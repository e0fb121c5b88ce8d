import type { UserId } from '../../domain/ids.ts';
import type { Statement, Written } from '../../store/sql/sql.ts';
import type { Invites } from './invites.ts';
import { cleanName, skeletonOf } from './names.ts';
import { type AccountsOptions, signUpMode } from './options.ts';
import { done, type Outcome, type Problem, problem, type SignedIn, tooFast } from './outcome.ts';
import { type Passwords, passwordProblem } from './passwords.ts';
import { actorOf, insertCredential, insertUser, localUser, type NewUser, readOne } from './rows.ts';
import type { Sessions } from './sessions.ts';
import type { Throttle } from './throttle.ts';

export interface SignUpForm {
  readonly name: string;
  readonly password: string;
  readonly invite: string | null;
  readonly address: string;
}

export interface SignUp {
  signUp(form: SignUpForm): Promise<Outcome<SignedIn>>;
  /** The one-time link of the first admin. */
  claimFirstAdmin(claim: string, name: string, password: string): Promise<Outcome<SignedIn>>;
  /** For the operator: asks for no invitation. */
  addUser(name: string, password: string): Promise<Outcome<{ readonly user: UserId; readonly name: string }>>;
}

interface Parts {
  readonly options: AccountsOptions;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly invites: Invites;
  readonly throttle: Throttle;
}

/** Hashing is busy: nothing was judged, so say when to come again. */
export const BUSY_MS = 2_000;
const TAKEN = problem('taken', 'This name, or one that looks like it, is taken.', 'name');
const BAD_INVITE = problem('forbidden', 'This invitation has been used or is over. Ask for a new one.', 'invite');
const BAD_CLAIM = problem(
  'forbidden',
  'This link has been used or is over. Start the hub again to get a new one.',
  'claim',
);

export function createSignUp({ options, passwords, sessions, invites, throttle }: Parts): SignUp {
  const { sql, directory, clock, config, platforms, log } = options;

  /** All that can be said before the costly hash. */
  async function prepare(form: { readonly name: string; readonly password: string; readonly isAdmin: boolean }) {
    const clean = cleanName(form.name);
    if (!clean.ok) return problem('bad-request', clean.say, 'name');
    const weak = passwordProblem(form.password);
    if (weak !== null) return problem('bad-request', weak, 'password');
    const taken = sql.build.selectFrom('users').select('id').where('skeleton', '=', clean.skeleton).compile();
    if ((await readOne(sql, taken)) !== null) return TAKEN;
    if (await looksLikeBridgedStaff(sql, clean.skeleton)) return TAKEN;
    const hash = await passwords.hash(form.password);
    if (hash === null) return tooFast(BUSY_MS);
    const made = { isAdmin: form.isAdmin, at: clock.now() };
    return done({ user: localUser(platforms.native, clean.name, clean.skeleton, made), hash });
  }

  /** Writes the user and their session, after `first`, where that is given and finds what it expects. */
  async function store(
    user: NewUser,
    hash: string,
    first: { readonly statement: Statement; readonly otherwise: Problem } | null,
    write: (statements: readonly Statement[]) => Promise<Written>,
  ): Promise<Outcome<SignedIn>> {
    const session = sessions.open(user.user);
    const before = first === null ? [] : [first.statement];
    const written = await write([
      ...before,
      ...insertUser(sql, user),
      insertCredential(sql, user.user, hash, user.at),
      session.statement,
    ]);
    if (!written.ok) return first !== null && written.failed === 0 ? first.otherwise : TAKEN;
    log.info({ user: user.user }, 'user made');
    const actor = actorOf({ ...user, isDisabled: false });
    return done({ token: session.token, actor, isAdmin: user.isAdmin });
  }

  async function admit(invite: string | null): Promise<Outcome<string | null>> {
    const mode = signUpMode(config);
    switch (mode) {
      case 'open':
        return done(null);
      case 'closed':
        return problem('forbidden', 'New accounts cannot be made here.');
      case 'invite': {
        if (invite === null) return problem('forbidden', 'An account needs an invitation.', 'invite');
        const id = await invites.find('sign-up', invite);
        return id === null ? BAD_INVITE : done(id);
      }
    }
  }

  return {
    async signUp({ name, password, invite, address }) {
      const gate = await throttle.enterSignUp(address);
      if (!gate.ok) return tooFast(gate.retryAfterMs);
      const admitted = await admit(invite);
      if (!admitted.ok) return admitted;
      const prepared = await prepare({ name, password, isAdmin: false });
      if (!prepared.ok) return prepared;
      const { user, hash } = prepared.value;
      const id = admitted.value;
      const first = id === null ? null : { statement: invites.use(id), otherwise: BAD_INVITE };
      return store(user, hash, first, (statements) => sql.write(statements));
    },
    async claimFirstAdmin(claim, name, password) {
      const id = await invites.find('first-admin', claim);
      if (id === null) return BAD_CLAIM;
      const prepared = await prepare({ name, password, isAdmin: true });
      if (!prepared.ok) return prepared;
      const { user, hash } = prepared.value;
      const first = { statement: invites.useForFirstAdmin(id), otherwise: BAD_CLAIM };
      const what = [{ kind: 'user', user: user.user }] as const;
      return store(user, hash, first, (statements) => directory.change({ statements, scopes: null, what }));
    },
    async addUser(name, password) {
      const prepared = await prepare({ name, password, isAdmin: false });
      if (!prepared.ok) return prepared;
      const { user, hash } = prepared.value;
      const statements = [...insertUser(sql, user), insertCredential(sql, user.user, hash, user.at)];
      if (!(await sql.write(statements)).ok) return TAKEN;
      return done({ user: user.user, name: user.name });
    },
  };
}

/** Whoever moderates from another platform has no account here that would keep the name. */
async function looksLikeBridgedStaff(sql: Parts['options']['sql'], skeleton: string): Promise<boolean> {
  const staff = sql.build
    .selectFrom('role_grants as g')
    .innerJoin('seen_accounts as s', 's.user_id', 'g.user_id')
    .select('s.name')
    .distinct();
  return (await sql.read(staff.compile())).some(({ name }) => skeletonOf(name) === skeleton);
}
