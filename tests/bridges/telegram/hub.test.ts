import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plainText } from '../../../core/domain/content.ts';
import { createLogger, type Logger } from '../../../core/ops/log.ts';
import { startTestHub, type TestHub } from '../../fakes/hub.ts';
import { type Participant, participant } from '../../fakes/people.ts';
import { BOT, type FakeChat, type FakeMessage } from '../../fakes/telegram-chats.ts';
import { ANN, BEN, startTelegram, type TelegramServer } from '../../fakes/telegram-server.ts';
import { FORUM, GROUP, ROOM, TOPIC } from './rig.ts';

let server: TelegramServer;
let group: FakeChat;
let forum: FakeChat;
let hub: TestHub;
let ben: Participant;

beforeEach(async () => {
  server = await startTelegram();
  group = server.group(GROUP);
  forum = server.group(FORUM, { isForum: true });
  await start();
});
afterEach(async () => {
  ben.close();
  await hub.close();
  await server.stop();
});

async function start(dataDir?: string): Promise<void> {
  const config = { token: server.token, apiRoot: server.url, pollSeconds: 5 };
  const link = (room: string) => ({ channel: 'lobby', bridge: 'tg', room });
  hub = await startTestHub({
    ...(dataDir !== undefined && { dataDir }),
    config: {
      bridges: [{ id: 'tg', use: 'telegram', required: true, config }],
      portals: [link(ROOM), link(TOPIC)],
    },
  });
  ben = await participant(hub.wsUrl, await hub.user('dora'));
}

const own = (chat: FakeChat): readonly FakeMessage[] =>
  [...chat.messages.values()].filter(({ from, isGone }) => from === BOT.id && !isGone);
const texts = (chat: FakeChat) => own(chat).map(({ text }) => text);
const settled = (chat: FakeChat, expected: readonly string[]) => expect.poll(() => texts(chat)).toEqual(expected);

it('carries what is said in a group to the topic of a forum and the web, with edits, answers and reactions, and never back', async () => {
  const first = server.userPosts(group, BEN, { text: 'frist' });
  await settled(forum, ['[Telegram] Ben: frist']);
  server.userEdits(group, BEN, first.id, 'first');
  await settled(forum, ['[Telegram] Ben: first']);
  const copy = own(forum)[0]?.id ?? 0;
  server.userPosts(forum, ANN, { text: 'hi Ben', thread: 7, replyTo: copy });
  await settled(group, ['[Telegram] Ann: hi Ben']);
  expect(own(group)[0]?.replyTo).toBe(first.id);
  server.userReacts(forum, ANN, copy, ['🔥']);
  await expect.poll(() => group.messages.get(first.id)?.reactions.get(BOT.id)).toEqual(['🔥']);
  await ben.say('hello both');
  await expect.poll(() => texts(forum).at(-1)).toBe('[Slipmat] dora: hello both');
  expect(texts(group)).toEqual(['[Telegram] Ann: hi Ben', '[Slipmat] dora: hello both']);
  const said = (await ben.page()).map(({ message }) => plainText(message.content.rich));
  expect(said).toEqual(['first', 'hi Ben', 'hello both']);
});

it('T8: carries a photo as a photo, without what it tells of its maker', async () => {
  const raw = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })
    .withExif({ IFD0: { Artist: 'Ben at home' } })
    .jpeg()
    .toBuffer();
  const photo = [{ ...server.world.addFile({ name: 'x', bytes: raw }), width: 64, height: 48 }];
  server.userPosts(group, BEN, { text: 'my new deck', kind: 'photo' }, { photo });
  await settled(forum, ['[Telegram] Ben: my new deck']);
  const [copy] = own(forum);
  expect(copy?.kind).toBe('photo');
  const seen = await sharp(copy?.file?.bytes).metadata();
  expect([seen.width, seen.height]).toEqual([64, 48]);
  expect(Buffer.from(copy?.file?.bytes ?? []).includes('Ben at home')).toBe(false);
});

it('loses nothing and doubles nothing over stops and new starts, with all of it delivered again', async () => {
  const expected: string[] = [];
  const say = (count: number) => {
    for (let each = 0; each < count; each += 1) {
      expected.push(`m${expected.length}`);
      server.userPosts(group, BEN, { text: expected.at(-1) ?? '' });
    }
  };
  for (let round = 0; round < 3; round += 1) {
    say(24);
    const { dataDir } = hub;
    await hub.stop();
    ben.close();
    say(5);
    // As after a crash between the store and the cursor: Telegram tells all of it again.
    for (const { message } of [...server.world.updates]) if (message) server.deliverAgain(message.message_id);
    await start(dataDir);
  }
  server.userPosts(group, ANN, { text: 'last' });
  const seen = async () => (await ben.page(100)).map(({ message }) => plainText(message.content.rich));
  await expect.poll(async () => (await seen()).at(-1)).toBe('last');
  expect(await seen()).toEqual([...expected, 'last']);
});

it('shows the token in no log, whatever fails', async () => {
  const lines: string[] = [];
  const { dataDir } = hub;
  await hub.stop();
  const write = (fields: object, event: string): void => void lines.push(`${JSON.stringify(fields)} ${event}`);
  const log: Logger = {
    ...createLogger('silent'),
    debug: write,
    info: write,
    warn: write,
    error: write,
    child: () => log,
  };
  const config = { token: server.token, apiRoot: server.url, pollSeconds: 5 };
  hub = await startTestHub({
    dataDir,
    log,
    config: {
      bridges: [{ id: 'tg', use: 'telegram', config }],
      portals: [{ channel: 'lobby', bridge: 'tg', room: ROOM }],
    },
  });
  const document = { file_id: 'lost', file_unique_id: 'lost', file_name: 'set.flac' };
  server.userPosts(group, BEN, { text: 'my set', kind: 'document' }, { document });
  await expect.poll(() => server.asked.some(({ method }) => method === 'getFile')).toBe(true);
  server.failPolls(502, 'Bad Gateway', 1);
  server.dropConnections();
  await expect.poll(() => lines.join('\n')).toContain('polling failed');
  server.refuseToken();
  server.dropConnections();
  await expect.poll(() => lines.join('\n')).toContain('refuses the token');
  expect(lines.join('\n')).not.toContain(server.token);
  expect(lines.join('\n')).not.toContain(server.token.split(':')[1]);
});
