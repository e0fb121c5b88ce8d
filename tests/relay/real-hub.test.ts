import { afterEach, beforeEach, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { FAKE_BUILT_INS, until } from './rig.ts';

let room: FakeRoomServer;
let hub: TestHub | null;

beforeEach(async () => {
  room = await startFakeRoom();
  hub = null;
});
afterEach(async () => {
  await hub?.close();
  await room.stop();
});

async function start(dataDir?: string): Promise<TestHub> {
  const link = (name: string) => ({ channel: 'lobby', bridge: 'fake', room: name });
  hub = await startTestHub({
    ...(dataDir !== undefined && { dataDir }),
    builtIns: { ...bridges, bridges: { ...bridges.bridges, ...FAKE_BUILT_INS.bridges } },
    config: {
      bridges: [{ id: 'fake', use: 'fakeroom', required: true, config: { port: room.port, token: room.token } }],
      portals: [link('a'), link('b')],
    },
  });
  return hub;
}
const texts = (name: string): readonly string[] => room.posts(name).map(({ text }) => text);

it('carries what is said in one room to the other, with its edits and deletion, and never back', async () => {
  await start();
  const id = room.userPosts('a', 'Ben', 'frist');
  await until('copied', () => texts('b').length === 1);
  expect(texts('b')).toEqual(['[Fakeroom] Ben: frist']);
  room.userEdits('a', id, 'first');
  await until('edited', () => texts('b')[0] === '[Fakeroom] Ben: first');
  room.userPosts('b', 'Ann', 'hi Ben');
  await until('answered', () => texts('a').length === 2);
  room.userRedacts('a', id);
  await until('deleted', () => texts('b').length === 1);
  expect(texts('a')).toEqual(['[Fakeroom] Ann: hi Ben']);
  expect(texts('b')).toEqual(['hi Ben']);
  // one post each way, one edit and one redaction of the copy: nothing was ever asked of the room of origin
  expect(room.tries()).toBe(4);
});

it('takes a message that is delivered twice once, also after a restart', async () => {
  const first = await start();
  const id = room.userPosts('a', 'Ben', 'once');
  await until('copied', () => texts('b').length === 1);
  room.tellAgain('a', id);
  await first.stop();
  await start(first.dataDir);
  room.tellAgain('a', id);
  room.userPosts('a', 'Ben', 'after');
  await until('the next is there', () => texts('b').length >= 2);
  expect(texts('b')).toEqual(['[Fakeroom] Ben: once', '[Fakeroom] Ben: after']);
});
