import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { hubConfig } from '../../config/schema.ts';
import { createHttpServer } from '../../core/http/server.ts';
import { createHealth } from '../../core/ops/health.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { createMetrics } from '../../core/ops/metrics.ts';
import { standingClock } from './rig.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

it('a body must arrive within half a minute, unless it may be a large file', async () => {
  const clock = standingClock();
  let started = 0;
  const server = await createHttpServer({
    config: hubConfig.parse({ port: 0 }),
    log: silentLogger,
    clock,
    webRoot: '/nowhere',
    health: createHealth(clock),
    metrics: createMetrics('test'),
    configInfo: () => ({}),
    routes(app) {
      app.addHook('preParsing', async () => {
        started += 1;
      });
      app.post('/api/words', async () => 'heard');
      app.register(async (files) => {
        files.removeAllContentTypeParsers();
        files.addContentTypeParser('*', (_request, body, done) => done(null, body));
        files.post<{ Body: Readable }>('/api/file', { config: { isSlowBody: true } }, async ({ body }) => {
          let bytes = 0;
          for await (const chunk of body) bytes += chunk.length;
          return `${bytes} bytes`;
        });
      });
    },
  });
  cleanups.push(() => server.close());
  const { port } = await server.listen();
  const open = async (path: string): Promise<{ readonly socket: Socket; said(): string; isOver(): boolean }> => {
    let said = '';
    let isOver = false;
    const socket = connect(port, '127.0.0.1');
    cleanups.push(() => socket.destroy());
    socket.on('data', (data) => {
      said += data.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      isOver = true;
    });
    const type = path === '/api/file' ? 'audio/flac' : 'application/json';
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 4\r\n\r\n"`);
    return { socket, said: () => said, isOver: () => isOver };
  };
  const words = await open('/api/words');
  const file = await open('/api/file');
  await expect.poll(() => started).toBe(2);
  clock.ahead(29_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect([words.isOver(), file.isOver()]).toEqual([false, false]);
  clock.ahead(2_000);
  await expect.poll(words.isOver).toBe(true);
  expect(words.said()).not.toContain('heard');
  expect(file.isOver()).toBe(false);
  file.socket.write('abc');
  await expect.poll(file.said).toContain('4 bytes');
});
