import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey, PATIENT, type Peer } from '../fakes/socket-peer.ts';

const POSTS = 600;
/** As heavy as a message can be on the wire for its length. */
const HEAVY = '*a* '.repeat(160) + '漢'.repeat(3_300);
/** What a page may weigh, and one message more. */
const MOST_BYTES = 256 * 1024 + 32 * 1024;

describe('a channel full of heavy messages', () => {
  let hub: TestHub;
  let posted: string[];
  beforeAll(async () => {
    hub = await startTestHub({ config: PATIENT });
    const ann = await connectPeer(hub.wsUrl, { token: await hub.user('Ann'), isChecked: false });
    posted = [];
    for (let n = 0; n < POSTS; n += 1) {
      const ack = await ann.ask({
        type: 'post',
        channel: 'lobby',
        key: newKey(),
        text: `${n} ${HEAVY}`.slice(0, 4_000),
      });
      if (ack.type === 'ack' && ack.message !== null) posted.push(ack.message);
    }
    expect(posted).toHaveLength(POSTS);
    await ann.close();
  });
  afterAll(() => hub.close());

  it('is handed out in pages that a slow line can carry, to the last message', async () => {
    const peer = await connectPeer(hub.wsUrl, { isChecked: false });
    const joined = await peer.ask({ type: 'join', channel: 'lobby', after: null, limit: 100 });
    if (joined.type !== 'joined') throw new Error('not joined');
    expect(Buffer.byteLength(JSON.stringify(joined))).toBeLessThan(MOST_BYTES);
    const found = joined.messages.map(({ message }) => message.id);
    let [before, isEnd] = [joined.messages.at(-1)?.seq ?? null, joined.isEnd];
    while (!isEnd) {
      const page = await peer.ask({ type: 'history', channel: 'lobby', before, limit: 100 });
      if (page.type !== 'history') throw new Error(JSON.stringify(page));
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(MOST_BYTES);
      found.push(...page.messages.map(({ message }) => message.id));
      before = page.messages.at(-1)?.seq ?? null;
      isEnd = page.isEnd;
    }
    expect(found.toReversed()).toEqual(posted);
    await peer.close();
  });

  it('is read up by somebody on a slow line without being sent away', async () => {
    const peer = await connectPeer(hub.wsUrl, { isChecked: false });
    const { epoch } = await peer.next('welcome');
    const stop = readSlowly(peer);
    peer.say({ type: 'join', id: 'slow', channel: 'lobby', after: { epoch, seq: 0 } });
    const deadline = Date.now() + 40_000;
    while (!peer.frames.some(({ type }) => type === 'joined')) {
      if (Date.now() > deadline || peer.socket.readyState !== peer.socket.OPEN) throw new Error('sent away');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    stop();
    expect(peer.frames.flatMap((frame) => (frame.type === 'message' ? [frame.message.id] : []))).toEqual(posted);
    await peer.close();
  });
});

/** About 2 MB a second: less than the hub hands out, more than it need be. */
function readSlowly(peer: Peer): () => void {
  const wire = (peer.socket as unknown as { readonly _socket: Duplex })._socket;
  let read = 0;
  const count = (data: Buffer): void => {
    read += data.length;
    if (read > 128 * 1024) wire.pause();
  };
  wire.on('data', count);
  const timer = setInterval(() => {
    read = 0;
    wire.resume();
  }, 60);
  return () => {
    clearInterval(timer);
    wire.off('data', count);
    wire.resume();
  };
}
