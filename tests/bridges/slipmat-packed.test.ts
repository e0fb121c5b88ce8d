import { once } from 'node:events';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey, PATIENT } from '../fakes/socket-peer.ts';

const TEXT = 'what people say in a chat, again and again, '.repeat(6);

interface Heard {
  readonly frames: string[];
  packed: number;
  bytes: number;
}

/** A client of its own, frame by frame. */
async function listen(url: string, packed: boolean): Promise<Heard & { close(): void }> {
  const socket = new WebSocket(url);
  const heard: Heard = { frames: [], packed: 0, bytes: 0 };
  socket.on('message', (data: Buffer, isBinary) => {
    heard.bytes += data.length;
    if (isBinary) heard.packed += 1;
    const text = isBinary ? inflateRawSync(data).toString('utf8') : data.toString('utf8');
    heard.frames.push(...text.split('\n'));
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', version: 1, token: null, ...(packed && { packed }) }));
  socket.send(JSON.stringify({ type: 'join', id: 'j', channel: 'lobby', after: null }));
  await expect.poll(() => heard.frames.some((frame) => JSON.parse(frame).type === 'joined')).toBe(true);
  return Object.assign(heard, { close: () => socket.terminate() });
}

const messages = ({ frames }: Heard): readonly string[] =>
  frames.filter((frame) => JSON.parse(frame).type === 'message');

describe('packed frames', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub({ config: PATIENT });
  });
  afterAll(() => hub.close());

  it('hold the very frames that others get one by one, in order, in far fewer bytes; who does not ask gets none', async () => {
    const [packed, plain] = [await listen(hub.wsUrl, true), await listen(hub.wsUrl, false)];
    const writers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        connectPeer(hub.wsUrl, { token: await hub.user(`Ann ${n}`), isChecked: false }),
      ),
    );
    const posts = writers.flatMap((writer) => Array.from({ length: 15 }, () => ({ writer, key: newKey() })));
    await Promise.all(
      posts.map(({ writer, key }) => writer.ask({ type: 'post', channel: 'lobby', key, text: TEXT + key })),
    );
    await expect.poll(() => [messages(packed).length, messages(plain).length]).toEqual([300, 300]);
    expect(messages(packed)).toEqual(messages(plain));
    expect(packed.packed).toBeGreaterThan(0);
    expect(plain.packed).toBe(0);
    expect(packed.bytes).toBeLessThan(plain.bytes / 3);
    packed.close();
    plain.close();
    await Promise.all(writers.map((writer) => writer.close()));
  });

  it('are not made of a single message', async () => {
    const packed = await listen(hub.wsUrl, true);
    const writer = await connectPeer(hub.wsUrl, { token: await hub.user('Bob'), isChecked: false });
    const before = packed.packed;
    await writer.ask({ type: 'post', channel: 'lobby', key: newKey(), text: TEXT.repeat(10) });
    await expect
      .poll(() => messages(packed).some((frame) => JSON.parse(frame).message.author.name === 'Bob'))
      .toBe(true);
    expect(packed.packed).toBe(before);
    packed.close();
    await writer.close();
  });
});
