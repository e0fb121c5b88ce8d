import { type Hold, isConversation, type Member, stretchOf, type Veil } from '../../domain/conversation.ts';
import type { EntryNote } from '../../domain/entry.ts';
import { type MessageId, mintedAt, type UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { isOnAir } from '../../domain/live-event.ts';
import type { Place } from '../../pipeline/address.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { isOver, sightOf } from './sight.ts';
import type { Views } from './views.ts';

/** What is known besides of something said in a conversation. */
export interface Aside {
  /** The earlier message that it answers or changes is not there for this person. */
  readonly isUnseen: boolean;
  /** Who does not get it, as things are now; in memory. */
  note(act: 'say' | 'change' | 'react'): Pick<EntryNote, 'veil'>;
  /** What its author should know; null: nothing. Says the same whether they are blocked or not. */
  say(): string | null;
}

/** Conversations, as the route asks of them. */
export interface Conversations {
  /** @param earlier the message that is answered or changed. @returns null in every other channel */
  about(here: Place, actor: Actor, earlier: MessageId | null): Promise<Aside> | null;
}

export interface ConversationsDeps {
  readonly directory: Pick<Directory, 'conversations' | 'events' | 'sameAs' | 'relations'>;
  readonly views: Pick<Views, 'noteOf'>;
  /** Lets those hear of the conversation who had blocked this person and no longer do. */
  readonly askAgain: (here: Place['channel'], actor: Actor) => Promise<void> | null;
}

export function createConversations({ directory, views, askAgain }: ConversationsDeps): Conversations {
  const { conversations, events, sameAs, relations } = directory;

  /** Everybody who gets it now or may once they have answered; not the person who says it. */
  function others(here: Place, actor: Actor): readonly Member[] {
    const person = sameAs(actor.user);
    const members = conversations.members(here.channel.id);
    return members.filter(({ user, state }) => state !== 'left' && !person.includes(user));
  }

  function holdFor({ user }: Member): Hold | null {
    for (const one of sameAs(user)) {
      const event = events.ofDj(one).find(({ state }) => isOnAir(state));
      if (event !== undefined) return { user, event: event.id, stretch: stretchOf(event) };
    }
    return null;
  }

  function veilNow(here: Place, actor: Actor): Veil {
    const all = others(here, actor);
    const never = all.filter(({ user }) => relations.isBlocked(user, actor.user)).map(({ user }) => user);
    const later = all.flatMap((one) => holdFor(one) ?? []);
    return { ...(never.length > 0 && { never }), ...(later.length > 0 && { later }) };
  }

  /** Those who do not see an earlier message. */
  function blindTo(here: Place, id: MessageId, { veil }: EntryNote): readonly UserId[] {
    const members = conversations.members(here.channel.id);
    const seen = { note: { ...(veil !== undefined && { veil }) }, message: id, at: mintedAt(id) };
    return members
      .filter((one) => sightOf(seen, { ...one, state: 'in' }, directory) === 'nothing')
      .map(({ user }) => user);
  }

  function sees(here: Place, actor: Actor, id: MessageId, note: EntryNote): boolean {
    const member = conversations.memberOf(here.channel.id, actor.user);
    return sightOf({ note, message: id, at: mintedAt(id) }, member, directory) !== 'nothing';
  }

  /** What was kept from somebody before stays kept, with all that changes in it. */
  function veilOfChange(earlier: EntryNote | null): Veil {
    const { never = [], later = [] } = earlier?.veil ?? {};
    const still = later.filter((hold) => !isOver(hold, events));
    return { ...(never.length > 0 && { never }), ...(still.length > 0 && { later: still }) };
  }

  async function about(here: Place, actor: Actor, earlier: MessageId | null): Promise<Aside> {
    await askAgain(here.channel, actor);
    const note = earlier === null ? null : await views.noteOf(here.channel, earlier);
    return {
      isUnseen: earlier !== null && (note === null || !sees(here, actor, earlier, note)),
      note(act) {
        if (act === 'say') {
          const quote = earlier === null || note === null ? [] : blindTo(here, earlier, note);
          return asNote({ ...veilNow(here, actor), ...(quote.length > 0 && { quote }) });
        }
        const before = veilOfChange(note);
        if (act === 'change') return asNote(before);
        const never = new Set([...(before.never ?? []), ...(veilNow(here, actor).never ?? [])]);
        return asNote({ ...before, ...(never.size > 0 && { never: [...never] }) });
      },
      say() {
        const live = others(here, actor).filter((one) => holdFor(one) !== null);
        return live.length === 0 ? null : heldText(live.map(({ name }) => name));
      },
    };
  }

  return {
    about: (here, actor, earlier) => (isConversation(here.channel.kind) ? about(here, actor, earlier) : null),
  };
}

function asNote(veil: Veil): Pick<EntryNote, 'veil'> {
  return Object.keys(veil).length === 0 ? {} : { veil };
}

function heldText(names: readonly string[]): string {
  const all = names.join(', ');
  return names.length === 1
    ? `${all} is live: it is delivered there when the event ends.`
    : `${all} are live: it is delivered to each when their event ends.`;
}
