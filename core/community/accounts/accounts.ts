import type { ChannelId } from '../../domain/ids.ts';
import { createDjs, type Djs } from './djs.ts';
import { createInvites, FIRST_ADMIN_MS, type Invite, type OpenInvite } from './invites.ts';
import { ensureLobby } from './lobby.ts';
import type { AccountsOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { createPasswords } from './passwords.ts';
import { createPeople, type People } from './people.ts';
import { readOne } from './rows.ts';
import { createSessions } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createSignUp, type SignUp } from './sign-up.ts';
import { createThrottle } from './throttle.ts';

/** People with an account here: how they come in, what they may do. What is expected to fail is a value. */
export interface Accounts extends SignUp, SignIn, People, Djs {
  createInvite(lastsMs: number): Promise<Invite>;
  /** Those that were not used yet, newest first. */
  openInvites(): Promise<readonly OpenInvite[]>;
  /** @returns whether there was one that is open */
  endInvite(id: string): Promise<boolean>;
  /** A new one-time link at each call while there is no admin, and the end of earlier ones; else null. */
  firstAdminLink(baseUrl: string): Promise<string | null>;
  /** Told of each good token of the main site, by whose it is there. */
  onSitePerson(listener: (subject: string) => void): void;
  /** The one megachannel. */
  ensureLobby(): Promise<Outcome<ChannelId>>;
  /** Ends the timers; resolves when nothing is being written any more. */
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 3_600_000;

export function createAccounts(options: AccountsOptions): Accounts {
  const { sql, clock, log } = options;
  const passwords = createPasswords(options.passwordCost);
  const sessions = createSessions(options);
  const invites = createInvites(options);
  const listeners: ((subject: string) => void)[] = [];
  const onSitePerson = (subject: string): void => {
    for (const listener of listeners) listener(subject);
  };
  const parts = { options, passwords, sessions, invites, throttle: createThrottle(), onSitePerson };
  const people = createPeople(options, passwords, sessions);

  let sweeping: Promise<void> = Promise.resolve();
  async function sweep(): Promise<void> {
    try {
      await sql.write([sessions.sweep(), invites.sweep()]);
    } catch (error) {
      log.warn({ err: error }, 'sessions and invitations that are over were not removed');
    }
  }
  const stopSweeping = clock.every(SWEEP_EVERY_MS, () => {
    sweeping = sweep();
  });

  return {
    ...createSignUp(parts),
    ...createSignIn(parts),
    ...people,
    ...createDjs(options, people),
    async createInvite(lastsMs) {
      const { invite, statement } = invites.create('sign-up', lastsMs);
      await sql.write([statement]);
      return invite;
    },
    openInvites: invites.open,
    endInvite: async (id) => (await sql.write([invites.end(id)])).ok,
    async firstAdminLink(baseUrl) {
      const admins = sql.build.selectFrom('users').select('id').where('is_admin', '=', 1).limit(1).compile();
      if ((await readOne(sql, admins)) !== null) {
        await sql.write([invites.voidFirstAdmin()]);
        return null;
      }
      const { invite, statement } = invites.create('first-admin', FIRST_ADMIN_MS);
      await sql.write([invites.voidFirstAdmin(), statement]);
      return `${baseUrl.replace(/\/+$/, '')}/#claim=${invite.secret}`;
    },
    onSitePerson: (listener) => void listeners.push(listener),
    ensureLobby: () => ensureLobby(options),
    async close() {
      stopSweeping();
      await Promise.all([sweeping, sessions.settled()]);
    },
  };
}
