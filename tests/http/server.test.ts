import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../config/config-error.ts';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { createHttpServer, type HttpOptions, type HttpServer } from '../../core/http/server.ts';
import { createHealth } from '../../core/ops/health.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { createMetrics } from '../../core/ops/metrics.ts';
import { StoreUnavailable } from '../../core/store/ports.ts';
import { until } from '../fakes/until.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function webRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'slipmat-web-'));
  cleanups.push(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>Slipmat</title>');
  writeFileSync(join(root, 'favicon.svg'), '<svg/>');
  writeFileSync(join(root, '.secret'), 'secret');
  writeFileSync(join(root, 'assets', 'main-BcD3f.js'), 'export {}');
  return root;
}

async function server(config: object = {}, more: Partial<HttpOptions> = {}): Promise<HttpServer> {
  const created = await createHttpServer({
    config: hubConfig.parse({ port: 0, ...config }),
    log: silentLogger,
    clock: systemClock,
    webRoot: webRoot(),
    health: createHealth(systemClock),
    metrics: createMetrics('1.2.3'),
    routes: () => {},
    configInfo: () => ({ name: 'Slipmat', signUp: 'open' }),
    ...more,
  });
  cleanups.push(() => created.close());
  return created;
}

/** A WebSocket handshake by hand; resolves with the first bytes of the answer. */
function upgrade(port: number, path: string, host = '127.0.0.1', headers = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`,
      );
    });
    cleanups.push(() => void socket.destroy());
    socket.once('data', (data) => resolve(data.toString()));
    socket.once('error', reject);
    socket.once('end', () => resolve(''));
  });
}

/** Takes a port below the range that the system hands out, so that no other test gets it meanwhile. */
async function occupy(host: string): Promise<number> {
  const server = createServer();
  cleanups.push(() => new Promise((resolve) => server.close(() => resolve())));
  for (let port = 21_000 + (process.pid % 9_000); ; port++) {
    const isTaken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(true)).listen(port, host, () => resolve(false));
    });
    if (!isTaken) return port;
  }
}

describe('the web app', () => {
  it('serves the page fresh and hashed assets for ever', async () => {
    const { app } = await server();
    const page = await app.inject('/');
    expect([page.statusCode, page.headers['cache-control'], page.body]).toMatchObject([200, 'no-cache', /Slipmat/]);
    const asset = await app.inject('/assets/main-BcD3f.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await app.inject('/favicon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it('serves the page for channel links and for no other unknown path', async () => {
    const { app } = await server();
    expect((await app.inject('/c/lobby')).body).toContain('Slipmat');
    for (const path of [
      '/c/Not%20A%20Channel',
      '/c/a/b',
      '/nothing',
      '/api/nothing',
      '/assets/gone.js',
      '/.secret',
      '/..%2f..%2fetc/passwd',
    ]) {
      const answer = await app.inject(path);
      expect([path, answer.statusCode]).toEqual([path, 404]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ status: 404, code: 'not-found', field: null, retryAfterMs: null });
    }
  });

  it('says how to build the app where it is not built', async () => {
    const { app } = await server({}, { webRoot: '/nowhere' });
    const answer = await app.inject('/');
    expect([answer.statusCode, answer.json().say]).toEqual([503, expect.stringContaining('npm run build')]);
  });

  it('tells browsers to run nothing from elsewhere, to frame nothing and to send no referrer, with errors too', async () => {
    const { app } = await server();
    for (const path of ['/', '/nothing', '/api/config']) {
      const { headers } = await app.inject(path);
      const policy = String(headers['content-security-policy']);
      expect(policy.split(';')).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "connect-src 'self'",
          "img-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ]),
      );
      expect(policy).not.toMatch(/unsafe|data:|\*|upgrade-insecure/);
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('with a public https URL asks for https and allows its socket by name', async () => {
    const { app } = await server({ publicUrl: 'https://chat.example' });
    const { headers } = await app.inject('/');
    expect(headers['strict-transport-security']).toBe('max-age=15552000');
    expect(headers['content-security-policy']).toContain("connect-src 'self' wss://chat.example");
  });
});

describe('the API', () => {
  it('answers what the app needs to know first', async () => {
    const { app } = await server();
    expect((await app.inject('/api/config')).json()).toEqual({ name: 'Slipmat', signUp: 'open' });
  });

  it('limits requests by address, and tells when to come back', async () => {
    const { app } = await server({ limits: { apiPerMinute: 3 }, trustProxy: ['loopback'] });
    const ask = (address: string) => app.inject({ url: '/api/config', headers: { 'x-forwarded-for': address } });
    for (let count = 0; count < 3; count++) expect((await ask('192.0.2.1')).statusCode).toBe(200);
    const refused = await ask('192.0.2.1');
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate-limited']);
    expect(refused.json().retryAfterMs).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('192.0.2.2')).statusCode).toBe(200);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });

  it('does not believe an address that an untrusted client makes up', async () => {
    const { app } = await server({ limits: { apiPerMinute: 1 } });
    const ask = (address: string) => app.inject({ url: '/api/config', headers: { 'x-forwarded-for': address } });
    expect((await ask('192.0.2.1')).statusCode).toBe(200);
    expect((await ask('192.0.2.2')).statusCode).toBe(429);
  });

  it('tells errors as problem JSON and keeps what broke to the log', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const { app } = await server(
      {},
      {
        log: pino({ level: 'debug' }, sink),
        routes: (api) => {
          api.post('/api/broken', () => {
            throw new Error('password=hunter2');
          });
          api.post('/api/away', () => {
            throw new StoreUnavailable('redis at 10.0.0.1');
          });
        },
      },
    );
    const broken = await app.inject({ method: 'POST', url: '/api/broken?token=hunter3' });
    expect([broken.statusCode, broken.json().code]).toEqual([500, 'internal']);
    expect(broken.body).not.toContain('hunter2');
    expect(lines.join('')).toContain('"route":"/api/broken"');
    expect(lines.join('')).not.toContain('hunter3');
    const away = await app.inject({ method: 'POST', url: '/api/away' });
    expect([away.statusCode, away.json().code, away.json().retryAfterMs]).toEqual([503, 'unavailable', 2_000]);
    expect(away.body).not.toContain('10.0.0.1');
  });

  it('refuses bodies that are malformed, too large or no JSON', async () => {
    const { app } = await server({}, { routes: (api) => void api.post('/api/echo', (request) => request.body) });
    const post = (payload: string, type = 'application/json') =>
      app.inject({ method: 'POST', url: '/api/echo', payload, headers: { 'content-type': type } });
    expect((await post('{"a":1}')).json()).toEqual({ a: 1 });
    const malformed = await post('{"secret-of-mine');
    expect([malformed.statusCode, malformed.json().code]).toEqual([400, 'bad-request']);
    expect(malformed.body).not.toContain('secret-of-mine');
    expect((await post(JSON.stringify('x'.repeat(70_000)))).statusCode).toBe(413);
    expect((await post('a=1', 'application/x-www-form-urlencoded')).statusCode).toBe(415);
  });
});

describe('health and metrics', () => {
  it('is up while the process is, and ready only while nothing is down, with reasons', async () => {
    const health = createHealth(systemClock);
    let isUp = true;
    health.add({ name: 'store', run: () => (isUp ? { status: 'ok' } : { status: 'down', say: 'Redis is away.' }) });
    health.add({ name: 'archive', run: () => ({ status: 'warn', say: 'It is 90 s behind.' }) });
    const { app } = await server({}, { health });
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      {
        status: 'ready',
        checks: [
          { name: 'store', status: 'ok', say: '' },
          { name: 'archive', status: 'warn', say: 'It is 90 s behind.' },
        ],
      },
    ]);
    isUp = false;
    const down = await app.inject('/readyz');
    expect([down.statusCode, down.json().checks[0]]).toEqual([
      503,
      { name: 'store', status: 'down', say: 'Redis is away.' },
    ]);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });

  it('gives metrics to a hub that nobody outside can reach', async () => {
    const answer = await (await server()).app.inject('/metrics');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
    expect(answer.body).toContain('slipmat_info{version="1.2.3"} 1');
    expect(answer.body).toContain('process_cpu_seconds_total');
  });

  it.each([{ host: '0.0.0.0' }, { publicUrl: 'https://chat.example' }, { trustProxy: ['loopback'] }])(
    'keeps metrics from strangers with %o and no token',
    async (config) => {
      const answer = await (await server(config)).app.inject('/metrics');
      expect([answer.statusCode, answer.json().say]).toEqual([403, expect.stringContaining('SLIPMAT_METRICS_TOKEN')]);
    },
  );

  it('with a token gives metrics to its holder alone', async () => {
    const { app } = await server({ metricsToken: 'm'.repeat(20), host: '0.0.0.0' });
    const ask = async (authorization: string) =>
      (await app.inject({ url: '/metrics', headers: { authorization } })).statusCode;
    expect(await ask(`Bearer ${'m'.repeat(20)}`)).toBe(200);
    expect(await ask(`bearer ${'m'.repeat(20)}`)).toBe(200);
    for (const wrong of ['', 'Bearer', `Bearer ${'m'.repeat(19)}`, `Basic ${'m'.repeat(20)}`])
      expect(await ask(wrong)).toBe(401);
  });
});

describe('listening', () => {
  it('answers on both loopbacks with one port, so that localhost works whichever comes first', async () => {
    const http = await server();
    const { url, port } = await http.listen();
    expect(url).toBe(`http://localhost:${port}`);
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      expect((await fetch(`http://${host}:${port}/healthz`)).status).toBe(200);
    }
  });

  it.each(['127.0.0.1', '::1'])(
    'refuses a port that is in use on %s, names it and leaves the other loopback free',
    async (host) => {
      const port = await occupy(host);
      const http = await server({ port });
      const error: unknown = await http.listen().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(/PORT: port \d+ of 127.0.0.1 is in use\. Stop what uses it.*set PORT/);
      const free = createServer();
      await new Promise<void>((resolve, reject) => {
        free.once('error', reject);
        free.listen(port, host === '::1' ? '127.0.0.1' : '::1', resolve);
      });
      await new Promise((resolve) => free.close(resolve));
    },
  );

  it('refuses an address that this machine has not, and names HOST', async () => {
    const http = await server({ host: '192.0.2.77' });
    await expect(http.listen()).rejects.toThrow(/HOST: this machine has no address 192\.0\.2\.77\. Set HOST/);
  });
});

describe('upgrades', () => {
  it('hands an upgrade to the one who took the path, query or not, and 404 to every other', async () => {
    const http = await server();
    const { port } = await http.listen();
    const giveBack = http.upgrades('/ws', (request, socket) => void socket.end(`took ${request.url}`));
    expect(await upgrade(port, '/ws?x=1')).toBe('took /ws?x=1');
    expect(await upgrade(port, '/ws', '::1')).toBe('took /ws');
    expect(await upgrade(port, '/other')).toMatch(/^HTTP\/1\.1 404 /);
    giveBack();
    expect(await upgrade(port, '/ws')).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('answers a request that only offers HTTP/2 as a plain one', async () => {
    const { port } = await (await server()).listen();
    const status = await new Promise((resolve, reject) => {
      const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' };
      get({ port, host: '127.0.0.1', path: '/healthz', headers }, (answer) => resolve(answer.resume().statusCode)).on(
        'error',
        reject,
      );
    });
    expect(status).toBe(200);
  });

  it('bounds connections in all and from one address, counts them, and frees the place of those that left', async () => {
    const metrics = createMetrics('1');
    const http = await server(
      { limits: { maxConnections: 3, maxConnectionsPerAddress: 2 }, trustProxy: ['loopback'] },
      { metrics },
    );
    const { port } = await http.listen();
    const ends: (() => void)[] = [];
    http.upgrades('/ws', (_request, socket) => {
      ends.push(() => void socket.destroy());
      socket
        .once('end', () => socket.end())
        .resume()
        .write('in');
    });
    const from = (address: string) => upgrade(port, '/ws', '127.0.0.1', `X-Forwarded-For: ${address}\r\n`);
    expect(await from('192.0.2.1')).toBe('in');
    expect(await from('192.0.2.1')).toBe('in');
    expect(await from('192.0.2.1')).toMatch(/ 429 /);
    expect(await from('192.0.2.2')).toBe('in');
    expect(await from('192.0.2.3')).toMatch(/ 503 /);
    expect(await metrics.text()).toContain('slipmat_connections 3');
    ends[0]?.();
    await until('the place is free', async () => (await metrics.text()).includes('slipmat_connections 2'));
    expect(await from('192.0.2.1')).toBe('in');
  });
});

describe('closing', () => {
  it('ends idle kept-alive connections at once and lets a request in work finish', async () => {
    let release = (): void => {};
    const http = await server(
      {},
      {
        routes: (api) =>
          void api.get('/api/slow', () => new Promise((resolve) => (release = () => resolve({ done: true })))),
      },
    );
    const { port } = await http.listen();
    const idle = connect(port, '127.0.0.1');
    const idleEnded = new Promise<void>((resolve) => idle.once('close', () => resolve()));
    idle.resume().write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => idle.once('data', resolve));
    const slow = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      httpRequest({ port, host: '127.0.0.1', path: '/api/slow', headers: { connection: 'keep-alive' } }, (answer) => {
        answer
          .resume()
          .once('end', () => resolve({ status: answer.statusCode, connection: answer.headers.connection }));
      })
        .on('error', reject)
        .end();
    });
    const ready = release;
    await until('the slow request is in work', () => release !== ready);
    const closed = http.close();
    await idleEnded;
    release();
    expect(await slow).toEqual({ status: 200, connection: 'close' });
    await closed;
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it('ends sockets that nobody ends within the deadline', async () => {
    const timers: (() => void)[] = [];
    const after = (_ms: number, run: () => void) => {
      timers.push(run);
      return () => {};
    };
    const clock = { ...systemClock, after };
    const http = await server({}, { clock });
    const { port } = await http.listen();
    http.upgrades('/ws', (_request, socket) => void socket.write('in'));
    expect(await upgrade(port, '/ws')).toBe('in');
    const closed = http.close();
    expect(timers).toHaveLength(1);
    timers[0]?.();
    await closed;
  });
});
