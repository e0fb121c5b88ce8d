import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import { systemClock } from '../../core/async/clock.ts';
import { textContent } from '../../core/domain/content.ts';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { FAKE_BUILT_INS, until } from './rig.ts';

/*
 * Two rooms of one platform in one channel, with a hub that is whole. What comes back of the hub's own is told by the
 * platform like anything else.
 */

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
  const link = (name: string) => ({ channel: 'lobby', bridge: 'fake', room: name, notice: false });
  hub = await startTestHub({
    ...(dataDir !== undefined && { dataDir }),
    builtIns: { ...bridges, bridges: { ...bridges.bridges, ...FAKE_BUILT_INS.bridges } },
    config: {
      bridges: [{ id: 'fake', use: 'fakeroom', required: true, config: { port: room.port, token: room.token } }],
      portals: [link('a'), link('b'), link('c')],
    },
  });
  return hub;
}
const ROOMS = ['a', 'b', 'c'] as const;
const texts = (name: string): readonly string[] => room.posts(name).map(({ text }) => text);
const copyOf = (name: string, text: string): string =>
  room.posts(name).find((one) => one.text.endsWith(text))?.id ?? '';

/** Says something in each room and waits until it stands in all: whatever would echo has had its time. */
async function settle(word: string): Promise<void> {
  for (const name of ROOMS) {
    room.userPosts(name, 'Eve', `${word} in ${name}`);
    await until(`${word} of ${name} everywhere`, () =>
      ROOMS.every((one) => texts(one).some((text) => text.endsWith(`${word} in ${name}`))),
    );
  }
}

describe('nothing that the hub wrote comes back', () => {
  it('when copies stand in other rooms of the same platform, are told again, or the hub starts anew', async () => {
    const first = await start();
    room.userPosts('a', 'Ben', 'hello');
    await until('copied', () => texts('b').length === 1 && texts('c').length === 1);
    for (const name of ['b', 'c']) room.tellAgain(name, copyOf(name, 'hello'));
    await settle('one');
    await first.stop();
    await start(first.dataDir);
    for (const name of ['b', 'c']) room.tellAgain(name, copyOf(name, 'hello'));
    room.tellAgain('a', copyOf('a', 'hello'));
    await settle('two');
    for (const name of ROOMS) expect(texts(name)).toHaveLength(7);
    // 7 messages, a copy of each in two other rooms
    expect(ROOMS.flatMap((name) => room.ever(name))).toHaveLength(14);
  });

  it('when a copy is edited or removed by the hub', async () => {
    await start();
    const id = room.userPosts('a', 'Ben', 'frist');
    await until('copied', () => texts('b').length === 1 && texts('c').length === 1);
    room.userEdits('a', id, 'first');
    await until('edited', () => [...texts('b'), ...texts('c')].every((text) => text.endsWith('first')));
    const gone = room.userPosts('b', 'Cat', 'oops');
    await until('copied', () => texts('a').length === 2 && texts('c').length === 2);
    room.userRedacts('b', gone);
    await until('removed', () => texts('a').length === 1 && texts('c').length === 1);
    await settle('after');
    // copies of 5 messages in two rooms each, two edits, two removals: nothing else was ever asked
    expect(room.tries()).toBe(14);
  });

  it('when somebody reacts to a copy, and the hub shows that in the other rooms', async () => {
    await start();
    const id = room.userPosts('a', 'Ben', 'hello');
    await until('copied', () => texts('b').length === 1 && texts('c').length === 1);
    await settle('before'); // by now the hub has written down where the copies are
    room.userReacts('b', copyOf('b', 'hello'), 'Cat', '🔥');
    await until('shown', () => room.reactions('c', copyOf('c', 'hello')).includes('🔥'));
    await until('shown at its origin', () => room.reactions('a', id).includes('🔥'));
    await settle('after');
    expect(room.reactions('b', copyOf('b', 'hello'))).toEqual([]);
    expect(room.tries()).toBe(2 + 6 + 2 + 6);
  });

  it('when a relay of somebody else stands in two of the rooms and carries it back', async () => {
    await start();
    const repeated = new Set<string>();
    /** Says in the one room what it sees in the other, the hub's own copies included. */
    function carry(from: string, to: string): void {
      for (const { id, text, by } of room.posts(from)) {
        if (repeated.has(id)) continue;
        repeated.add(id);
        room.tells({
          kind: 'message',
          ref: { room: to as RoomId, id: `carried-${id}` },
          by: { id: 'other-bot' as AccountId, name: 'OtherBot', avatarUrl: null, isBot: true },
          content: textContent(`<${by}> ${text}`),
          replyTo: null,
          at: systemClock.now(),
        });
      }
    }
    const carrying = setInterval(() => {
      carry('a', 'b');
      carry('b', 'a');
    }, 10);
    try {
      room.userPosts('a', 'Ben', 'a word for everybody');
      await until('carried', () => repeated.size >= 2);
      await settle('after');
      await until('carried', () => repeated.size >= 8);
      await settle('last');
    } finally {
      clearInterval(carrying);
    }
    expect(texts('c').filter((text) => text.includes('a word for everybody'))).toHaveLength(1);
    for (const name of ROOMS) expect(texts(name)).toHaveLength(7);
  });
});
