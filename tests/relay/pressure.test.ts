import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveStore } from '../../core/store/ports.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import * as rig from './rig.ts';

/*
 * Rooms that take less than is said. Windows are counted on the side of the platform, where each post comes in.
 */

const A = rig.portal('a');
const B = rig.portal('b');
const PER_MS = 900;
const TIGHT = { count: 6, perMs: PER_MS };

let opened: Awaited<ReturnType<typeof rig.openTempStore>>;
let store: LiveStore;
let room: FakeRoomServer;
let hubs: rig.TestHub[];

beforeEach(async () => {
  opened = await rig.openTempStore();
  store = opened.store;
  room = await startFakeRoom();
  hubs = [];
});
afterEach(async () => {
  await Promise.all(hubs.map((hub) => hub.stop()));
  await room.stop();
  await opened.close();
});

async function start(portals: readonly (typeof A)[], config: object, publicUrl?: string): Promise<rig.TestHub> {
  const options = { store, room, portals: rig.changingPortals(portals), config };
  const hub = await rig.startTestHub({ ...options, ...(publicUrl !== undefined && { publicUrl }) });
  hubs.push(hub);
  for (const { id } of portals) {
    await rig.until('the lane is open', async () => (await store.deliveries.load(id)).at !== null);
  }
  return hub;
}

const texts = (name = 'a'): readonly string[] => room.ever(name).map(({ text }) => text);
const LINE = /^\+(\d+) messages? from (.+?)(; the whole chat: (\S+))?$/;
const lines = (name = 'a'): readonly string[] => texts(name).filter((text) => LINE.test(text));
const alone = (name = 'a'): readonly string[] => texts(name).filter((text) => !LINE.test(text));
const toldOf = (name = 'a'): number => lines(name).reduce((sum, line) => sum + Number(LINE.exec(line)?.[1]), 0);
const allTold = (count: number, name = 'a'): Promise<void> =>
  rig.until(`${count} told of in ${name}`, () => toldOf(name) + alone(name).length >= count);

/** The most posts that came in within any window. */
function mostIn(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at - from < windowMs).length));
}

/** As a crowd speaks: `count` messages within `ms`, some of them by others than listeners. */
async function crowd(count: number, ms: number, said: (n: number) => rig.MessageStep): Promise<rig.MessageStep[]> {
  const steps: rig.MessageStep[] = [];
  const began = performance.now();
  for (let n = 0; n < count; n += 1) {
    const step = said(n);
    steps.push(step);
    await rig.append(store, step);
    await rig.until('its turn', () => performance.now() - began >= (ms * n) / count);
  }
  return steps;
}
const byMany = (n: number): rig.MessageStep => rig.message(`line ${n}`, { name: `Fan${n % 7}` });

describe('a room that takes less than is said', () => {
  it('gets what fits, and lines that tell of the rest; never more than its budget in any window', async () => {
    const hub = await start([A], { budget: TIGHT }, 'https://chat.example.org');
    await crowd(200, 2_500, byMany);
    await allTold(200);
    expect(mostIn(room.postTimes('a'), PER_MS)).toBeLessThanOrEqual(TIGHT.count);
    expect(toldOf() + alone().length).toBe(200);
    expect(alone().length).toBeGreaterThanOrEqual(6);
    expect(lines().length).toBeGreaterThanOrEqual(1);
    for (const line of lines()) expect(line).toMatch(/; the whole chat: https:\/\/chat\.example\.org\/c\/lobby$/);
    expect(lines().some((line) => /^\+\d+ messages from Fan\d, Fan\d and [1-5] others?;/.test(line))).toBe(true);
    await rig.until('counted', () => hub.counts.get('summed-up') === toldOf());
    const shown = alone().map((text) => Number(/line (\d+)/.exec(text)?.[1]));
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  });

  it('sends answers to its own people and what moderators say first', async () => {
    await start([A], { budget: { count: 10, perMs: 1_500 } });
    const origin = room.userPosts('a', 'Ben', 'who plays?');
    let answered: string | null = null;
    await rig.until('its copy is known', async () => {
      answered = await store.deliveries.messageOf(A.id, { room: A.room, id: origin });
      return answered !== null;
    });
    const quote = { id: (answered ?? '') as rig.MessageStep['id'], name: 'Ben', text: 'who plays?' };
    await crowd(100, 1_200, (n) => {
      if (n === 60) return rig.message('Kool does', { replyTo: quote, name: 'Cat' });
      if (n === 80) return rig.message('be nice', { badge: 'moderator', name: 'Mod' });
      return byMany(n);
    });
    await allTold(100);
    expect(room.ever('a').find(({ text }) => text.endsWith('Kool does'))?.replyTo).toBe(origin);
    expect(alone().filter((text) => /Kool does|be nice/.test(text))).toEqual([
      '[Slipmat] Cat: Kool does',
      '[Slipmat] Mod: be nice',
    ]);
    expect(toldOf() + alone().length).toBe(100);
    expect(mostIn(room.postTimes('a'), 1_500)).toBeLessThanOrEqual(10);
  });

  it('shares one budget among the rooms that name the same bucket', async () => {
    await start([A, B], { budget: { ...TIGHT, bucket: 'account' } });
    await crowd(80, 1_500, byMany);
    await allTold(80, 'a');
    await allTold(80, 'b');
    expect(mostIn(room.postTimes(null), PER_MS)).toBeLessThanOrEqual(TIGHT.count);
    expect([toldOf('a') + alone('a').length, toldOf('b') + alone('b').length]).toEqual([80, 80]);
  });

  it('leaves edits and redactions of what was summed up alone, and does those of copies', async () => {
    await start([A], { budget: TIGHT });
    const steps = await crowd(40, 100, byMany);
    await allTold(40);
    const sent = alone().map((text) => Number(/line (\d+)/.exec(text)?.[1]));
    const [kept, gone] = [steps[sent[0] ?? 0], steps[sent[1] ?? 0]];
    const summed = steps.filter((_, n) => !sent.includes(n));
    const [first, second] = summed;
    if (!(kept && gone && first && second)) throw new Error('too few messages');
    const before = room.tries();
    await rig.append(store, rig.edit(first, 1, 'never seen'), rig.redaction(second));
    await rig.append(store, rig.edit(kept, 1, 'seen'), rig.redaction(gone));
    await rig.until('both done', () => room.posts('a').length === room.ever('a').length - 1);
    expect(texts().some((text) => text.includes('never seen'))).toBe(false);
    expect(texts()[0]).toMatch(/seen$/);
    expect(room.tries() - before).toBe(2);
  });

  it('tells of each message once over a restart, within the budget of both hubs', async () => {
    const first = await start([A], { budget: TIGHT });
    const talking = crowd(120, 1_800, byMany);
    await rig.until('under pressure', () => texts().length >= 6);
    await first.stop();
    await start([A], { budget: TIGHT });
    await talking;
    await allTold(120);
    expect(toldOf() + alone().length).toBe(120);
    expect(mostIn(room.postTimes('a'), PER_MS)).toBeLessThanOrEqual(TIGHT.count);
  });

  it('goes slower once the platform asks for patience', async () => {
    await start([A], { budget: TIGHT });
    room.failNext('rate-limit', 1, 'a');
    await crowd(60, 800, byMany);
    await allTold(60);
    expect(toldOf() + alone().length).toBe(60);
    expect(mostIn(room.postTimes('a'), PER_MS)).toBeLessThanOrEqual(TIGHT.count / 2 + 1);
  });

  it('sends everything by itself while that fits', async () => {
    await start([A], { budget: { count: 20, perMs: 1_000 } });
    await crowd(30, 2_600, byMany);
    await rig.until('all there', () => texts().length === 30);
    expect(lines()).toEqual([]);
  });
});
