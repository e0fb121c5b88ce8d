import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import type { ChannelId, EpochMs, PortalId, ScopeId, Seq, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Portals } from '../../domain/portal.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { AdminDeeds, ShownAccount } from '../../plugin/asked/admin.ts';
import type { Answer, Deeds } from '../../plugin/surface.ts';
import type { DeadLetters } from '../../relay/dead-letters.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Outcome } from '../accounts/outcome.ts';
import type { AdminAccounts } from './accounts.ts';
import type { HubAct } from './acts.ts';

export type AdminDo = {
  readonly [K in keyof AdminDeeds]: (actor: Actor, deed: Deeds[K][0]) => Promise<Answer<Deeds[K][1]>>;
};

export interface AdminDeedDeps {
  readonly directory: Pick<Directory, 'isAdmin' | 'isDisabled'>;
  readonly facts: Pick<LiveFacts, 'sameAs'>;
  readonly list: AdminAccounts;
  readonly accounts: Pick<
    Accounts,
    'makeDj' | 'dismissDj' | 'setAdmin' | 'disable' | 'enable' | 'createInvite' | 'endInvite'
  >;
  readonly portals: Pick<Portals, 'list'>;
  readonly deadLetters: Pick<DeadLetters, 'retry' | 'drop'>;
  readonly append: (step: Step) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly publicUrl: string | null;
}

const HOUR_MS = 3_600_000;
/** What is in no channel is written down with the megachannel's. */
const SCOPE = 'mega' as ScopeId;

/** What admins do to the hub as a whole. All of it is written down, and none of it locks the last of them out. */
export function createAdminDeeds(deps: AdminDeedDeps): AdminDo {
  const { list, accounts, portals, deadLetters, clock } = deps;

  const turnedAway = (actor: Actor) => notAdmin(deps.directory, actor);

  async function noted(actor: Actor, act: HubAct, about: Partial<About>): Promise<void> {
    const { target = null, channel = null, reason = null } = about;
    const audit = { act, by: actor.user, target, message: null, channel, until: null, reason };
    await deps.append(actStep(SCOPE, stepKey(act, newRowId()), clock.now(), { audit }));
  }

  /** Changes what somebody else is here; `isSo`: they are that already, and nothing is done. */
  async function onAccount(
    actor: Actor,
    user: UserId,
    change: {
      readonly act: HubAct;
      readonly isSo: (account: ShownAccount) => boolean;
      readonly refuse?: (account: ShownAccount) => Refused | null;
      readonly run: (name: string) => Promise<Outcome<unknown>>;
    },
  ): Promise<Answer<{ readonly account: ShownAccount }>> {
    const before = await list.find(user);
    if (before === null) return NOBODY;
    const refusal = change.refuse?.(before) ?? null;
    if (refusal !== null) return refusal;
    if (change.isSo(before)) return { ok: true, value: { account: before } };
    const done = await change.run(before.name);
    if (!done.ok) return { ok: false, code: done.code === 'taken' ? 'bad-request' : done.code, say: done.say };
    await noted(actor, change.act, { target: user });
    return { ok: true, value: { account: (await list.find(user)) ?? before } };
  }

  async function onLetters(
    actor: Actor,
    of: { readonly portal: PortalId; readonly letter: number | null },
    act: 'letters-retry' | 'letters-drop',
  ): Promise<Answer<{ readonly letters: number }>> {
    const portal = portals.list().find(({ id }) => id === of.portal);
    if (portal === undefined) return NO_PORTAL;
    const seq = of.letter as Seq | null;
    const letters =
      act === 'letters-retry' ? await deadLetters.retry(portal.id, seq) : await deadLetters.drop(portal.id, seq);
    if (letters === null) return ELSEWHERE;
    if (letters > 0) {
      const reason = `${letters} of ${portal.roomName ?? portal.room} (${portal.bridge})`.slice(0, MAX_REASON);
      await noted(actor, act, { channel: portal.channel, reason });
    }
    return { ok: true, value: { letters } };
  }

  const isOneself = (actor: Actor, user: UserId): boolean => deps.facts.sameAs(actor.user).includes(user);

  return {
    'retry-letters': async (actor, deed) => turnedAway(actor) ?? onLetters(actor, deed, 'letters-retry'),
    'drop-letters': async (actor, deed) => turnedAway(actor) ?? onLetters(actor, deed, 'letters-drop'),
    'set-dj': async (actor, { user, isDj }) =>
      turnedAway(actor) ??
      onAccount(actor, user, {
        act: isDj ? 'make-dj' : 'dismiss-dj',
        isSo: (account) => account.isDj === isDj,
        refuse: ({ isDisabled }) => (isDj && isDisabled ? DISABLED : null),
        run: (name) => (isDj ? accounts.makeDj(name, actor.user) : accounts.dismissDj(name)),
      }),
    'set-admin': async (actor, { user, isAdmin }) =>
      turnedAway(actor) ??
      onAccount(actor, user, {
        act: isAdmin ? 'make-admin' : 'dismiss-admin',
        isSo: (account) => account.isAdmin === isAdmin,
        refuse: ({ isDisabled }) =>
          isOneself(actor, user) && !isAdmin ? NOT_ONESELF : isAdmin && isDisabled ? DISABLED : null,
        run: (name) => accounts.setAdmin(name, isAdmin),
      }),
    'set-enabled': async (actor, { user, isEnabled }) =>
      turnedAway(actor) ??
      onAccount(actor, user, {
        act: isEnabled ? 'enable' : 'disable',
        isSo: (account) => account.isDisabled !== isEnabled,
        refuse(account) {
          if (isEnabled) return null;
          return isOneself(actor, user) ? NOT_ONESELF : account.isAdmin ? OF_SAME_RANK : null;
        },
        run: (name) => (isEnabled ? accounts.enable(name) : accounts.disable(name)),
      }),
    async 'make-sign-up-link'(actor, { hours }) {
      const refusal = turnedAway(actor);
      if (refusal !== null) return refusal;
      const madeAt = clock.now();
      const { id, secret, expiresAt } = await accounts.createInvite(hours * HOUR_MS);
      await noted(actor, 'sign-up-link', { reason: `good for ${hours} h` });
      const path = `/#invite=${secret}`;
      const url = deps.publicUrl === null ? null : `${deps.publicUrl}${path}`;
      return { ok: true, value: { link: { id, madeAt, expiresAt: expiresAt as EpochMs }, path, url } };
    },
    async 'end-sign-up-link'(actor, { id }) {
      const refusal = turnedAway(actor);
      if (refusal !== null) return refusal;
      if (!(await accounts.endInvite(id))) return NO_LINK;
      await noted(actor, 'sign-up-link-end', {});
      return { ok: true, value: {} };
    },
  };
}

interface About {
  readonly target: UserId | null;
  readonly channel: ChannelId | null;
  readonly reason: string | null;
}
type Refused = Extract<Answer<never>, { readonly ok: false }>;

/** Why this is not for them; null: it is. */
export function notAdmin(directory: AdminDeedDeps['directory'], actor: Actor): Refused | null {
  if (actor.isGuest) return SIGN_IN;
  return directory.isAdmin(actor.user) && !directory.isDisabled(actor.user) ? null : NOT_ADMIN;
}

const MAX_REASON = 300;
const SIGN_IN = { ok: false, code: 'sign-in', say: 'Sign in first.' } as const;
const NOT_ADMIN = { ok: false, code: 'forbidden', say: 'That is for admins.' } as const;
const NOBODY = { ok: false, code: 'not-found', say: 'Nobody here has this account.' } as const;
const NO_PORTAL = { ok: false, code: 'not-found', say: 'There is no such link with a room.' } as const;
const NO_LINK = { ok: false, code: 'not-found', say: 'There is no such link, or it was used.' } as const;
const NOT_ONESELF = { ok: false, code: 'forbidden', say: 'Not of yourself: another admin can do that.' } as const;
const OF_SAME_RANK = { ok: false, code: 'forbidden', say: 'That is an admin: end that first.' } as const;
const DISABLED = { ok: false, code: 'forbidden', say: 'This account is disabled: enable it first.' } as const;
const ELSEWHERE = {
  ok: false,
  code: 'unavailable',
  say: 'Nobody sends to that room now: it is paused, or another hub runs its bridge. Ask there.',
} as const;
