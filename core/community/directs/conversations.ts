import type { Clock } from '../../async/clock.ts';
import { directIdOf, newPrivateId } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import {
  isConversation,
  type Member,
  type MemberState,
  MOST_ASKED,
  MOST_ASKED_ONE,
  MOST_CONVERSATIONS,
  MOST_GROUPS_AN_HOUR,
  MOST_IN_DIRECT,
  MOST_IN_PRIVATE,
} from '../../domain/conversation.ts';
import type { AccountId, ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { cleanName } from '../../pipeline/normalize.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { done, type Outcome, type Problem, problem } from '../accounts/outcome.ts';
import { asReached, type Reached, reachedBy } from './people.ts';
import { consents, insertConversation, markMember, nextOwner, putConsent, putMember, rename } from './rows.ts';

/** What became of bringing people together. */
export interface Opened {
  readonly channel: Channel;
  /** Those who have to accept before they get anything; also whoever hears nothing of it, for the answer is the same. */
  readonly asked: readonly Reached[];
}

/** Who acts; `account`: on a platform that a bridge serves. */
export interface By {
  readonly actor: Actor;
  readonly account: AccountId | null;
}

/** Private channels and direct conversations: who is in them. Each act takes effect on every hub before it is answered. */
export interface ConversationDesk {
  open(by: By, users: readonly UserId[]): Promise<Outcome<Opened>>;
  make(by: By, name: string, users: readonly UserId[]): Promise<Outcome<Opened>>;
  invite(by: By, channel: ChannelId, users: readonly UserId[]): Promise<Outcome<Opened>>;
  answer(user: UserId, channel: ChannelId, answer: 'accept' | 'decline'): Promise<Outcome<Member>>;
  leave(user: UserId, channel: ChannelId): Promise<Outcome<null>>;
  rename(user: UserId, channel: ChannelId, name: string): Promise<Outcome<null>>;
  /** What this person was asked into and has not answered, newest first. */
  waiting(user: UserId): readonly Member[];
  /** Those whom this person brought in while they had blocked them, and no longer do, hear of it now. */
  askAgain(channel: Channel, actor: Actor): Promise<void> | null;
}

export interface DeskDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Pick<Directory, 'change' | 'channel' | 'conversations' | 'sameAs' | 'relations' | 'isDisabled'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Why nobody on this platform can be written to; null: they can. */
  readonly whyNot: (platform: string) => string | null;
  /** What is said from now on waits for this member where a bridge serves them. */
  readonly owe: (channel: Channel, member: Member) => Promise<void>;
  /** Asks them, where they are. */
  readonly ask: (channel: Channel, member: Member, by: Actor) => Promise<void>;
}

const NOBODY_KNOWN = problem('not-found', 'Somebody of these is not known here.');
const NOT_YOURS = problem('not-found', 'There is no such channel.');
const SIGN_IN = problem('sign-in', 'Sign in to write to people.');
const HOUR_MS = 60 * 60_000;
const TOO_MANY_GROUPS = problem(
  'rate-limited',
  `You have brought together ${MOST_GROUPS_AN_HOUR} groups within an hour; try again later.`,
);
const BETWEEN_TWO = problem('forbidden', 'This is between the two of you, and stays so. Block whoever bothers you.');
const NOT_ASKED = problem('not-found', 'Nobody has asked you that.');

export function createConversationDesk(deps: DeskDeps): ConversationDesk {
  const { sql, directory, clock } = deps;
  const { conversations, sameAs, relations } = directory;
  const isSame = (a: UserId, b: UserId): boolean => sameAs(a).includes(b);

  async function resolve(
    by: By,
    users: readonly UserId[],
  ): Promise<Outcome<{ self: Reached; others: readonly Reached[] }>> {
    const { actor } = by;
    if (actor.isGuest || actor.isBot || directory.isDisabled(actor.user)) return SIGN_IN;
    const found = await reachedBy([actor.user, ...users], { sql, sameAs, isDisabled: directory.isDisabled });
    const self = found.get(actor.user) ?? asReached(actor, by.account);
    const others: Reached[] = [];
    for (const user of users) {
      const one = found.get(user);
      if (one === undefined) return NOBODY_KNOWN;
      if (!isSame(one.user, self.user) && !others.some((other) => isSame(other.user, one.user))) others.push(one);
    }
    return done({ self, others });
  }

  function tooMany(self: Reached, others: readonly Reached[], asked: number): Problem | null {
    const begun = conversations.of(self.user).filter((one) => isKept(one) && one.askedBy === null);
    if (begun.length >= MOST_CONVERSATIONS) {
      return problem('forbidden', `You have begun ${MOST_CONVERSATIONS} conversations already; leave one first.`);
    }
    const tired = others.find(({ user }) => unanswered(user, self.user) >= MOST_ASKED_ONE);
    if (tired !== undefined) {
      return problem('rate-limited', `${tired.name} has not accepted ${MOST_ASKED_ONE} invitations of yours.`);
    }
    const mine = [...sameAs(self.user)].flatMap((user) => waitingFor(user)).length;
    return asked > 0 && mine + asked > MOST_ASKED
      ? problem('rate-limited', `${MOST_ASKED} people have not answered you yet; wait for them.`)
      : null;
  }

  /** Private channels into which this person was asked and has not come; whoever hears nothing of it counts the same. */
  function unanswered(user: UserId, by: UserId): number {
    const open = conversations.of(user).filter(({ state, askedBy }) => {
      return state !== 'in' && state !== 'left' && askedBy !== null && isSame(askedBy, by);
    });
    return open.filter(({ channel }) => directory.channel(channel)?.kind === 'private').length;
  }

  /** People on other platforms whom this account has asked and who have not answered. */
  function waitingFor(user: UserId): readonly Member[] {
    const channels = new Set(conversations.of(user).map(({ channel }) => channel));
    return [...channels]
      .flatMap((channel) => conversations.members(channel))
      .filter(({ state, askedBy, account }) => state === 'asked' && askedBy === user && account !== null);
  }

  function unreachable(others: readonly Reached[]): Problem | null {
    for (const { account, platform, name } of others) {
      const why = account === null ? null : deps.whyNot(platform);
      if (why !== null) return problem('forbidden', `${name} cannot be written to: ${why}`);
    }
    return null;
  }

  /** How each of them comes in. */
  async function statesOf(kind: 'private' | 'direct', self: Reached, others: readonly Reached[]) {
    const given = await consents(sql, sameAs, self.user, others);
    return others.map((one): { one: Reached; state: MemberState } => {
      if (relations.isBlocked(one.user, self.user)) return { one, state: 'unasked' };
      const needsConsent = kind === 'private' || one.account !== null || self.account !== null;
      if (!needsConsent) return { one, state: 'in' };
      const before = given.get(one.user);
      if (before === 'no') return { one, state: 'declined' };
      return { one, state: kind === 'direct' && before === 'yes' ? 'in' : 'asked' };
    });
  }

  function memberOf(channel: ChannelId, one: Reached, state: MemberState, askedBy: UserId | null): Member {
    return { ...one, channel, state, askedBy, since: clock.now() as EpochMs };
  }

  /** Everybody of the channel with all their accounts: whose lists are others now. */
  function concerned(channel: ChannelId, more: readonly Pick<Member, 'user'>[]): readonly UserId[] {
    const users = [...conversations.members(channel), ...more].flatMap(({ user }) => sameAs(user));
    return [...new Set(users)];
  }

  async function write(
    channel: Channel,
    statements: readonly Statement[],
    more: readonly Pick<Member, 'user'>[],
    settled?: UserId,
  ): Promise<void> {
    const users = concerned(channel.id, more);
    await directory.change({
      statements,
      scopes: [scopeOf(channel)],
      what: [{ kind: 'members', channel: channel.id, users, ...(settled !== undefined && { settled }) }],
    });
  }

  async function bringIn(
    channel: Channel,
    by: By,
    self: Reached,
    others: readonly Reached[],
    first: readonly Statement[],
  ): Promise<Outcome<Opened>> {
    if (!isConversation(channel.kind)) return NOT_YOURS;
    const bad = unreachable(others);
    if (bad !== null) return bad;
    const states = await statesOf(channel.kind, self, others);
    const strangers = states.filter(({ one, state }) => state === 'asked' && one.account !== null);
    const full = tooMany(self, others, strangers.length);
    if (full !== null) return full;
    const members = states.map(({ one, state }) => memberOf(channel.id, one, state, self.user));
    for (const member of members) if (member.account !== null) await deps.owe(channel, member);
    const yes =
      channel.kind === 'direct' ? others.map(({ user }) => putConsent(sql, self.user, user, 'yes', clock.now())) : [];
    await write(channel, [...first, ...members.map((one) => putMember(sql, one)), ...yes], [self, ...members]);
    const asked = states.filter(({ one, state }) => seemsAsked(channel.kind === 'direct', one, self, state));
    for (const member of members) {
      if (asked.some(({ one }) => one.user === member.user)) await deps.ask(channel, member, by.actor);
    }
    return done({ channel: directory.channel(channel.id) ?? channel, asked: asked.map(({ one }) => one) });
  }

  function existing(self: Reached, others: readonly Reached[]): Channel | null {
    const wanted = [self, ...others];
    for (const { channel: id } of conversations.of(self.user)) {
      const channel = directory.channel(id);
      const members = conversations.members(id);
      if (channel?.kind !== 'direct' || members.length !== wanted.length) continue;
      if (wanted.every((one) => members.some(({ user }) => isSame(user, one.user)))) return channel;
    }
    return null;
  }

  /** Who was asked and opens it has answered; who has left it is asked, and may stay away. */
  async function reopen(channel: Channel, by: By, self: Reached): Promise<Outcome<Opened>> {
    const own = conversations.memberOf(channel.id, self.user);
    if (own !== null && own.state !== 'in') await settle(channel, own, 'in');
    await desk.askAgain(channel, by.actor);
    const gone = conversations.members(channel.id).filter(({ user, state }) => {
      return state === 'left' && !relations.isBlocked(user, self.user);
    });
    if (gone.length > 0) await bringBack(channel, by.actor, gone);
    const asked = conversations.members(channel.id).filter((one) => {
      return !isSame(one.user, self.user) && seemsAsked(true, one, self, one.state);
    });
    return done({ channel, asked });
  }

  async function settle(channel: Channel, member: Member, state: MemberState): Promise<void> {
    const isNew = channel.kind === 'private' || member.state === 'left';
    const since = isNew && state === 'in' ? clock.now() : member.since;
    const consent =
      member.askedBy === null || state === 'left' || channel.kind === 'private'
        ? []
        : [putConsent(sql, member.user, member.askedBy, state === 'in' ? 'yes' : 'no', clock.now())];
    const settled = member.state === 'asked' ? member.user : undefined;
    await write(channel, [markMember(sql, { ...member, state, since }), ...consent], [], settled);
  }

  /** The conversation that this person is in. */
  function inside(user: UserId, id: ChannelId): Channel | null {
    const channel = directory.channel(id);
    if (channel === null || !isConversation(channel.kind)) return null;
    return conversations.memberOf(id, user)?.state === 'in' ? channel : null;
  }
  function insidePrivate(user: UserId, id: ChannelId): Channel | null {
    const channel = inside(user, id);
    return channel?.kind === 'private' ? channel : null;
  }

  /** Groups of more than two that this person has begun in the last hour. */
  function groupsLately(user: UserId): number {
    const begun = conversations.of(user).filter((one) => {
      const isRecent = one.askedBy === null && one.since > clock.now() - HOUR_MS;
      return isRecent && directory.channel(one.channel)?.kind === 'direct';
    });
    return begun.filter(({ channel }) => conversations.members(channel).length > 2).length;
  }

  const desk: ConversationDesk = {
    async open(by, users) {
      if (users.length > MOST_IN_DIRECT) return tooLarge(MOST_IN_DIRECT);
      const found = await resolve(by, users);
      if (!found.ok) return found;
      const { self, others } = found.value;
      const known = existing(self, others);
      if (known !== null) return reopen(known, by, self);
      if (others.length > 1 && groupsLately(self.user) >= MOST_GROUPS_AN_HOUR) return TOO_MANY_GROUPS;
      const id = directIdOf([self, ...others].map(({ user }) => user));
      const channel: Channel = { id, kind: 'direct', name: '', topic: '', owner: null, state: 'open' };
      const own = memberOf(id, self, 'in', null);
      const first = [insertConversation(sql, channel, clock.now()), putMember(sql, own)];
      if (self.account !== null) await deps.owe(channel, own);
      const opened = await bringIn(channel, by, self, others, first);
      return opened;
    },
    async make(by, rawName, users) {
      if (users.length > MOST_IN_PRIVATE) return tooLarge(MOST_IN_PRIVATE);
      const found = await resolve(by, users);
      if (!found.ok) return found;
      const { self, others } = found.value;
      const name = cleanName(rawName);
      const id = newPrivateId();
      const channel: Channel = { id, kind: 'private', name, topic: '', owner: self.user, state: 'open' };
      const own = memberOf(id, self, 'in', null);
      if (self.account !== null) await deps.owe(channel, own);
      return bringIn(channel, by, self, others, [insertConversation(sql, channel, clock.now()), putMember(sql, own)]);
    },
    async invite(by, id, users) {
      const channel = insidePrivate(by.actor.user, id);
      if (channel === null) return NOT_YOURS;
      const found = await resolve(by, users);
      if (!found.ok) return found;
      const { self, others } = found.value;
      const fresh = others.filter((one) => {
        const before = conversations.memberOf(id, one.user);
        return before === null || before.state === 'left';
      });
      if (conversations.members(id).filter(isKept).length + fresh.length > MOST_IN_PRIVATE)
        return tooLarge(MOST_IN_PRIVATE);
      return bringIn(channel, by, self, fresh, []);
    },
    async answer(user, id, answer) {
      const channel = directory.channel(id);
      const member = conversations.memberOf(id, user);
      if (channel === null || member === null || !isWaiting(member)) return NOT_ASKED;
      const state = answer === 'accept' ? 'in' : 'declined';
      await settle(channel, member, state);
      return done({ ...member, state });
    },
    async leave(user, id) {
      const channel = inside(user, id);
      if (channel?.kind === 'direct' && conversations.members(id).length <= 2) return BETWEEN_TWO;
      const member = conversations.memberOf(id, user);
      if (channel === null || member === null) return NOT_YOURS;
      const isOwner = channel.owner !== null && isSame(channel.owner, user);
      const heir = isOwner ? nextOwner(conversations.members(id), (one) => isSame(one.user, user)) : null;
      const handed = heir === null ? [] : [rename(sql, id, { owner_id: heir.user })];
      await write(channel, [markMember(sql, { ...member, state: 'left' }), ...handed], []);
      return done(null);
    },
    async rename(user, id, rawName) {
      const channel = insidePrivate(user, id);
      if (channel === null) return NOT_YOURS;
      if (channel.owner === null || !isSame(channel.owner, user)) {
        return problem('forbidden', 'Only whoever made the channel can rename it.');
      }
      await write(channel, [rename(sql, id, { name: cleanName(rawName) })], []);
      return done(null);
    },
    waiting(user) {
      const asked = conversations.of(user).filter(isWaiting);
      const shown = asked.filter(({ askedBy }) => askedBy === null || !relations.isBlocked(user, askedBy));
      return shown.toSorted((a, b) => b.since - a.since);
    },
    askAgain(channel, actor) {
      const members = conversations.members(channel.id);
      const late = members.filter(({ user, state, askedBy }) => {
        if (state !== 'unasked' || askedBy === null || !isSame(askedBy, actor.user)) return false;
        return !relations.isBlocked(user, actor.user);
      });
      return late.length === 0 ? null : bringBack(channel, actor, late);
    },
  };

  async function bringBack(channel: Channel, actor: Actor, late: readonly Member[]): Promise<void> {
    const self = conversations.memberOf(channel.id, actor.user);
    if (self === null || !isConversation(channel.kind)) return;
    const states = await statesOf(channel.kind, self, late);
    const members = late.map((one, at): Member => {
      const { state = 'asked' } = states[at] ?? {};
      const isAsked = one.state === 'left' && state === 'in';
      return { ...one, state: isAsked ? 'asked' : state, askedBy: self.user, since: clock.now() };
    });
    for (const member of members) if (member.account !== null) await deps.owe(channel, member);
    await write(
      channel,
      members.map((one) => markMember(sql, one)),
      members,
    );
    for (const member of members) if (member.state === 'asked') await deps.ask(channel, member, actor);
  }

  return desk;
}

function isWaiting({ state }: Member): boolean {
  return state === 'asked';
}

function isKept({ state }: Member): boolean {
  return state === 'in' || state === 'asked';
}

/** Whether the others take it that they have not answered yet: one who had blocked them looks like anybody else. */
export function seemsAsked(
  isDirect: boolean,
  one: Pick<Reached, 'account'>,
  by: Pick<Reached, 'account'>,
  state: MemberState,
): boolean {
  if (state === 'unasked') return !isDirect || one.account !== null || by.account !== null;
  return state === 'asked' || state === 'declined';
}

function tooLarge(most: number): Problem {
  return problem('bad-request', `At most ${most} people can be in it.`);
}
