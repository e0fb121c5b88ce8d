import type { InlineKeyboardMarkup, ReactionTypeEmoji } from 'grammy/types';
import type { RoomId } from '../../core/domain/ids.ts';
import {
  BridgeError,
  type Capabilities,
  type Choice,
  type Direct,
  type Edit,
  type HubPort,
  plainText,
  type React,
  type Redact,
  type RemoteRef,
  type Respond,
  type Signal,
} from '../../core/plugin/index.ts';
import { createAuthority, createIsClosed, createSanction, MAX_SANCTION_MS, MIN_SANCTION_MS } from './acting.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { ChatState } from './chats.ts';
import { reactionFor, reactionsOf } from './emoji.ts';
import { encodeRich } from './encode.ts';
import { aboutPerson, isGone, isNotModified, Refusal } from './failures.ts';
import { readNote, writeNote } from './notes.ts';
import { createPost, formatted, inChat, MAX_CAPTION, MAX_TEXT, placeIn } from './posting.ts';
import { placeOf } from './rooms.ts';
import type { Session } from './session.ts';
import { readTicket } from './ticket.ts';
import { editMedia, MAX_ALBUM, MAX_UPLOAD_BYTES } from './uploads.ts';

const MOST_REACTED = 1_000;
const MAX_DELETIONS = 100;
const MAX_CHOICES = 8;
const MAX_BUTTON_BYTES = 64;
const MAX_ALERT = 200;
/** Telegram's own word: about 20 messages a minute in one group. */
const BUDGET = { count: 20, perMs: 60_000 };
const DAY_MS = 24 * 60 * 60_000;

/**
 * What can be asked of a chat.
 * @param session of now; null while the bridge does not run
 */
export function createOutbound(session: () => Session | null, hub: HubPort): (room: RoomId) => Capabilities {
  const here = (): Session => {
    const found = session();
    if (found !== null) return found;
    throw new BridgeError('not connected to Telegram', { kind: 'retryable', delivered: 'no' });
  };
  const runs = {
    post: createPost(here, hub),
    edit: createEdit(here, hub),
    redact: createRedact(here),
    react: createReact(here),
    sanction: createSanction(here, hub),
    direct: createDirect(here),
    respond: createRespond(here, hub),
    signal: createSignal(here, hub),
    authority: createAuthority(here),
    isClosed: createIsClosed(here),
  };

  return (room) => {
    const place = placeOf(room);
    const chat = place === null ? null : (session()?.chats.stateOf(place.chat) ?? null);
    const acts = actsIn(chat);
    const emoji = reactionsOf(chat?.reactions ?? null);
    return {
      post: {
        limits: {
          text: MAX_TEXT,
          caption: MAX_CAPTION,
          unit: 'utf16',
          speaker: 'prefix',
          reply: true,
          idempotent: false,
          takesSentAt: false,
          maxMedia: MAX_ALBUM,
          maxMediaBytes: MAX_UPLOAD_BYTES,
          spoiler: true,
          budget: { bucket: `${place?.chat ?? room}`, ...BUDGET },
        },
        run: runs.post,
      },
      edit: { limits: { windowMs: null, media: 'one' }, run: runs.edit },
      redact: {
        limits: { windowMs: null, maxRefs: MAX_DELETIONS, others: chat?.canDelete === true },
        run: runs.redact,
      },
      ...(emoji.length > 0 && { react: { limits: { perUser: false, emoji }, run: runs.react } }),
      ...(acts.length > 0 && {
        sanction: {
          limits: {
            acts,
            minMs: MIN_SANCTION_MS,
            maxMs: MAX_SANCTION_MS,
            ...(chat?.isForum === false && { within: 'room' as const }),
          },
          run: runs.sanction,
        },
      }),
      direct: { limits: { text: MAX_TEXT, choices: MAX_CHOICES }, run: runs.direct },
      respond: { limits: { withinMs: DAY_MS, isPrivate: false, choices: MAX_CHOICES }, run: runs.respond },
      signal: { limits: { kinds: ['typing'] }, run: runs.signal },
      authority: { limits: {}, run: runs.authority },
      isClosed: { limits: {}, run: runs.isClosed },
    };
  };
}

/** Small groups know neither timeouts nor a list of those who are banned. */
function actsIn(chat: ChatState | null): readonly ('timeout' | 'ban' | 'lift')[] {
  if (chat?.canRestrict !== true) return [];
  if (chat.type === 'supergroup') return ['timeout', 'ban', 'lift'];
  return chat.type === 'channel' ? ['ban', 'lift'] : ['ban'];
}

/** The message that a ref names. Its number is that of the chat it was posted in, whatever the chat is called now. */
function messageOf({ room, id }: RemoteRef): { readonly chat_id: number; readonly message_id: number } {
  const message = Number(id);
  if (!Number.isSafeInteger(message)) throw command('no such message');
  return { chat_id: placeIn(room).chat, message_id: message };
}

function createEdit(session: () => Session, hub: HubPort) {
  return async ({ ref, text, media = [] }: Edit, signal: AbortSignal): Promise<RemoteRef> => {
    signal.throwIfAborted();
    const { client } = session();
    const message = messageOf(ref);
    const said = encodeRich(text);
    const { isCaption } = readNote(ref);
    // where the file was not taken, there is a text alone
    const shown = isCaption ? media[0] : undefined;
    try {
      await formatted(said, async (form) => {
        if (shown !== undefined) return editMedia(client, hub, message, shown, form, signal);
        if (!isCaption) return client.call('editMessageText', { ...message, ...form }, signal);
        const caption = { caption: form.text, caption_entities: form.entities };
        return client.call('editMessageCaption', { ...message, ...caption }, signal);
      });
    } catch (error) {
      if (!isNotModified(error)) throw onOldMessage(error);
    }
    return ref;
  };
}

function createRedact(session: () => Session) {
  return async ({ refs }: Redact, signal: AbortSignal): Promise<undefined> => {
    signal.throwIfAborted();
    const { client } = session();
    const all = refs.flatMap((ref) => {
      const { chat_id, message_id } = messageOf(ref);
      return [message_id, ...readNote(ref).others].map((id) => ({ chat_id, id }));
    });
    for (const [chat_id, messages] of Map.groupBy(all, (one) => one.chat_id)) {
      const ids = messages.map(({ id }) => id);
      for (let from = 0; from < ids.length; from += MAX_DELETIONS) {
        await remove(client, chat_id, ids.slice(from, from + MAX_DELETIONS), signal);
      }
    }
    return undefined;
  };
}

async function remove(
  client: Session['client'],
  chat: number,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.call('deleteMessages', { chat_id: chat, message_ids: [...ids] }, signal);
  } catch (error) {
    if (isGone(error)) return;
    // One that is too old must not keep the others.
    if (!(error instanceof Refusal) || error.code !== 400 || ids.length === 1) throw onOldMessage(error);
    let kept: unknown = null;
    for (const id of ids) {
      await remove(client, chat, [id], signal).catch((failed: unknown) => {
        kept = failed;
      });
    }
    if (kept !== null) throw kept;
  }
}

/** A bot has one reaction on a message: the newest that is still wanted. */
function createReact(session: () => Session) {
  const wanted = createBoundedMap<string, readonly string[]>(MOST_REACTED);
  return async ({ ref, emoji, on }: React, signal: AbortSignal): Promise<null> => {
    signal.throwIfAborted();
    const { client } = session();
    const message = messageOf(ref);
    const own = reactionFor(emoji);
    if (own === null) throw command('Telegram has no such reaction');
    const key = `${message.chat_id}/${message.message_id}`;
    const others = (wanted.get(key) ?? []).filter((one) => one !== own);
    const next = on ? [...others, own] : others;
    const newest = next.at(-1);
    const reaction = newest === undefined ? [] : [{ type: 'emoji', emoji: newest } as ReactionTypeEmoji];
    try {
      await client.call('setMessageReaction', { ...message, reaction }, signal);
    } catch (error) {
      if (!isNotModified(error) && !(isGone(error) && !on)) throw onOldMessage(error);
    }
    if (next.length === 0) wanted.delete(key);
    else wanted.set(key, next);
    return null;
  };
}

function createDirect(session: () => Session) {
  return async ({ to, text, choices }: Direct, signal: AbortSignal): Promise<RemoteRef> => {
    signal.throwIfAborted();
    const { client } = session();
    const buttons = keyboardOf(choices);
    try {
      const sent = await formatted(encodeRich(text), (form) =>
        client.call('sendMessage', { chat_id: Number(to), ...form, ...buttons }, signal),
      );
      const id = sent.message_id;
      return { room: `${to}` as RoomId, id: `${id}`, note: writeNote(id, { isCaption: false, others: [] }) };
    } catch (error) {
      throw aboutPerson(error);
    }
  };
}

function createRespond(session: () => Session, hub: HubPort) {
  return async ({ ticket, text, choices, isPrivate }: Respond, signal: AbortSignal): Promise<undefined> => {
    signal.throwIfAborted();
    const here = session();
    const at = readTicket(ticket);
    if (at === null) throw command('not a ticket of this bridge');
    if (at.kind === 'button' && isPrivate && plainText(text).length <= MAX_ALERT && choices.length === 0) {
      const alert = { callback_query_id: at.query, text: plainText(text), show_alert: true };
      await here.client.call('answerCallbackQuery', alert, signal);
      return undefined;
    }
    await inChat(here, hub, at.room, ({ chat, thread }) =>
      formatted(encodeRich(text), (form) =>
        here.client.call(
          'sendMessage',
          {
            chat_id: chat,
            ...(thread !== null && { message_thread_id: thread }),
            ...form,
            ...keyboardOf(choices),
            reply_parameters: { message_id: at.message, allow_sending_without_reply: true },
          },
          signal,
        ),
      ),
    );
    if (at.kind === 'button') await settleButton(here, at.query, hub, signal);
    return undefined;
  };
}

/** The answer stands in the chat; this only ends the button's waiting. */
async function settleButton({ client }: Session, query: string, hub: HubPort, signal: AbortSignal): Promise<void> {
  try {
    await client.call('answerCallbackQuery', { callback_query_id: query }, signal);
  } catch (error) {
    hub.log.debug({ say: error instanceof Error ? error.message : '' }, 'a button waits on');
  }
}

function createSignal(session: () => Session, hub: HubPort) {
  return async ({ room, what }: Signal, signal: AbortSignal): Promise<undefined> => {
    signal.throwIfAborted();
    // It ends by itself after five seconds.
    if (what.kind !== 'typing' || !what.on) return undefined;
    const here = session();
    await inChat(here, hub, room, ({ chat, thread }) => {
      const target = { chat_id: chat, ...(thread !== null && { message_thread_id: thread }) };
      return here.client.call('sendChatAction', { ...target, action: 'typing' }, signal);
    });
    return undefined;
  };
}

function keyboardOf(choices: readonly Choice[]): { readonly reply_markup?: InlineKeyboardMarkup } {
  if (choices.length === 0) return {};
  if (choices.some(({ id }) => Buffer.byteLength(id) > MAX_BUTTON_BYTES)) throw command('a button bears too much');
  return { reply_markup: { inline_keyboard: choices.map(({ id, label }) => [{ text: label, callback_data: id }]) } };
}

/** What stands in a chat that became another one cannot be reached; that says nothing about the room of today. */
function onOldMessage(error: unknown): unknown {
  return error instanceof Refusal && error.movedTo !== null ? aboutPerson(error) : error;
}

function command(why: string): BridgeError {
  return new BridgeError(why, { kind: 'permanent', scope: 'command' });
}
