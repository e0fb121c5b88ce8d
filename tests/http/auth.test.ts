import Database from 'better-sqlite3';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authRoutes } from '../../core/http/auth-routes.ts';
import { type Desk, GOOD_PASSWORD, member, must, openDesk } from '../accounts/harness.ts';
import { startSite } from '../accounts/site.ts';

let desk: Desk;
let app: FastifyInstance;
let logged: string;
beforeEach(() => open({}));
afterEach(() => close());

async function open(config: Record<string, unknown>): Promise<void> {
  desk = await openDesk(config);
  logged = '';
  const stream = {
    write(line: string) {
      logged += line;
    },
  };
  app = Fastify({ logger: { level: 'trace', stream } });
  authRoutes(app, { accounts: desk.accounts });
}
async function close(): Promise<void> {
  await app.close();
  await desk.close();
}

const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const me = (token: string) => app.inject({ method: 'GET', url: '/api/me', headers: bearer(token) });
const ann = { name: 'Ann', password: GOOD_PASSWORD };

describe('sign-in over HTTP', () => {
  it('takes somebody from sign-up to sign-out', async () => {
    const up = await post('/api/sign-up', ann);
    expect(up.statusCode).toBe(200);
    expect(up.json()).toMatchObject({ name: 'Ann', platform: 'slipmat', isAdmin: false });
    const again = await post('/api/sign-in', ann);
    const { token } = again.json();
    expect(token).not.toBe(up.json().token);
    expect((await me(token)).json()).toMatchObject({ name: 'Ann', isGuest: false, isAdmin: false });
    const out = await app.inject({ method: 'POST', url: '/api/sign-out', headers: bearer(token) });
    expect(out.statusCode).toBe(204);
    expect((await me(token)).statusCode).toBe(401);
    expect((await me(up.json().token)).statusCode).toBe(200);
  });

  it('signs out with an empty JSON body as well', async () => {
    const { token } = await member(desk, 'Ann');
    expect((await post('/api/sign-out', '', bearer(token))).statusCode).toBe(204);
  });

  it('makes the first admin by the link', async () => {
    const link = await desk.accounts.firstAdminLink('http://localhost:8787');
    const claim = new URL(link ?? 'none:').hash.slice('#claim='.length);
    const claimed = await post('/api/claim', { claim, ...ann });
    expect(claimed.json()).toMatchObject({ name: 'Ann', isAdmin: true });
    expect((await me(claimed.json().token)).json()).toMatchObject({ isAdmin: true });
    const second = await post('/api/claim', { claim, ...ann, name: 'Bea' });
    expect([second.statusCode, second.json().code, second.json().field]).toEqual([403, 'forbidden', 'claim']);
  });

  it('exchanges a token of the main site', async () => {
    await close();
    const site = await startSite();
    await open(site.config);
    const token = await site.sign({ sub: '42', name: 'Kool' }, desk.clock.now() / 1_000);
    const signedIn = await post('/api/sign-in-token', { token });
    expect(signedIn.json()).toMatchObject({ name: 'Kool', platform: 'site' });
    expect((await me(signedIn.json().token)).statusCode).toBe(200);
    expect((await post('/api/sign-in-token', { token: `${token}x` })).statusCode).toBe(401);
    await site.close();
  });

  it('tells a guest who they are', async () => {
    const guest = await desk.accounts.verify(null);
    const answer = await me(guest.ok ? (guest.token ?? '') : '');
    expect(answer.json()).toMatchObject({ isGuest: true, name: guest.ok ? guest.actor.name : '' });
    expect((await app.inject({ method: 'GET', url: '/api/me' })).statusCode).toBe(401);
  });

  it('takes an invitation', async () => {
    await close();
    await open({ accounts: { signUp: 'invite' } });
    const { secret } = await desk.accounts.createInvite(60_000);
    const without = await post('/api/sign-up', { ...ann, invite: null });
    expect([without.statusCode, without.json().field]).toEqual([403, 'invite']);
    expect((await post('/api/sign-up', { ...ann, invite: secret })).statusCode).toBe(200);
  });
});

describe('refusals over HTTP', () => {
  it.each([
    ['a missing field', { name: 'Ann' }, 'password'],
    ['a field of another type', { name: 5, password: GOOD_PASSWORD }, 'name'],
    ['a field too many', { ...ann, isAdmin: true }, null],
    ['a list', [], null],
    ['null', null, 'name'],
    ['text', '"Ann"', null],
    ['broken JSON', '{"name":', null],
    ['a name that is too short', { ...ann, name: 'A' }, 'name'],
    ['a password that is too short', { ...ann, password: 'short' }, 'password'],
  ])('answer %s with 400 and the field', async (_, payload, field) => {
    const answer = await post('/api/sign-up', payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ code: 'bad-request', say: expect.any(String), field, retryAfterMs: null });
  });

  it('answer a name that is taken with 409', async () => {
    await member(desk, 'Ann');
    const answer = await post('/api/sign-up', { ...ann, name: 'ANN' });
    expect([answer.statusCode, answer.json().code, answer.json().field]).toEqual([409, 'taken', 'name']);
  });

  it('do not tell an unknown name from a wrong password', async () => {
    await member(desk, 'Ann');
    const known = await post('/api/sign-in', { ...ann, password: 'not her password' });
    const unknown = await post('/api/sign-in', { name: 'Nobody', password: 'not her password' });
    expect(known.statusCode).toBe(401);
    expect([unknown.statusCode, unknown.body]).toEqual([known.statusCode, known.body]);
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(known.headers));
  });

  it('answer too many attempts with 429 and when to come again', async () => {
    for (let n = 0; n < 5; n += 1) await post('/api/sign-in', { ...ann, password: 'not her password' });
    const answer = await post('/api/sign-in', ann);
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'rate-limited']);
    expect(answer.json().retryAfterMs).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBe(Math.ceil(answer.json().retryAfterMs / 1_000));
  });

  it('turn down what a form of another site can post', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      const answer = await post('/api/sign-up', ann, { 'content-type': type });
      expect([type, answer.statusCode]).toEqual([type, type === '' ? expect.any(Number) : 415]);
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(await desk.accounts.findByName('Ann')).toBeNull();
  });

  it('turn down a body above 16 KB', async () => {
    const answer = await post('/api/sign-in', { ...ann, password: 'x'.repeat(17_000) });
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'bad-request']);
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic QW5uOng=', `Bearer ${'x'.repeat(5_000)}`, 'Bearer sls_none'])(
    'answer the authorization %j with 401',
    async (authorization) => {
      for (const [method, url] of [
        ['GET', '/api/me'],
        ['POST', '/api/sign-out'],
      ] as const) {
        const answer = await app.inject({ method, url, headers: { authorization } });
        expect([answer.statusCode, answer.json().code]).toEqual([401, 'sign-in']);
      }
    },
  );

  it('say that the database is away, with 503, and recover with it', async () => {
    const other = new Database(desk.sql.file);
    other.exec('begin immediate'); // somebody else holds the lock
    const answer = await post('/api/sign-up', ann);
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
    expect(answer.body).not.toMatch(/sqlite|stack|select/i);
    other.exec('rollback');
    other.close();
    expect((await post('/api/sign-up', ann)).statusCode).toBe(200);
  });
});

describe('answers over HTTP', () => {
  it('are never stored by anything on the way', async () => {
    const { token } = await member(desk, 'Ann');
    for (const answer of [
      await me(token),
      await me('x'),
      await post('/api/sign-in', ann),
      await post('/api/sign-up', '{'),
    ]) {
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('and requests leave no secret in the log', async () => {
    const up = must(await desk.accounts.signUp({ ...ann, invite: null, address: '192.0.2.1' }));
    const link = (await desk.accounts.firstAdminLink('http://localhost')) ?? '';
    const claim = new URL(link).hash.slice('#claim='.length);
    await post('/api/sign-in', ann);
    await post('/api/sign-in', { ...ann, password: 'a wrong password 77' });
    await post('/api/claim', { claim, ...ann });
    await post('/api/sign-up', `{"password":"${GOOD_PASSWORD}`);
    await me(up.token);
    expect(logged).toContain('/api/sign-in');
    for (const secret of [GOOD_PASSWORD, 'a wrong password 77', up.token, up.token.slice(-43), claim.slice(-43)]) {
      expect(logged).not.toContain(secret);
    }
  });
});
