import { afterEach, describe, expect, it } from 'vitest';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import type { BridgeId } from '../../core/domain/ids.ts';
import { createHttpServer, type HttpServer } from '../../core/http/server.ts';
import { createHealth } from '../../core/ops/health.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { createMetrics } from '../../core/ops/metrics.ts';

const MAIN = 'main' as BridgeId;
let server: HttpServer;
afterEach(() => server.close());

async function start(): Promise<string> {
  server = await createHttpServer({
    config: hubConfig.parse({ port: 0, limits: { apiPerMinute: 1 } }),
    log: silentLogger,
    clock: systemClock,
    webRoot: '/nowhere',
    health: createHealth(systemClock),
    metrics: createMetrics('1'),
    routes: () => {},
    configInfo: () => ({}),
  });
  const { port } = await server.listen();
  return `http://127.0.0.1:${port}`;
}

describe('calls of a platform to its bridge', () => {
  it('reach it with path, query, headers and bytes, whatever they say of their kind', async () => {
    const url = await start();
    const seen: unknown[] = [];
    server.calls.of(MAIN, null).mount(async (call) => {
      const { method, path, query, headers } = call;
      seen.push([method, path, query, headers.authorization, Buffer.from((await call.body()) ?? []).toString()]);
      return { status: 201, headers: { 'content-type': 'application/json' }, body: '{"ok":1}' };
    });
    const at = `${url}/bridges/main/a/%23b%2Fc?x=1&x=2`;
    for (const type of ['application/json', 'text/odd', '']) {
      const headers = { authorization: 'Bearer t', ...(type !== '' && { 'content-type': type }) };
      const answer = await fetch(at, { method: 'PUT', body: Buffer.from('{"n":'), headers });
      expect([answer.status, await answer.json()]).toEqual([201, { ok: 1 }]);
    }
    const expected = ['PUT', '/a/%23b%2Fc', { x: '2' }, 'Bearer t', '{"n":'];
    expect(seen).toEqual([expected, expected, expected]);
  });

  it('are told to come again where the bridge does not run, and reach it again once it does', async () => {
    const url = await start();
    const ask = () => fetch(`${url}/bridges/main/x`);
    expect([(await ask()).status, (await ask()).headers.get('retry-after')]).toEqual([503, '1']);
    const leave = server.calls.of(MAIN, null).mount(async () => ({ status: 200 }));
    expect((await ask()).status).toBe(200);
    leave();
    expect((await ask()).status).toBe(503);
  });

  it('get an answer when the bridge throws, and a body that is too large is not handed on', async () => {
    const url = await start();
    server.calls.of(MAIN, null).mount(async (call) => {
      if (call.path === '/bad') throw new Error('bad');
      return { status: (await call.body()) === null ? 413 : 200 };
    });
    expect((await fetch(`${url}/bridges/main/bad`)).status).toBe(500);
    const put = (size: number) => fetch(`${url}/bridges/main/x`, { method: 'PUT', body: Buffer.alloc(size) });
    expect([(await put(9_000_000)).status, (await put(10_500_000)).status]).toEqual([200, 413]);
  });

  it('are not counted against the limit of the API, nor refused for the name by which they come', async () => {
    const url = await start();
    server.calls.of(MAIN, 'https://chat.example.org').mount(async () => ({ status: 200 }));
    for (let count = 0; count < 20; count += 1) expect((await fetch(`${url}/bridges/main/x`)).status).toBe(200);
    const { hostname, port } = new URL(url);
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ hostname, port, path: '/bridges/main/x', headers: { host: 'hub:8787' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toBe(200);
    expect(server.calls.of(MAIN, 'https://chat.example.org').url).toBe('https://chat.example.org/bridges/main');
  });
});
