import type { Content } from '../../core/domain/content.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import type { Cursor } from './cursor.ts';
import { type Draft, decodeMessage } from './decode.ts';
import type { Inbox } from './inbox.ts';
import type { Knowledge } from './knowledge.ts';
import { takeOver, withAvatar } from './media.ts';
import type { Memories } from './memory.ts';
import type { ApiMessage } from './packets.ts';
import { timeOf } from './people.ts';
import { createRecents, type Recents } from './recents.ts';
import type { Webhooks } from './webhooks.ts';

const MAX_HANDED = 5_000;
const MAX_PARTNERS = 1_000;

/** What is said in a linked room. Each call is made in the order of its room. */
export interface Messages {
  /** A message, told by the gateway or listed. Told again, it is passed over. */
  post(message: ApiMessage): Promise<void>;
  /** A change of one. Previews that Discord makes of links are none. */
  edit(message: ApiMessage): Promise<void>;
  /** Messages that are gone, by whomever. */
  remove(room: RoomId, ids: readonly string[]): Promise<void>;
  /** Said to the bot alone. */
  direct(message: ApiMessage): Promise<void>;
  /** A change of what was said to the bot alone. */
  editDirect(message: ApiMessage): Promise<void>;
  /** What was said to the bot alone is gone; Discord does not say by whom, but there is only one other. */
  removeDirect(room: RoomId, id: string): Promise<void>;
  /** A code typed where no portal is: how a room gets linked. */
  stray(message: ApiMessage): Promise<void>;
}

export interface MessageDeps {
  readonly hub: HubPort;
  readonly knowledge: Knowledge;
  readonly webhooks: Pick<Webhooks, 'isOwn'>;
  readonly inbox: Inbox;
  readonly memories: Memories;
  readonly cursor: Cursor;
  /** Ids that the bridge itself removes: to tell of them would be an echo. */
  readonly removed: Pick<Recents<string>, 'has'>;
}

export function createMessages(deps: MessageDeps): Messages {
  const { hub, knowledge, webhooks, inbox, memories, cursor, removed } = deps;
  /** What was seen is no proof that it was handed over: a listing may run ahead of the gateway. */
  const handed = createRecents<string>(MAX_HANDED);
  /** Who is talked to in rooms with one person alone. */
  const partners = createRecents<RoomId, InboundAccount>(MAX_PARTNERS);

  /** By id, never by name: other bots and webhooks may be called as they like. */
  function isOwn({ author, webhook_id: webhook, application_id: application }: ApiMessage): boolean {
    if (author?.id === knowledge.botId) return true;
    return webhook != null && (webhooks.isOwn(webhook) || application === knowledge.applicationId);
  }

  function draftOf(message: ApiMessage): Draft | null {
    const guild = message.guild_id ?? knowledge.place(message.channel_id as RoomId)?.guild ?? null;
    const draft = decodeMessage({ ...message, guild_id: guild }, knowledge.named(guild));
    if (draft === null || message.member != null || message.webhook_id != null) return draft;
    // A listing tells nothing of the names and pictures that people have in the server.
    return { ...draft, by: knowledge.known(draft.by.id, guild) ?? draft.by };
  }

  async function filled(draft: Draft): Promise<{ readonly by: InboundAccount; readonly content: Content }> {
    const [by, content] = await Promise.all([
      withAvatar(draft.by, hub.media),
      takeOver(draft.rich, draft.files, hub.media, inbox.signal),
    ]);
    return { by, content };
  }

  async function handOver(draft: Draft): Promise<boolean> {
    const { ref, replyTo, at } = draft;
    const { by, content } = await filled(draft);
    if (content.rich.length === 0 && content.attachments.length === 0) return true;
    return (await inbox.deliver({ kind: 'message', ref, by, content, replyTo, at })).kind !== 'stopping';
  }

  return {
    async post(message) {
      const room = message.channel_id as RoomId;
      const memory = await memories.of(room);
      if (handed.has(message.id)) return;
      const draft = isOwn(message) ? null : draftOf(message);
      if (draft !== null) {
        if (!(await handOver(draft))) return;
        handed.set(message.id, true);
        await cursor.move(room, message.id);
      }
      memory.see(message.id, editOf(message));
    },
    async edit(message) {
      const room = message.channel_id as RoomId;
      const edited = editOf(message);
      if (edited === null || isOwn(message)) return;
      const memory = await memories.of(room);
      const draft = memory.editedOf(message.id) === edited ? null : draftOf(message);
      if (draft === null) return;
      const { by, content } = await filled(draft);
      const at = draft.editedAt ?? hub.clock.now();
      const eventId = `edit ${message.id} ${edited}`;
      const receipt = await inbox.deliver({ kind: 'edit', eventId, ref: draft.ref, by, content, at });
      if (receipt.kind !== 'stopping') memory.see(message.id, edited);
    },
    async remove(room, ids) {
      const memory = await memories.of(room);
      const refs = ids.filter((id) => !removed.has(id)).map((id) => ({ room, id }));
      if (refs.length > 0) {
        const of = { kind: 'refs', refs } as const;
        const at = hub.clock.now();
        // A message is removed once: the same name for every telling of it.
        const receipt = await inbox.deliver({ kind: 'redaction', eventId: 'removed', of, by: null, at });
        if (receipt.kind === 'stopping') return;
      }
      for (const id of ids) memory.forget(id);
    },
    async direct(message) {
      const draft = isOwn(message) || message.author?.bot === true ? null : draftOf(message);
      if (draft === null) return;
      const { ref, at, replyTo } = draft;
      partners.set(ref.room, draft.by);
      await inbox.deliver({ kind: 'direct', ref, ...(await filled(draft)), at, ...(replyTo !== null && { replyTo }) });
    },
    async editDirect(message) {
      const edited = editOf(message);
      const draft = edited === null || isOwn(message) ? null : draftOf(message);
      if (draft === null) return;
      const eventId = `edit ${message.id} ${edited}`;
      const at = draft.editedAt ?? hub.clock.now();
      await inbox.deliver({ kind: 'edit', eventId, ref: draft.ref, ...(await filled(draft)), at });
    },
    async removeDirect(room, id) {
      const by = removed.has(id) ? null : (partners.get(room) ?? (await knowledge.partner(room)));
      if (by === null) return;
      partners.set(room, by);
      const of = { kind: 'refs', refs: [{ room, id }] } as const;
      await inbox.deliver({ kind: 'redaction', eventId: 'removed', of, by, at: hub.clock.now() });
    },
    async stray(message) {
      const draft = isOwn(message) || message.author?.bot === true ? null : draftOf(message);
      if (draft !== null) await handOver(draft);
    },
  };
}

/** In milliseconds: the gateway and the listing may write the same time in two ways. */
function editOf({ edited_timestamp: edited }: ApiMessage): string | null {
  const at = timeOf(edited);
  return at === null ? null : String(at);
}

/** Whether somebody types a code that links the room; the hub reads it behind any sign. */
export function isCodeLine(text: string): boolean {
  return /^[^\p{L}\p{N}\s]{1,3}bridge\s+\S/iu.test(text);
}
