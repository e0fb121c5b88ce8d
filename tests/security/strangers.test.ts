import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';

/** The status of a request that names this host, as a page of that name would send it. */
function status(port: number, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, host: '127.0.0.1', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once('error', reject).end();
  });
}

/** The first line of the answer to a WebSocket handshake; `gone` when the hub has ended the connection for good. */
async function upgrade(port: number, headers: Record<string, string>, staysOpen = false) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${lines.join('')}\r\n`,
  );
  const first = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  const end = (): void => void socket.destroy();
  if (!staysOpen) end();
  return { line: first.split('\r\n')[0] ?? '', end };
}

describe('a hub that only its own machine reaches', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.close());

  it('does not speak to a web page that lets its own name lead to this machine', async () => {
    const { port } = hub;
    for (const host of [`evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '%']) {
      for (const path of ['/', '/metrics', '/api/config', '/api/me']) {
        expect([host, path, await status(port, path, host)]).toEqual([host, path, 421]);
      }
      const { line } = await upgrade(port, { Host: host, Origin: `http://${host}` });
      expect([host, line]).toEqual([host, 'HTTP/1.1 421 Misdirected Request']);
    }
  });

  it('answers to each name of the machine itself', async () => {
    const { port } = hub;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST', 'chat.localhost']) {
      expect([host, await status(port, '/api/config', host)]).toEqual([host, 200]);
      const { line } = await upgrade(port, { Host: host, Origin: `http://${host}` });
      expect([host, line]).toEqual([host, 'HTTP/1.1 101 Switching Protocols']);
    }
  });
});

describe('a hub that others reach', () => {
  let hub: TestHub;
  beforeAll(async () => {
    const limits = { maxConnectionsPerAddress: 3 };
    hub = await startTestHub({ config: { publicUrl: 'https://chat.example', trustProxy: ['loopback'], limits } });
  });
  afterAll(() => hub.close());

  const from = (address: string, more: Record<string, string> = {}) =>
    upgrade(hub.port, { Host: 'chat.example', 'X-Forwarded-For': address, ...more }, true);

  it('counts the connections of one IPv6 network together', async () => {
    const some = await Promise.all(['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::3'].map((one) => from(one)));
    expect(some.map(({ line }) => line)).toEqual(Array(3).fill('HTTP/1.1 101 Switching Protocols'));
    const fourth = await from('2001:db8::4');
    const neighbour = await from('2001:db8:0:1::4');
    expect([fourth.line, neighbour.line]).toEqual([
      'HTTP/1.1 429 Too Many Requests',
      'HTTP/1.1 101 Switching Protocols',
    ]);
    for (const { end } of [...some, fourth, neighbour]) end();
  });

  it('keeps no place for those whom it turned down and who do not hang up', async () => {
    const other = { Origin: 'https://evil.example' };
    const refused = await Promise.all([1, 2, 3].map(() => from('192.0.2.1', other)));
    expect(refused.map(({ line }) => line)).toEqual(Array(3).fill('HTTP/1.1 403 Refused'));
    const again = async (): Promise<string> => {
      const { line, end } = await from('192.0.2.1');
      end();
      return line;
    };
    await expect.poll(again).toBe('HTTP/1.1 101 Switching Protocols');
    for (const { end } of refused) end();
  });
});
