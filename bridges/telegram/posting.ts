import type { RoomId } from '../../core/domain/ids.ts';
import { BridgeError, type HubPort, isBridgeError, type Post, type RemoteRef } from '../../core/plugin/index.ts';
import { bare, type Encoded, encodeRich } from './encode.ts';
import { isAboutEntities, Refusal } from './failures.ts';
import { writeNote } from './notes.ts';
import { namesOf } from './pictures.ts';
import { type Place, placeOf, roomOf } from './rooms.ts';
import type { Session } from './session.ts';
import { asDocuments, groupsOf, sendGroup, type UploadGroup, type UploadTarget } from './uploads.ts';

export const MAX_TEXT = 4_096;
export const MAX_CAPTION = 1_024;

/** The place that a room names. @throws {BridgeError} when it names none */
export function placeIn(room: RoomId): Place {
  const place = placeOf(room);
  if (place !== null) return place;
  throw new BridgeError('the room is not the number of a chat', { kind: 'permanent', scope: 'portal' });
}

/**
 * Does something in a chat that has no bearing on earlier messages; when the chat became a supergroup, once more under
 * its new number. @throws {BridgeError}
 */
export async function inChat<T>(
  session: Session,
  hub: HubPort,
  room: RoomId,
  work: (at: Place) => Promise<T>,
): Promise<T> {
  const place = placeIn(room);
  const chat = session.chats.currentOf(place.chat);
  const now = chat === place.chat ? place : { chat, thread: null };
  try {
    return await work(now);
  } catch (error) {
    if (!(error instanceof Refusal) || error.movedTo === null) throw error;
    const to = error.movedTo;
    session.chats.moved(place.chat, to);
    const receipt = await hub.receive({ kind: 'room-moved', from: roomOf(place.chat, null), to: roomOf(to, null) });
    hub.log.info({ room, to, receipt: receipt.kind }, 'a group became a supergroup');
    return work({ chat: to, thread: null });
  }
}

/** Posts text and files. Several messages are one post: the first is its ref, whose note leads to the others. */
export function createPost(session: () => Session, hub: HubPort) {
  return async (post: Post, signal: AbortSignal): Promise<readonly RemoteRef[]> => {
    signal.throwIfAborted();
    const here = session();
    return inChat(here, hub, post.room, async (at) => {
      const draft = createDraft(here, hub, targetOf(at, post), signal);
      await draft.send(post);
      return [await draft.ref(at)];
    });
  };
}

function targetOf({ chat, thread }: Place, { replyTo }: Pick<Post, 'replyTo'>): UploadTarget {
  const reply = replyTo === null ? null : placeOf(replyTo.room);
  // Numbers of messages mean nothing in another chat.
  const isHere = reply?.chat === chat && Number.isSafeInteger(Number(replyTo?.id));
  return {
    chat_id: chat,
    ...(thread !== null && { message_thread_id: thread }),
    ...(isHere && { reply_parameters: { message_id: Number(replyTo?.id), allow_sending_without_reply: true } }),
  };
}

/** One post on its way: what of it is there already. */
function createDraft({ client, albums }: Session, hub: HubPort, target: UploadTarget, signal: AbortSignal) {
  const ids: number[] = [];
  let isCaption = false;

  async function send(post: Post): Promise<void> {
    const groups = groupsOf(post.media);
    const shown = groups.flatMap(({ items }) => items.map(({ media }) => media));
    const missing = post.media.filter((one) => !shown.includes(one));
    const said = encodeRich([...post.text, ...namesOf(missing.map(nameOf), post.text.length > 0)]);
    const [first, ...more] = groups;
    if (first === undefined) return sendText(said);
    if (said.text.length > MAX_CAPTION) {
      await sendText(said);
      await sendMore(groups);
      return;
    }
    if (await sendFiles(first, said)) isCaption = true;
    else {
      const names = namesOf(
        first.items.map(({ media }) => nameOf(media)),
        said.text !== '',
      );
      await sendText({ ...said, text: said.text + encodeRich(names).text });
    }
    await sendMore(more);
  }

  /** Something stands already: what goes wrong from here on must not make the hub post it all again. */
  async function sendMore(groups: readonly UploadGroup[]): Promise<void> {
    for (const group of groups) {
      try {
        if (!(await sendFiles(group, NOTHING)))
          await sendText(
            encodeRich(
              namesOf(
                group.items.map(({ media }) => nameOf(media)),
                false,
              ),
            ),
          );
      } catch (error) {
        if (!isBridgeError(error)) throw error;
        hub.log.warn({ chat: target.chat_id, files: group.items.length, say: error.message }, 'files were left out');
      }
    }
  }

  /** @returns whether they are there; Telegram may not want them, or the hub have them no more */
  async function sendFiles(group: UploadGroup, said: Encoded): Promise<boolean> {
    for (const form of [group, asDocuments(group)]) {
      if (form === null) continue;
      try {
        const sent = await formatted(said, (text) => sendGroup(client, hub, form, aimed(), text, signal));
        if (sent === null) return false;
        ids.push(...sent);
        return true;
      } catch (error) {
        if (!isRefusedFile(error)) throw error;
        hub.log.warn({ chat: target.chat_id, say: error.says }, 'files were refused');
      }
    }
    return false;
  }

  async function sendText(said: Encoded): Promise<void> {
    const sent = await formatted(said, ({ text, entities }) =>
      client.call('sendMessage', { ...aimed(), text, entities }, signal),
    );
    ids.push(sent.message_id);
  }

  /** Only the first message answers another. */
  function aimed(): UploadTarget {
    if (ids.length === 0) return target;
    const { reply_parameters: _, ...rest } = target;
    return rest;
  }

  return {
    send,
    async ref({ chat, thread }: Place): Promise<RemoteRef> {
      const [main, ...others] = ids;
      if (main === undefined) throw new BridgeError('nothing was posted', { kind: 'permanent', scope: 'command' });
      if (others.length > 0) await keep(chat, [main, ...others]);
      return { room: roomOf(chat, thread), id: `${main}`, note: writeNote(main, { isCaption, others }) };
    },
  };

  /** So that what is said to any of them is taken as said to the post. */
  async function keep(chat: number, parts: readonly number[]): Promise<void> {
    try {
      await albums.remember({ chat, group: `own-${parts[0]}`, ids: parts });
    } catch (error) {
      hub.log.warn({ say: error instanceof Error ? error.name : '' }, 'the parts of an album could not be kept');
    }
  }
}

const NOTHING: Encoded = { text: '', entities: [] };

/** Once more without formatting when Telegram does not like it: better plain than lost. */
export async function formatted<T>(said: Encoded, send: (said: Encoded) => Promise<T>): Promise<T> {
  try {
    return await send(said);
  } catch (error) {
    if (said.entities.length === 0 || !isAboutEntities(error)) throw error;
    return send(bare(said));
  }
}

/** Telegram's no to these files, not to the room. */
function isRefusedFile(error: unknown): error is Refusal {
  if (!(error instanceof Refusal) || error.failure.kind !== 'permanent' || error.movedTo !== null) return false;
  return error.failure.scope === 'command' && (error.code === 400 || error.code === 413);
}

/** What stands in the text in place of a file. */
function nameOf({ name, publicUrl }: { readonly name: string; readonly publicUrl: string | null }): string {
  return publicUrl === null ? name : `${name}: ${publicUrl}`;
}
