import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../bench/lib/free-port.ts';
import { type LoadClient, startLoadClient } from '../../bench/lib/load-client.ts';
import { nowUs, stampOf } from '../../bench/lib/stamp.ts';
import { textFrame } from '../../bridges/slipmat/encode.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function clientOf(options: Parameters<typeof startLoadClient>[0]): Promise<LoadClient> {
  const client = await startLoadClient(options);
  closing.push(() => client.end());
  return client;
}

test('listeners count every frame and time it from its stamp', async () => {
  const port = await freePort();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(textFrame('{}'));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => server.close());
  const client = await clientOf({ port, protocol: 'raw', count: 20 });
  await client.reset();
  const halfASecondAgo = textFrame(`${'.'.repeat(150)}${stampOf(nowUs() - 500_000)}`);
  for (const socket of sockets) for (let n = 0; n < 5; n += 1) socket.write(halfASecondAgo);
  await client.untilSeen(100);
  expect(await client.counts()).toEqual({ total: 100, least: 5, most: 5, closed: 0 });
  const { samples, p50Ms } = await client.latency();
  expect(samples).toBeGreaterThan(0);
  expect(p50Ms).toBeGreaterThan(480);
  expect(p50Ms).toBeLessThan(5_000);
});

test('listeners of the hub come in as guests and hear what is said in the channel', async () => {
  const hub: TestHub = await startTestHub({ config: { port: await freePort() } });
  closing.push(() => hub.close());
  const client = await clientOf({ port: hub.port, protocol: 'native', count: 30 });
  const token = await hub.user('speaker');
  await client.reset();
  const peer = await connectPeer(hub.wsUrl, { token });
  await peer.ask({ type: 'join', channel: 'lobby', after: null });
  await peer.ask({ type: 'post', channel: 'lobby', key: newKey(), text: `${stampOf(nowUs())} is when I said it` });
  await client.untilSeen(30, 10_000);
  expect(await client.counts()).toEqual({ total: 30, least: 1, most: 1, closed: 0 });
  expect((await client.latency()).samples).toBe(30);
  await peer.close();
});
