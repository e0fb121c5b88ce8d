import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textContent } from '../../core/domain/content.ts';
import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { MatrixPerson } from '../fakes/matrix-person.ts';
import { hasSynapse, SERVER_NAME } from '../fakes/synapse.ts';
import { type AloneBridge, type MatrixWorld, openWorld, startBridge } from './rig.ts';

const GHOSTS = 1_000;
/** Who speaks a second time. */
const MORE = 200;
const MB = 1_000_000;

describe.skipIf(!hasSynapse())('1,000 ghosts in one room of a real Synapse', () => {
  let world: MatrixWorld;
  let ann: MatrixPerson;
  let room: RoomId;
  let alone: AloneBridge;

  beforeAll(async () => {
    world = await openWorld();
    ann = await world.person('ann');
    await (await startBridge(world, [])).stop();
    const made = await ann.ask('POST', '/v3/createRoom', {
      preset: 'public_chat',
      invite: [`@slipmat:${SERVER_NAME}`],
    });
    room = String(made.room_id) as RoomId;
    alone = await startBridge(world, [room]);
  });
  afterAll(async () => {
    await alone?.stop();
    await world?.stop();
  });

  const speak = (index: number, round: number, name = `Fan ${index}`) =>
    alone.run('post', {
      room,
      speaker: {
        kind: 'user',
        name,
        avatarUrl: null,
        avatar: null,
        key: `u-${String(index).padStart(26, 'a')}`,
        platform: 'twitch',
      },
      text: textContent(`${index} in round ${round}`).rich,
      media: [],
      replyTo: null,
      sentAt: Date.now() as EpochMs,
      key: `${index}/${round}`,
    });

  it('each joins once under its name, a name changes once, and memory stays bounded', async () => {
    for (let index = 0; index < GHOSTS; index += 1) await speak(index, 1);
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < MORE; index += 1) await speak(index, 2);
    for (let again = 0; again < 5; again += 1) await speak(0, 4 + again, 'Renamed');
    global.gc?.();
    expect((process.memoryUsage().heapUsed - before) / MB).toBeLessThan(30);
    const events = await ann.events(room);
    const members = events.filter(({ type, sender }) => type === 'm.room.member' && sender.startsWith('@slipmat_'));
    const counts = Map.groupBy(members, ({ sender }) => sender);
    expect(counts.size).toBe(GHOSTS);
    const more = [...counts].filter(([, each]) => each.length !== 1);
    expect(more.map(([, each]) => each.map(({ content }) => content.displayname))).toEqual([['Fan 0', 'Renamed']]);
    expect(new Set(members.map(({ content }) => content.displayname)).size).toBe(GHOSTS + 1);
    const said = events.filter(({ type }) => type === 'm.room.message');
    expect(said).toHaveLength(GHOSTS + MORE + 5);
  });

  it('after a new start nobody is registered, named or joined anew who is there already', async () => {
    await alone.stop();
    const kept = new Map<string, string>();
    for (let shard = 0; shard < 64; shard += 1) {
      const value = await alone.hub.port.state.load(`ghosts:${shard}`);
      if (value !== null) kept.set(`ghosts:${shard}`, value);
    }
    expect([...kept.values()].every((value) => Buffer.byteLength(value) < 64 * 1_024)).toBe(true);
    alone = await startBridge(world, [room]);
    for (const [name, value] of kept) await alone.hub.port.state.save(name, value);
    const before = (await ann.events(room)).filter(({ type }) => type === 'm.room.member').length;
    for (let index = 1; index < 50; index += 1) await speak(index, 9);
    expect((await ann.events(room)).filter(({ type }) => type === 'm.room.member').length).toBe(before);
  });
});
