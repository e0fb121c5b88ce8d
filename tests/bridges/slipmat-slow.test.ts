import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey, PATIENT, type Peer } from '../fakes/socket-peer.ts';

const lobby = { type: 'join', channel: 'lobby', after: null };
/** 12 KB on the wire: the kernel takes several MB before the hub notices that somebody does not read. */
const LONG = '盤'.repeat(4_000);

describe('a reader that does not keep up', () => {
  let hub: TestHub;
  /** Sends nobody away before 100 s, however long a busy machine takes over what is posted meanwhile. */
  let slowHub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub({ config: PATIENT });
    const clock = { ...systemClock, elapsed: () => systemClock.elapsed() / 10 };
    slowHub = await startTestHub({ config: PATIENT, clock });
  });
  afterAll(() => Promise.all([hub.close(), slowHub.close()]));

  /** Posts long messages, several at once, until `enough`. @returns the keys, in order */
  async function postUntil(peer: Peer, enough: (posted: number) => boolean): Promise<string[]> {
    const keys: string[] = [];
    while (!enough(keys.length)) {
      const batch = Array.from({ length: 20 }, newKey);
      keys.push(...batch);
      await Promise.all(batch.map((key) => peer.ask({ type: 'post', channel: 'lobby', key, text: LONG })));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return keys;
  }

  it('is told of the gap, resumes without loss, and delays nobody', async () => {
    const writer = await connectPeer(slowHub.wsUrl, { token: await slowHub.user('Ann'), isChecked: false });
    const [slow, fast] = [
      await connectPeer(slowHub.wsUrl, { isChecked: false }),
      await connectPeer(slowHub.wsUrl, { isChecked: false }),
    ];
    await Promise.all([slow.ask(lobby), fast.ask(lobby)]);
    slow.socket.pause();
    const keys = await postUntil(writer, (posted) => posted >= 1_000);
    await fast.next('message', ({ key }) => key === keys.at(-1));
    expect(messageKeys(fast)).toEqual(keys);
    slow.socket.resume();
    const gap = await slow.next('gap');
    const seen = slow.frames.flatMap((frame) => (frame.type === 'message' ? [frame.seq] : []));
    expect(seen.length).toBeLessThan(keys.length);
    expect(seen.at(-1) ?? 0).toBe(gap.from);
    expect(gap.to).toBeGreaterThan(gap.from);
    const welcome = await slow.next('welcome');
    const after = { epoch: welcome.epoch, seq: gap.from };
    expect(await slow.ask({ ...lobby, after })).toMatchObject({ type: 'joined', mode: 'resumed' });
    expect(messageKeys(slow)).toEqual(keys);
    await Promise.all([writer.close(), slow.close(), fast.close()]);
  });

  it('is sent away when it does not read at all, and costs the others nothing', async () => {
    const writer = await connectPeer(hub.wsUrl, { token: await hub.user('Ann'), isChecked: false });
    const [dead, fast] = [
      await connectPeer(hub.wsUrl, { isChecked: false }),
      await connectPeer(hub.wsUrl, { isChecked: false }),
    ];
    await Promise.all([dead.ask(lobby), fast.ask(lobby)]);
    dead.socket.pause();
    const heapBefore = process.memoryUsage().external;
    const keys = await postUntil(writer, (posted) => posted >= 1_000);
    await fast.next('message', ({ key }) => key === keys.at(-1));
    expect(process.memoryUsage().external - heapBefore).toBeLessThan(64 * 1024 * 1024);
    const guests = async () => {
      const people = await writer.ask({ type: 'people', channel: 'lobby' });
      return people.type === 'people' ? people.guests : null;
    };
    await expect.poll(guests, { interval: 250 }).toBe(1);
    dead.socket.resume();
    expect([1006, 1013]).toContain(await dead.closed);
    await Promise.all([writer.close(), fast.close()]);
  });
});

function messageKeys(peer: Peer): (string | null)[] {
  return peer.frames.flatMap((frame) => (frame.type === 'message' ? [frame.key] : []));
}
