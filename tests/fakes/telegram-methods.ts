import type { ChatMember, MessageEntity } from 'grammy/types';
import {
  BOT,
  type Chats,
  type FakeChat,
  type FakeFile,
  type FakeMessage,
  member,
  wireChat,
  wireMessage,
} from './telegram-chats.ts';

/** What came with a request: JSON, or fields of a form with their files. */
export interface Asked {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, FakeFile>;
}
export class ApiError extends Error {
  readonly code: number;
  readonly parameters: object;
  constructor(code: number, description: string, parameters: object = {}) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

const MEDIA = ['photo', 'video', 'animation', 'audio', 'document', 'voice'] as const;
const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const FORMATS = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'code',
  'pre',
  'text_link',
]);

/** The methods of the Bot API that the bridge uses, on these chats. @throws {ApiError} */
export function createMethods(chats: Chats) {
  const methods: Readonly<Record<string, (asked: Asked) => unknown>> = {
    getMe: () => ({ ...BOT, can_join_groups: true, can_read_all_group_messages: !chats.settings.privacy }),
    getWebhookInfo: () => ({ url: chats.settings.webhook, has_custom_certificate: false, pending_update_count: 0 }),
    setMyCommands: () => true,
    getChat(asked) {
      const chat = chatIn(asked);
      const { reactions } = chat;
      const available =
        reactions === null ? {} : { available_reactions: reactions.map((emoji) => ({ type: 'emoji', emoji })) };
      return { ...wireChat(chat), accent_color_id: 1, max_reaction_count: 11, ...available };
    },
    getChatMember: (asked) => memberIn(asked),
    getUserProfilePhotos({ fields }) {
      const file = chats.photos.get(Number(fields.user_id));
      if (file === undefined) return { total_count: 0, photos: [] };
      const size = { file_id: file, file_unique_id: `u-${file}`, width: 320, height: 320 };
      return { total_count: 1, photos: [[size]] };
    },
    getFile({ fields }) {
      const id = String(fields.file_id);
      const file = chats.files.get(id);
      if (file === undefined) throw new ApiError(400, 'Bad Request: wrong file_id');
      if (file.bytes.length > 20_000_000) throw new ApiError(400, 'Bad Request: file is too big');
      return { file_id: id, file_unique_id: id, file_size: file.bytes.length, file_path: `media/${id}` };
    },
    sendMessage: (asked) => post(asked, null),
    ...Object.fromEntries(
      MEDIA.map((kind) => [`send${kind[0]?.toUpperCase()}${kind.slice(1)}`, (asked: Asked) => post(asked, kind)]),
    ),
    sendMediaGroup(asked) {
      const media = parsed(asked.fields.media) as readonly Readonly<Record<string, unknown>>[];
      if (media.length < 2 || media.length > 10) throw new ApiError(400, 'Bad Request: wrong number of media');
      const kinds = new Set(media.map(({ type }) => (type === 'video' ? 'photo' : type)));
      if (kinds.size > 1) throw new ApiError(400, 'Bad Request: documents and audio can not be mixed with other media');
      const group = `g${chats.tick()}`;
      return media.map((one) => post({ ...asked, fields: { ...asked.fields, ...one } }, String(one.type), group));
    },
    editMessageText: (asked) => edit(asked, 'text'),
    editMessageCaption: (asked) => edit(asked, 'caption'),
    editMessageMedia: editMedia,
    deleteMessages(asked) {
      const chat = chatIn(asked);
      const ids = parsed(asked.fields.message_ids) as readonly number[];
      if (ids.length > 100) throw new ApiError(400, 'Bad Request: too many message identifiers');
      if (ids.some((id) => chats.undeletable.has(id))) throw new ApiError(400, "Bad Request: message can't be deleted");
      for (const id of ids) {
        const message = chat.messages.get(Number(id));
        if (message !== undefined) message.isGone = true;
      }
      return true;
    },
    setMessageReaction(asked) {
      const message = messageIn(asked);
      const reaction = parsed(asked.fields.reaction) as readonly { readonly emoji: string }[];
      if (reaction.length > 1) throw new ApiError(400, 'Bad Request: REACTIONS_TOO_MANY');
      message.reactions.set(
        BOT.id,
        reaction.map(({ emoji }) => emoji),
      );
      return true;
    },
    sendChatAction: (asked) => chatIn(asked) !== null,
    answerCallbackQuery: () => true,
    restrictChatMember: (asked) => restrain(asked, 'restricted'),
    banChatMember: (asked) => restrain(asked, 'kicked'),
    unbanChatMember(asked) {
      const found = memberIn(asked);
      if (found.status === 'kicked') setMember(asked, member(found.user, { status: 'left' }));
      else if (asked.fields.only_if_banned !== true) setMember(asked, member(found.user, { status: 'left' }));
      return true;
    },
    banChatSenderChat: (asked) => chatIn(asked) !== null,
    unbanChatSenderChat: (asked) => chatIn(asked) !== null,
  };

  function chatIn({ fields }: Asked): FakeChat {
    const chat = chats.chats.get(Number(fields.chat_id));
    if (chat === undefined) throw new ApiError(400, 'Bad Request: chat not found');
    if (chat.movedTo === null) return chat;
    const parameters = { migrate_to_chat_id: chat.movedTo };
    throw new ApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', parameters);
  }

  function memberIn(asked: Asked): ChatMember {
    const found = chatIn(asked).members.get(Number(asked.fields.user_id));
    if (found === undefined) throw new ApiError(400, 'Bad Request: user not found');
    return found;
  }

  function setMember(asked: Asked, to: ChatMember): void {
    chatIn(asked).members.set(Number(asked.fields.user_id), to);
  }

  function restrain(asked: Asked, status: 'restricted' | 'kicked'): boolean {
    const { user, status: before } = memberIn(asked);
    if (before === 'administrator' || before === 'creator') {
      throw new ApiError(400, 'Bad Request: user is an administrator of the chat');
    }
    const given = Number(asked.fields.until_date ?? 0);
    const left = given - Math.floor(Date.now() / 1_000);
    // What is too short or too long has no end.
    const until_date = left < 30 || left > 366 * 86_400 ? 0 : given;
    const permissions = parsed(asked.fields.permissions ?? {}) as Readonly<Record<string, boolean>>;
    const isFree = status === 'restricted' && permissions.can_send_messages === true;
    const restrained = status === 'restricted' ? { is_member: true, ...permissions } : {};
    setMember(asked, member(user, isFree ? { status: 'member' } : { status, until_date, ...restrained }));
    return true;
  }

  function messageIn(asked: Asked): FakeMessage {
    const message = chatIn(asked).messages.get(Number(asked.fields.message_id));
    if (message === undefined || message.isGone) throw new ApiError(400, 'Bad Request: message to edit not found');
    return message;
  }

  function edit(asked: Asked, field: 'text' | 'caption'): unknown {
    const message = messageIn(asked);
    if ((message.kind === null) !== (field === 'text')) {
      throw new ApiError(400, `Bad Request: there is no ${field} in the message to edit`);
    }
    if (message.from !== BOT.id) throw new ApiError(400, "Bad Request: message can't be edited");
    const said = readSaid(asked, message.kind);
    if (said.text === message.text && JSON.stringify(said.entities) === JSON.stringify(message.entities)) {
      throw new ApiError(400, 'Bad Request: message is not modified');
    }
    Object.assign(message, said);
    return wireMessage(chatIn(asked), message, BOT, chats.now());
  }

  function editMedia(asked: Asked): unknown {
    const message = messageIn(asked);
    const media = parsed(asked.fields.media) as Readonly<Record<string, unknown>>;
    if (message.from !== BOT.id || message.kind === null) {
      throw new ApiError(400, "Bad Request: message can't be edited");
    }
    const fields = { ...asked.fields, ...media };
    const file = fileIn({ ...asked, fields }, String(media.type), 'edit');
    const said = readSaid({ ...asked, fields }, String(media.type));
    Object.assign(message, said, { kind: media.type, file, hasSpoiler: media.has_spoiler === true });
    return wireMessage(chatIn(asked), message, BOT, chats.now());
  }

  function post(asked: Asked, kind: string | null, group: string | null = null): unknown {
    const chat = chatIn(asked);
    const { fields } = asked;
    if (chat.refuses !== null) throw new ApiError(400, `Bad Request: ${chat.refuses}`);
    if (!chat.members.has(BOT.id)) throw new ApiError(403, 'Forbidden: bot was kicked from the supergroup chat');
    const said = readSaid(asked, kind);
    const reply = parsed(fields.reply_parameters ?? null) as { readonly message_id: number } | null;
    const keyboard = parsed(fields.reply_markup ?? null) as {
      readonly inline_keyboard: readonly (readonly { readonly text: string; readonly callback_data: string }[])[];
    } | null;
    const message = chats.addMessage(chat, {
      ...said,
      kind,
      group,
      file: kind === null ? null : fileIn(asked, kind, group),
      hasSpoiler: String(fields.has_spoiler) === 'true',
      thread: fields.message_thread_id === undefined ? null : Number(fields.message_thread_id),
      replyTo: reply !== null && chat.messages.get(reply.message_id)?.isGone === false ? reply.message_id : null,
      buttons: keyboard?.inline_keyboard.flat() ?? [],
    });
    return wireMessage(chat, message, BOT, chats.now());
  }

  function fileIn({ fields, files }: Asked, kind: string, group: string | null): FakeFile {
    const given = String(group === null ? fields[kind] : fields.media);
    const file = files.get(given.replace(/^attach:\/\//, ''));
    if (file === undefined) throw new ApiError(400, 'Bad Request: no file');
    if (kind === 'photo' && file.name.includes('broken')) throw new ApiError(400, 'Bad Request: IMAGE_PROCESS_FAILED');
    return file;
  }

  return (method: string, asked: Asked): unknown => {
    const run = methods[method];
    if (run === undefined) throw new ApiError(404, 'Not Found: method not found');
    return run(asked);
  };
}

/** A form carries lists and objects as JSON. */
function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

function readSaid({ fields }: Asked, kind: string | null): Pick<FakeMessage, 'text' | 'entities'> {
  const text = String((kind === null ? fields.text : fields.caption) ?? '').trim();
  const given = (kind === null ? fields.entities : fields.caption_entities) ?? [];
  const entities = parsed(given) as readonly MessageEntity[];
  if (kind === null && text === '') throw new ApiError(400, 'Bad Request: message text is empty');
  if (text.length > (kind === null ? MAX_TEXT : MAX_CAPTION))
    throw new ApiError(400, 'Bad Request: message is too long');
  for (const { type, offset, length } of entities) {
    if (!FORMATS.has(type)) continue;
    if (offset < 0 || length <= 0 || offset + length > text.length + 1) {
      throw new ApiError(400, "Bad Request: can't parse entities: out of range");
    }
  }
  if (fields.parse_mode !== undefined) throw new ApiError(400, 'Bad Request: this double takes entities alone');
  return { text, entities };
}
