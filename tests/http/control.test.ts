import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { controlClient, findHub } from '../../core/cli/control-client.ts';
import type { EpochMs, HubId } from '../../core/domain/ids.ts';
import { type ControlServer, startControl } from '../../core/http/control.ts';
import type { ControlOperations } from '../../core/http/control-operations.ts';
import { listSockets, reachable } from '../../core/http/control-socket.ts';
import { silentLogger } from '../../core/ops/log.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function folder(...below: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'slipmat-control-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  return join(root, ...below);
}

const fine = { ok: true, value: { say: 'fine' } } as const;
const unused = async () => ({ ok: false, say: 'not in this test' }) as const;
const operations: ControlOperations = {
  status: unused,
  'user-add': async ({ name }) => ({ ok: true, value: { name, id: 'u-1' } }),
  'user-list': unused,
  'user-role': async () => fine,
  'user-password': unused,
  'user-enabled': async () => {
    throw new RangeError('broken');
  },
  'user-invite': unused,
  'user-data': unused,
  'user-erase': unused,
  'portal-list': unused,
  'portal-add': unused,
  'portal-remove': unused,
  'portal-set': unused,
  'portal-code': unused,
  'portal-letters': unused,
  'portal-retry': unused,
  'portal-drop': unused,
  'token-create': unused,
  'token-list': unused,
  'token-revoke': unused,
  backup: unused,
  export: unused,
};

async function control(dataDir: string, hubId = 'hub1', clock = systemClock): Promise<ControlServer> {
  const server = await startControl({ dataDir, hubId: hubId as HubId, operations, log: silentLogger, clock });
  cleanups.push(() => server.close());
  return server;
}

function raw(
  socket: string,
  method: string,
  path: string,
  body: string,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socket, method, path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ status: answer.statusCode, body: text }));
    })
      .once('error', reject)
      .end(body);
  });
}

it('carries answers, refusals and failures to the command line', async () => {
  const { socket } = await control(folder('data'));
  const hub = controlClient(socket);
  expect(await hub.call('user-add', { name: 'Ann', password: 'x' })).toEqual({
    ok: true,
    value: { name: 'Ann', id: 'u-1' },
  });
  expect(await hub.call('backup', { file: '/x' })).toEqual({ ok: false, say: 'not in this test' });
  expect(await hub.call('user-enabled', { name: 'Ann', isEnabled: true })).toEqual({
    ok: false,
    say: 'RangeError: broken',
  });
});

it('is made for its user alone, in a folder for its user alone', async () => {
  const dataDir = folder('data');
  const { socket } = await control(dataDir);
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

it('refuses what is malformed, too large, unknown or of another shape, and never repeats it', async () => {
  const { socket } = await control(folder('data'));
  expect(await raw(socket, 'GET', '/status', '')).toMatchObject({ status: 404 });
  expect(await raw(socket, 'POST', '/toString', '{}')).toMatchObject({ status: 404 });
  expect(await raw(socket, 'POST', '/user-add', '{"password":"hunt')).toMatchObject({
    status: 400,
    body: expect.not.stringContaining('hunt'),
  });
  expect(await raw(socket, 'POST', '/user-add', JSON.stringify('x'.repeat(70_000)))).toMatchObject({ status: 400 });
  const { body } = await raw(socket, 'POST', '/user-add', '{"password":"hunter2","name":7}');
  expect(JSON.parse(body)).toEqual({ ok: false, say: 'The request does not fit: name.' });
});

it('an answer of another version is told as such', async () => {
  const dataDir = folder('data');
  const other = { ...operations, 'user-role': async () => ({ ok: true, value: { text: 'newer' } }) as never };
  const server = await startControl({
    dataDir,
    hubId: 'h' as HubId,
    operations: other,
    log: silentLogger,
    clock: systemClock,
  });
  cleanups.push(() => server.close());
  const answer = await controlClient(server.socket).call('user-role', { name: 'a', role: 'dj', channel: null });
  expect(answer).toEqual({ ok: false, say: expect.stringContaining('another version') });
});

it('finds the hub that answers among sockets that dead ones left, and the next start removes those', async () => {
  const dataDir = folder('data');
  mkdirSync(dataDir, { mode: 0o700 });
  expect(await findHub(dataDir)).toBeNull();
  expect(await findHub(join(dataDir, 'nowhere'))).toBeNull();
  const dead = join(dataDir, 'control-dead.sock');
  await leaveSocket(dead);
  expect(await findHub(dataDir)).toBeNull();
  const young = await control(dataDir, 'one');
  expect(listSockets(dataDir).toSorted()).toEqual([dead, young.socket].sort());
  const later = { ...systemClock, now: () => (Date.now() + 60_000) as EpochMs };
  await control(dataDir, 'two', later);
  expect(
    listSockets(dataDir)
      .map((path) => path.slice(dataDir.length + 1))
      .toSorted(),
  ).toEqual(['control-one.sock', 'control-two.sock']);
  expect(await findHub(dataDir)).not.toBeNull();
});

it('does not wait for ever for what is in work when it closes', async () => {
  const timers: (() => void)[] = [];
  const after = (_ms: number, run: () => void) => {
    timers.push(run);
    return () => {};
  };
  let isAsked = (): void => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const slow: ControlOperations = {
    ...operations,
    backup() {
      isAsked();
      return new Promise(() => {});
    },
  };
  const clock = { ...systemClock, after };
  const options = { dataDir: folder('data'), hubId: 'h' as HubId, operations: slow, log: silentLogger, clock };
  const server = await startControl(options);
  const answer = controlClient(server.socket).call('backup', { file: '/x' });
  const failed = expect(answer).rejects.toThrow();
  await asked;
  const closed = server.close();
  for (const run of timers) run();
  await Promise.all([failed, closed]);
  expect(listSockets(options.dataDir)).toEqual([]);
});

it('works in a folder whose path is longer than that of a socket may be', async () => {
  const dataDir = folder('a'.repeat(60), 'b'.repeat(60), 'data');
  const { socket, close } = await control(dataDir);
  expect(socket.length).toBeGreaterThan(130);
  const hub = await findHub(dataDir);
  expect(await hub?.call('user-role', { name: 'a', role: 'dj', channel: null })).toEqual(fine);
  await close();
  expect(listSockets(dataDir)).toEqual([]);
});

/** A socket file that nobody listens on any more. */
async function leaveSocket(path: string): Promise<void> {
  const { path: short, release } = reachable(path);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${short}x`, resolve));
  renameSync(`${path}x`, path);
  await new Promise((resolve) => server.close(resolve));
  release();
}
