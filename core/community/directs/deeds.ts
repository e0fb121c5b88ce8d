import type { Channel } from '../../domain/channel.ts';
import { isConversation, type Member } from '../../domain/conversation.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { ListedInvitation, ListedMember } from '../../plugin/asked/directs.ts';
import type { Answer, Deeds, Questions } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Outcome } from '../accounts/outcome.ts';
import { type By, type ConversationDesk, type Opened, seemsAsked } from './conversations.ts';
import { faceOf } from './face.ts';

export interface DirectDeedDeps {
  readonly desk: ConversationDesk;
  readonly directory: Pick<Directory, 'channel' | 'conversations' | 'sameAs'>;
  readonly facts: LiveFacts;
  /** From now on whoever has brought this person into the conversation cannot write to them. */
  readonly block: (actor: Actor, whom: Member) => Promise<void>;
}

type DirectDeed =
  | 'open-direct'
  | 'create-private'
  | 'invite'
  | 'answer-invitation'
  | 'leave-channel'
  | 'rename-channel';
export type DirectDeeds = {
  readonly [K in DirectDeed]: (actor: Actor, deed: Deeds[K][0]) => Promise<Answer<Deeds[K][1]>>;
};
export type DirectQuestions = {
  readonly [K in 'members' | 'invitations']: (actor: Actor, of: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
};

export function createDirectDeeds({ desk, directory, block }: DirectDeedDeps): DirectDeeds {
  async function answer(actor: Actor, { channel, answer: given }: Deeds['answer-invitation'][0]) {
    const asker = askerOf(directory, channel, actor.user);
    const answered = await desk.answer(actor.user, channel, given === 'accept' ? 'accept' : 'decline');
    if (!answered.ok) return refusalOf(answered);
    if (given === 'block' && asker !== null) await block(actor, asker);
    return NOTHING;
  }

  return {
    'open-direct': async (actor, { users }) => openedOf(await desk.open(native(actor), users)),
    'create-private': async (actor, { name, users }) => openedOf(await desk.make(native(actor), name, users)),
    async invite(actor, { channel, users }) {
      const opened = await desk.invite(native(actor), channel, users);
      return opened.ok ? { ok: true, value: { say: askedText(opened.value) ?? 'Done.' } } : refusalOf(opened);
    },
    'answer-invitation': answer,
    'leave-channel': async (actor, { channel }) => nothingOf(await desk.leave(actor.user, channel)),
    'rename-channel': async (actor, { channel, name }) => nothingOf(await desk.rename(actor.user, channel, name)),
  };
}

export function createDirectQuestions({ desk, directory, facts }: DirectDeedDeps): DirectQuestions {
  const { conversations, sameAs } = directory;

  function listed(channel: Channel, viewer: UserId, one: Member): ListedMember | null {
    if (one.state === 'left') return null;
    const by = one.askedBy === null ? null : conversations.memberOf(channel.id, one.askedBy);
    const isSelf = sameAs(viewer).includes(one.user);
    const isAsked = !isSelf && seemsAsked(channel.kind === 'direct', one, by ?? { account: null }, one.state);
    const { user, name, platform } = one;
    const isOwner = channel.owner !== null && sameAs(user).includes(channel.owner);
    return { user, name, platform, state: isAsked ? 'invited' : 'in', isOwner };
  }

  return {
    async members(actor, { channel: id }) {
      const here = place(facts, actor, id, 'read');
      if (isReceipt(here) || !isConversation(here.channel.kind)) return NO_CHANNEL;
      const members = conversations.members(id).flatMap((one) => listed(here.channel, actor.user, one) ?? []);
      return { ok: true, value: { members } };
    },
    async invitations(actor) {
      const waiting = actor.isGuest ? [] : desk.waiting(actor.user);
      return {
        ok: true,
        value: { invitations: waiting.flatMap((one) => invitationOf(directory, actor.user, one) ?? []) },
      };
    },
  };
}

/** What this person is told of it before they answer; null: there is nothing to tell. */
export function invitationOf(
  directory: Pick<Directory, 'channel' | 'conversations' | 'sameAs'>,
  viewer: UserId,
  member: Member,
): ListedInvitation | null {
  const channel = directory.channel(member.channel);
  const by = askerOf(directory, member.channel, viewer);
  if (channel === null || by === null || !isConversation(channel.kind)) return null;
  const { id, kind, name } = faceOf(directory, viewer, channel);
  if (!isConversation(kind)) return null;
  const from = { user: by.user, name: by.name, platform: by.platform };
  return { channel: id, kind, name, by: from, at: member.since };
}

/** Who has brought this person into the conversation. */
export function askerOf(
  { conversations }: Pick<Directory, 'conversations'>,
  channel: Member['channel'],
  user: UserId,
): Member | null {
  const askedBy = conversations.memberOf(channel, user)?.askedBy ?? null;
  return askedBy === null ? null : conversations.memberOf(channel, askedBy);
}

/** `Bob and Eve were asked …`; null: nobody has to answer. */
export function askedText({ asked }: Opened): string | null {
  if (asked.length === 0) return null;
  const names = asked.map(({ name }) => name).join(', ');
  return `${names} ${asked.length === 1 ? 'was' : 'were'} asked, and will read it once they accept.`;
}

function native(actor: Actor): By {
  return { actor, account: null };
}

function openedOf(opened: Outcome<Opened>): Answer<Deeds['open-direct'][1]> {
  if (!opened.ok) return refusalOf(opened);
  return { ok: true, value: { channel: opened.value.channel.id, say: askedText(opened.value) } };
}

function nothingOf(outcome: Outcome<unknown>): Answer<Record<never, never>> {
  return outcome.ok ? NOTHING : refusalOf(outcome);
}

function refusalOf({ code, say }: Extract<Outcome<unknown>, { ok: false }>) {
  return { ok: false, code: code === 'taken' ? 'bad-request' : code, say } as const;
}

const NOTHING = { ok: true, value: {} } as const;
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
