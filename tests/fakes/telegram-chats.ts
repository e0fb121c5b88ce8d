import type { ChatMember, Message, MessageEntity, Update, User } from 'grammy/types';

/*
 * What a Bot API server knows: chats with members and messages, files, and the updates that wait for the bot. Shapes as
 * documented at core.telegram.org/bots/api.
 */

export interface FakeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A message as people in the chat see it. */
export interface FakeMessage {
  readonly id: number;
  /** When it came in, by the machine's clock. */
  readonly at: number;
  readonly from: number;
  readonly thread: number | null;
  text: string;
  entities: readonly MessageEntity[];
  /** `photo`, `document` ...; null for a text. */
  readonly kind: string | null;
  readonly file: FakeFile | null;
  readonly hasSpoiler: boolean;
  readonly replyTo: number | null;
  readonly group: string | null;
  readonly buttons: readonly { readonly text: string; readonly callback_data: string }[];
  /** Emoji by user. */
  readonly reactions: Map<number, readonly string[]>;
  isGone: boolean;
}

export interface FakeChat {
  id: number;
  type: 'private' | 'group' | 'supergroup' | 'channel';
  title: string;
  isForum: boolean;
  /** A public name; anybody reads a chat that has one. */
  username?: string;
  readonly members: Map<number, ChatMember>;
  readonly messages: Map<number, FakeMessage>;
  lastId: number;
  /** The number that the chat has now. */
  movedTo: number | null;
  reactions: readonly string[] | null;
  /** Words with which every post is refused. */
  refuses: string | null;
}

export const BOT: User & { readonly username: string } = {
  id: 777_000_111,
  is_bot: true,
  first_name: 'Hub',
  username: 'SlipmatHubBot',
};
export const ADMIN_RIGHTS = { can_delete_messages: true, can_restrict_members: true };

export function person(id: number, name: string): User {
  return { id, is_bot: false, first_name: name };
}

export function member(user: User, fields: object = { status: 'member' }): ChatMember {
  return { user, ...fields } as ChatMember;
}

export function createChats() {
  const chats = new Map<number, FakeChat>();
  const files = new Map<string, FakeFile>();
  const photos = new Map<number, string>();
  const updates: Update[] = [];
  const listeners = new Set<() => void>();
  let nextUpdate = 5_000;
  let nextDate = Math.floor(Date.now() / 1_000);
  let nextFile = 0;

  function chat(id: number): FakeChat {
    const found = chats.get(id);
    if (found === undefined) throw new Error(`no chat ${id}`);
    return found;
  }

  return {
    updates,
    files,
    /** File ids of the pictures of people. */
    photos,
    chats,
    chat,
    /** Messages that are too old to be removed. */
    undeletable: new Set<number>(),
    /** As set with @BotFather, and by other programs. */
    settings: { privacy: false, webhook: '' },
    onUpdate: (listener: () => void) => void listeners.add(listener),
    now: () => nextDate,
    addChat(id: number, fields: Partial<FakeChat> = {}): FakeChat {
      const made: FakeChat = {
        id,
        type: id > 0 ? 'private' : 'supergroup',
        title: `chat ${id}`,
        isForum: false,
        members: new Map([[BOT.id, member(BOT, { status: 'administrator', ...ADMIN_RIGHTS })]]),
        messages: new Map(),
        lastId: 100,
        movedTo: null,
        reactions: null,
        refuses: null,
        ...fields,
      };
      chats.set(id, made);
      return made;
    },
    addFile(file: FakeFile): { readonly file_id: string; readonly file_unique_id: string; readonly file_size: number } {
      nextFile += 1;
      files.set(`file-${nextFile}`, file);
      return { file_id: `file-${nextFile}`, file_unique_id: `unique-${nextFile}`, file_size: file.bytes.length };
    },
    addMessage(to: FakeChat, fields: Partial<FakeMessage>): FakeMessage {
      to.lastId += 1;
      const made: FakeMessage = {
        id: to.lastId,
        at: Date.now(),
        from: BOT.id,
        thread: null,
        text: '',
        entities: [],
        kind: null,
        file: null,
        hasSpoiler: false,
        replyTo: null,
        group: null,
        buttons: [],
        reactions: new Map(),
        isGone: false,
        ...fields,
      };
      to.messages.set(made.id, made);
      return made;
    },
    /** Queues an update for the bot. @returns its number */
    push(update: Omit<Update, 'update_id'>): number {
      nextUpdate += 1;
      updates.push({ ...update, update_id: nextUpdate });
      for (const listener of listeners) listener();
      return nextUpdate;
    },
    /** The next numbers begin here, as after a quiet week. */
    renumber(from: number): void {
      nextUpdate = from;
    },
    tick: () => {
      nextDate += 1;
      return nextDate;
    },
  };
}
export type Chats = ReturnType<typeof createChats>;

/** A message as the Bot API tells of it. */
export function wireMessage(chat: FakeChat, message: FakeMessage, from: User, date: number): Message {
  const said = message.kind === null ? { text: message.text } : { caption: message.text };
  const entities = message.kind === null ? { entities: message.entities } : { caption_entities: message.entities };
  const topic = message.thread === null ? {} : { message_thread_id: message.thread, is_topic_message: true };
  const reply = message.replyTo === null ? null : chat.messages.get(message.replyTo);
  const target = { message_id: reply?.id, date, chat: wireChat(chat), from: reply?.from === BOT.id ? BOT : from };
  return {
    message_id: message.id,
    date,
    chat: wireChat(chat),
    from,
    ...topic,
    ...said,
    ...(message.entities.length > 0 && entities),
    ...(reply && { reply_to_message: { ...target, text: reply.text } }),
  } as unknown as Message;
}

export function wireChat({ id, type, title, isForum, username }: FakeChat) {
  const name = type === 'private' ? { first_name: title } : { title };
  return { id, type, ...name, ...(isForum && { is_forum: true }), ...(username !== undefined && { username }) };
}

/** Whom Telegram's own reading of a text finds: names with `@` outside of code and links, and people named by entities. */
export function pingedBy({ text, entities }: Pick<FakeMessage, 'text' | 'entities'>): readonly string[] {
  const covered = entities.filter(({ type }) => ['code', 'pre', 'text_link'].includes(type));
  const isCovered = (at: number): boolean => covered.some((one) => one.offset <= at && at < one.offset + one.length);
  const found = [...text.matchAll(/(?<![\p{L}\p{N}_])@([A-Za-z0-9_]{2,32})/gu)]
    .filter(({ index }) => !isCovered(index) && !isInAddress(text, index))
    .map(([, name]) => name ?? '');
  const named = entities.filter(
    (one) =>
      one.type === 'text_mention' || one.type === 'mention' || (one.type === 'text_link' && /^tg:/i.test(one.url)),
  );
  return [...found, ...named.map(({ offset, length }) => text.slice(offset, offset + length))];
}

function isInAddress(text: string, at: number): boolean {
  return [...text.matchAll(/https?:\/\/[\w-]+(?:\.[\w-]+)+[^\s<>"']*/g)].some(
    ({ index, 0: { length } }) => index < at && at < index + length,
  );
}
