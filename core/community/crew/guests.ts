import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { noticeStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { done, type Outcome, problem } from '../accounts/outcome.ts';

/** Admins read a crew channel by the DJ's invitation alone, until they leave or are let go. */
export interface CrewGuests {
  /** @param name as shown */
  invite(by: Actor, channel: ChannelId, target: UserId, name: string): Promise<Outcome<string>>;
  /** The admin goes, or the DJ lets them go. */
  letGo(by: Actor, channel: ChannelId, target: UserId, name: string): Promise<Outcome<string>>;
}

export interface CrewGuestDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'isAdmin' | 'change' | 'conversations'>;
  readonly append: (step: Step) => Promise<void>;
  readonly sql: Pick<Sql, 'build'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createCrewGuests({ facts, directory, append, sql, clock }: CrewGuestDeps): CrewGuests {
  const crewFor = (by: Actor, id: ChannelId): Channel | null => {
    const here = place(facts, by, id, 'read');
    return isReceipt(here) || here.channel.kind !== 'crew' ? null : here.channel;
  };
  const isDj = ({ user, isGuest }: Actor, { owner }: Channel): boolean =>
    owner !== null && !isGuest && facts.sameAs(user).includes(owner);
  const guestsIn = ({ id }: Channel, user: UserId): readonly UserId[] => {
    const members = new Set(directory.conversations.members(id).map((one) => one.user));
    return facts.sameAs(user).filter((one) => members.has(one));
  };

  /** Readers of the crew are told, and it is written down. */
  async function tell(crew: Channel, by: UserId, target: UserId, act: string, say: string): Promise<void> {
    const audit = { act, by, target, message: null, channel: crew.id, until: null, reason: null };
    const step = noticeStep(crew, act, say, stepKey(act, crew.id, newRowId()), clock.now());
    await append({ ...step, note: { audit } });
  }

  return {
    async invite(by, id, target, name) {
      const crew = crewFor(by, id);
      if (crew === null) return NO_CREW;
      if (!isDj(by, crew)) return NOT_YOURS;
      if (!directory.isAdmin(target)) return NO_ADMIN;
      if (guestsIn(crew, target).length > 0) return done(`${name} reads here already.`);
      const row = { channel_id: crew.id, user_id: target, joined_at: clock.now(), name };
      const insert = sql.build.insertInto('members').values(row);
      await directory.change({
        statements: [{ query: insert.onConflict((conflict) => conflict.doNothing()).compile() }],
        scopes: [scopeOf(crew)],
        what: [{ kind: 'members', channel: crew.id }],
      });
      const say = `${name} was asked in by the DJ, and reads here now.`;
      await tell(crew, by.user, target, 'crew-invite', say);
      return done(say);
    },

    async letGo(by, id, target, name) {
      const crew = crewFor(by, id);
      if (crew === null) return NO_CREW;
      const isOwn = facts.sameAs(target).includes(by.user);
      if (!isOwn && !isDj(by, crew)) return NOT_YOURS;
      const users = guestsIn(crew, target);
      if (users.length === 0) return NO_GUEST;
      const gone = sql.build.deleteFrom('members').where('channel_id', '=', crew.id).where('user_id', 'in', users);
      await directory.change({
        statements: [{ query: gone.compile() }],
        scopes: [scopeOf(crew)],
        what: [{ kind: 'members', channel: crew.id }],
      });
      const say = isOwn ? `${name} has left.` : `${name} reads here no more.`;
      await tell(crew, by.user, target, isOwn ? 'crew-leave' : 'crew-remove', say);
      return done(say);
    },
  };
}

const NO_CREW = problem('not-found', 'This is no crew channel of yours.');
const NOT_YOURS = problem('forbidden', 'Only the DJ asks admins in.');
const NO_ADMIN = problem('forbidden', 'Only admins are asked in; whoever moderates for the DJ reads here anyway.');
const NO_GUEST = problem('not-found', 'Nobody of that name was asked in here.');
