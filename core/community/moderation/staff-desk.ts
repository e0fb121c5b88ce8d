import type { Channel } from '../../domain/channel.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import type { NativeAct } from '../../domain/staff.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Answer, Deeds, Questions } from '../../plugin/surface.ts';
import type { Links } from '../links/links.ts';
import { carryOut } from './carry-out.ts';
import type { NativeActsDesk } from './from-platforms.ts';
import { type Refused, refusal } from './sanctions.ts';
import type { SanctionsDesk } from './sanctions-desk.ts';

export interface StaffDeps {
  readonly facts: LiveFacts;
  readonly sanctions: SanctionsDesk;
  readonly nativeActs: NativeActsDesk;
  readonly links: Pick<Links, 'accounts'>;
  /** A cause of its own for each act: nothing tells it twice. */
  readonly newCause: () => string;
}

type Ask = {
  readonly [K in 'person' | 'native-acts']: (
    actor: Actor,
    question: Questions[K][0],
  ) => Promise<Answer<Questions[K][1]>>;
};
type Do = {
  readonly [K in 'sanction' | 'apply-native-act' | 'dismiss-native-act']: (
    actor: Actor,
    deed: Deeds[K][0],
  ) => Promise<Answer<Deeds[K][1]>>;
};
export interface StaffDesk {
  readonly questions: Ask;
  readonly deeds: Do;
}

/** Acts on somebody and notes that are shown with them. */
const MOST_ACTS = 20;
const NO_CHANNEL = refusal('not-found', 'There is no such channel.');
const NOT_FOR_ALL = refusal('forbidden', 'That is for moderators of the channel.');
const DECIDED = refusal('decided', 'There is no such act; it may be decided already.');

/** What moderators see of a person, and what they do to one, by a menu instead of a command. */
export function createStaffDesk(deps: StaffDeps): StaffDesk {
  const { facts, sanctions, nativeActs, links } = deps;

  function moderated(actor: Actor, id: Questions['person'][0]['channel']): Place | Refused {
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    return may('timeout', here.standing).ok ? here : NOT_FOR_ALL;
  }

  return {
    questions: {
      async person(actor, { channel: id, user }) {
        const here = moderated(actor, id);
        if ('ok' in here) return here;
        const { channel } = here;
        const found = await sanctions.finder.byId(user, channel);
        const read = { channel, act: null, before: null, limit: MOST_ACTS };
        const acts = await Promise.all(facts.sameAs(user).map((target) => sanctions.audit.read({ ...read, target })));
        const accounts = await links.accounts(user);
        return {
          ok: true,
          value: {
            ...found,
            rank: sanctions.rankOf(channel, user),
            karma: sanctions.karma.karmaOf(user),
            restraint: sanctions.restraint(channel, user),
            accounts: accounts.map((one) => ({ user: one.user, platform: one.platform, name: one.name })),
            acts: acts
              .flat()
              .toSorted((a, b) => b.at - a.at)
              .slice(0, MOST_ACTS)
              .map(({ act, at, reason, until }) => ({ act, at, reason, until })),
          },
        };
      },
      async 'native-acts'(actor, { channel: id }) {
        const here = moderated(actor, id);
        return 'ok' in here ? here : { ok: true, value: { acts: await nativeActs.open(actor, here.channel) } };
      },
    },
    deeds: {
      async sanction(by, { channel: id, target, act: kind, minutes, reason, redactMinutes }) {
        const here = moderated(by, id);
        if ('ok' in here) return here;
        const { channel: at } = here;
        const who = await sanctions.finder.byId(target, at);
        const cause = deps.newCause();
        const wish = { by, at, who, kind, minutes, reason, redactMinutes, isEverywhere: false, cause };
        const done = await carryOut(wish, sanctions);
        if (!done.ok) return done;
        const { say, effect, outcome } = done;
        return { ok: true, value: { say, effect, until: outcome.until } };
      },
      async 'apply-native-act'(by, { channel: id, act }) {
        const here = moderated(by, id);
        if ('ok' in here) return here;
        const applied = await applyNativeAct(by, here.channel, act, deps);
        return applied.ok ? { ok: true, value: { say: applied.say, effect: applied.effect } } : applied;
      },
      async 'dismiss-native-act'(by, { channel: id, act }) {
        const here = moderated(by, id);
        if ('ok' in here) return here;
        const dismissed = await dismissNativeAct(by, here.channel, act, nativeActs);
        return dismissed.ok ? { ok: true, value: { say: dismissed.say } } : dismissed;
      },
    },
  };
}

/**
 * Makes what stayed on a platform hold everywhere.
 * @param sign its id, or as much of the beginning as tells it apart
 */
export async function applyNativeAct(
  by: Actor,
  channel: Channel,
  sign: string,
  { nativeActs, sanctions }: Pick<StaffDeps, 'nativeActs' | 'sanctions'>,
): Promise<{ readonly ok: true; readonly say: string; readonly effect: string | null } | Refused> {
  const found = await foundBy(by, sign, channel, nativeActs);
  if (found === null) return DECIDED;
  const outcome = await nativeActs.apply(by, found.id);
  if (!outcome.ok) return outcome;
  const effect = await sanctions.effectOf(outcome);
  return { ok: true, effect, say: ['It holds everywhere now.', effect].filter((part) => part !== null).join(' ') };
}

/** Leaves what stayed on a platform as it is. */
export async function dismissNativeAct(
  by: Actor,
  channel: Channel,
  sign: string,
  nativeActs: NativeActsDesk,
): Promise<{ readonly ok: true; readonly say: string } | Refused> {
  const found = await foundBy(by, sign, channel, nativeActs);
  if (found === null || !(await nativeActs.dismiss(by, found.id))) return DECIDED;
  return { ok: true, say: 'It stays where it is, and is asked about no more.' };
}

async function foundBy(
  by: Actor,
  sign: string,
  channel: Channel,
  nativeActs: NativeActsDesk,
): Promise<NativeAct | null> {
  const open = await nativeActs.open(by, channel);
  const [found, ...others] = open.filter(({ id }) => id.startsWith(sign));
  return found === undefined || others.length > 0 ? null : found;
}
