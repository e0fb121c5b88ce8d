import type { PlatformDouble } from '../../core/contract/subject.ts';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { BOT, type FakeChat, type FakeMessage, pingedBy } from './telegram-chats.ts';
import { ANN, BEN, RETRY_AFTER_SECONDS, startTelegram, type TelegramServer } from './telegram-server.ts';

const ROOM = '-1001000000001';
const SECOND = '-1001000000002/7';

/** The Bot API server as the contract kit wants it: one group, and one topic of a forum. */
export async function openTelegramDouble(): Promise<{
  readonly double: PlatformDouble;
  readonly server: TelegramServer;
}> {
  const server = await startTelegram();
  const chat = server.group(Number(ROOM));
  const forum = server.group(-1_001_000_000_002, { isForum: true });
  const bytes = (text: string) => new TextEncoder().encode(text);
  server.world.photos.set(BEN.id, server.world.addFile({ name: 'ben.jpg', bytes: bytes('ben') }).file_id);

  const at = (id: string): FakeMessage => {
    const found = chat.messages.get(Number(id));
    if (found === undefined) throw new Error(`no message ${id}`);
    return found;
  };
  const own = (of: FakeChat) => [...of.messages.values()].filter((one) => one.from === BOT.id && !one.isGone);
  const shown = (of: FakeChat) => own(of).map(({ id, text }) => ({ id: `${id}`, text }));

  const double: PlatformDouble = {
    room: ROOM as RoomId,
    secret: server.token,
    retryAfterMs: RETRY_AFTER_SECONDS * 1_000,
    userPosts: async (text) => `${server.userPosts(chat, BEN, { text }).id}`,
    deliverAgain: async (id) => server.deliverAgain(Number(id)),
    posted: () => shown(chat),
    failNext: (failure) => server.failNext(failure),
    failures: ['rate-limit', 'unauthorized', 'room-gone', 'cut', 'outage', 'silence'],
    resumes: true,
    refuseLogin: server.refuseToken,
    dropConnections: server.dropConnections,
    userEdits: async (id, text) => server.userEdits(chat, BEN, Number(id), text),
    userReacts: async (id, emoji) => server.userReacts(chat, ANN, Number(id), [emoji]),
    userReplies: async (to, text) => `${server.userPosts(chat, ANN, { text, replyTo: Number(to) }).id}`,
    async userPostsImage(file, caption) {
      const sizes = [90, 800].map((width) => ({ ...server.world.addFile(file), width, height: width }));
      return `${server.userPosts(chat, BEN, { text: caption, kind: 'photo' }, { photo: sizes }).id}`;
    },
    second: {
      room: SECOND as RoomId,
      userPosts: async (text) => `${server.userPosts(forum, BEN, { text, thread: 7 }).id}`,
      posted: () => shown(forum),
    },
    tricks: [
      '@annsmith hello',
      '**bold** __it__ `code`',
      '<b>b</b> <a href="tg://user?id=41">x</a>',
      '[x](tg://user?id=41)',
    ],
    pinged: (id) => pingedBy(at(id)),
    formatted: (id) => at(id).entities.map(({ offset, length }) => at(id).text.slice(offset, offset + length)),
    replyOf: (id) => (at(id).replyTo === null ? null : `${at(id).replyTo}`),
    filesOf: (id) => [at(id).file].flatMap((file) => file ?? []),
    reactionsOf: (id) => at(id).reactions.get(BOT.id) ?? [],
    person: {
      account: `${BEN.id}` as AccountId,
      standing() {
        const status = chat.members.get(BEN.id)?.status;
        return status === 'restricted' ? 'timeout' : status === 'kicked' ? 'ban' : 'free';
      },
    },
    stop: server.stop,
  };
  return { double, server };
}
