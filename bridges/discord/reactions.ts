import type { z } from 'zod';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import type { Inbox } from './inbox.ts';
import type { Knowledge } from './knowledge.ts';
import type { ApiEmoji, reactionChange, reactionsGone } from './packets.ts';
import { accountOf } from './people.ts';

/** Of so many messages it is remembered who reacted: Discord does not say it when all reactions are taken away at once. */
const MAX_MESSAGES = 500;
const MAX_REACTORS = 100;

type Change = z.output<typeof reactionChange>;
type Gone = z.output<typeof reactionsGone>;

export interface Reactions {
  /** @param eventId the same each time this very change is told */
  change(change: Change, on: boolean, eventId: string): Promise<void>;
  /** All of a message, or all of one emoji. */
  clear(gone: Gone, eventId: string): Promise<void>;
}

interface Reactor {
  readonly by: InboundAccount;
  readonly emoji: string;
}

export function createReactions(
  hub: Pick<HubPort, 'clock'>,
  knowledge: Knowledge,
  inbox: Pick<Inbox, 'deliver'>,
): Reactions {
  const messages = new Map<string, Map<string, Reactor>>();

  function remember(message: string, { by, emoji }: Reactor, on: boolean): void {
    const reactors = messages.get(message) ?? new Map<string, Reactor>();
    messages.delete(message);
    if (on && reactors.size < MAX_REACTORS) reactors.set(`${by.id} ${emoji}`, { by, emoji });
    if (!on) reactors.delete(`${by.id} ${emoji}`);
    if (reactors.size > 0) messages.set(message, reactors);
    const [oldest] = messages.keys();
    if (messages.size > MAX_MESSAGES && oldest !== undefined) messages.delete(oldest);
  }

  async function deliver(room: string, id: string, { by, emoji }: Reactor, on: boolean, eventId: string) {
    const ref = { room: room as RoomId, id };
    await inbox.deliver({ kind: 'reaction', eventId, ref, by, emoji, on, at: hub.clock.now() });
  }

  return {
    async change(change, on, eventId) {
      const emoji = emojiName(change.emoji);
      if (change.user_id === knowledge.botId || emoji === null) return;
      const guild = change.guild_id ?? null;
      const user = change.member?.user;
      const by = user ? accountOf(user, change.member, guild) : await knowledge.account(change.user_id, guild);
      // A name is all that goes with a reaction.
      const reactor = { by: { ...by, id: change.user_id as AccountId, avatarUrl: null }, emoji };
      remember(change.message_id, reactor, on);
      await deliver(change.channel_id, change.message_id, reactor, on, eventId);
    },
    async clear({ channel_id: room, message_id: id, emoji }, eventId) {
      const only = emoji ? emojiName(emoji) : null;
      for (const [key, reactor] of [...(messages.get(id) ?? [])]) {
        if (only !== null && reactor.emoji !== only) continue;
        remember(id, reactor, false);
        await deliver(room, id, reactor, false, `${eventId} ${key}`);
      }
    },
  };
}

/** As the hub knows emoji: one as people pick it, or the `:name:` of a custom one. */
export function emojiName({ id, name }: ApiEmoji): string | null {
  if (name === null || name === undefined || name === '') return null;
  if (id !== null && id !== undefined) return `:${name}:`;
  // Some come without the mark that makes them a picture.
  return /^\p{RGI_Emoji}$/v.test(name) ? name : `${name}\ufe0f`;
}
