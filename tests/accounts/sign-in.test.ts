import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHEAP, type Desk, GOOD_PASSWORD, HOME, member, must, openDesk } from './harness.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(async () => {
  vi.useRealTimers();
  await desk.close();
});

const attempt = (name: string, password: string, address = HOME, accounts = desk.accounts) =>
  accounts.signIn({ name, password, address });

describe('sign-in', () => {
  it.each(['Ann Lee', 'ann lee', ' ANN_LEE '])('knows Ann Lee as %s', async (name) => {
    await member(desk, 'Ann Lee');
    const { token, actor } = must(await attempt(name, GOOD_PASSWORD));
    expect(actor.name).toBe('Ann Lee');
    expect(await desk.accounts.verify(token)).toMatchObject({ ok: true, actor });
  });

  it('answers an unknown name and a wrong password alike', async () => {
    await member(desk, 'Ann');
    const wrong = await attempt('Ann', 'not her password');
    expect(wrong).toMatchObject({ ok: false, code: 'sign-in', field: null });
    expect(await attempt('Nobody', 'not her password')).toEqual(wrong);
    expect(await attempt('', 'x')).toEqual(wrong);
    expect(await attempt('Ann', 'x'.repeat(100_000))).toEqual(wrong);
  });

  it('works as long for an unknown name as for a wrong password', async () => {
    const slow = desk.again({}, { logN: 15, r: 8, p: 1 });
    must(await slow.addUser('Ann', GOOD_PASSWORD));
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let n = 0; n < 5; n += 1) {
      for (const [kind, name] of [
        ['known', 'Ann'],
        ['unknown', `Nobody ${n}`],
      ] as const) {
        const start = performance.now();
        await attempt(name, 'not her password', `192.0.2.${n + 10}`, slow);
        times[kind].push(performance.now() - start);
      }
    }
    const [known, unknown] = [Math.min(...times.known), Math.min(...times.unknown)]; // a busy machine only adds
    expect(unknown).toBeGreaterThan(known * 0.5);
    expect(unknown).toBeLessThan(known * 2);
  });

  it('tells only who knows the password that an account is disabled', async () => {
    await member(desk, 'Ann');
    const wrong = await attempt('Ann', 'not her password');
    await member(desk, 'Bea');
    must(await desk.accounts.disable('Ann'));
    expect(await attempt('Ann', 'not her password')).toEqual(wrong);
    expect(await attempt('Ann', GOOD_PASSWORD)).toMatchObject({ code: 'forbidden', say: 'This account is disabled.' });
    must(await desk.accounts.enable('Ann'));
    must(await attempt('Ann', GOOD_PASSWORD));
  });

  it('hashes anew at the next sign-in when the cost has grown', async () => {
    await member(desk, 'Ann');
    const stored = async () =>
      (await desk.sql.read(desk.sql.build.selectFrom('credentials').select('password_hash').compile()))[0]
        ?.password_hash ?? '';
    const old = await stored();
    must(await attempt('Ann', GOOD_PASSWORD, HOME, desk.again({}, { ...CHEAP, logN: 11 })));
    expect(old).toContain('ln=10,');
    expect(await stored()).toContain('ln=11,');
    must(await attempt('Ann', GOOD_PASSWORD));
  });

  it.each([
    ['the password is changed', "update credentials set password_hash = replace(password_hash, 'ln=10', 'ln=11')"],
    ['the account is disabled', 'update users set is_disabled = 1'],
  ])('gives no session when, while it looks at the password, %s', async (_, statement) => {
    await member(desk, 'Ann');
    const signingIn = attempt('Ann', GOOD_PASSWORD);
    await new Promise((resolve) => setImmediate(resolve)); // the row is read, the hash is being made
    const other = new Database(desk.sql.file);
    other.exec(`${statement}; delete from sessions`);
    other.close();
    expect(await signingIn).toMatchObject({ ok: false, code: 'sign-in' });
    expect(await desk.sql.read(desk.sql.build.selectFrom('sessions').selectAll().compile())).toEqual([]);
  });
});

describe('throttling', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] }); // the limiter counts by the machine's time
  });
  const wrongly = async (name: string, address: string, times: number) => {
    const codes: (string | null)[] = [];
    for (let n = 0; n < times; n += 1) {
      const outcome = await attempt(name, 'not her password', address);
      codes.push(outcome.ok ? null : outcome.code);
    }
    return codes;
  };

  it('refuses the sixth wrong password for a name from one address, the right one too', async () => {
    await member(desk, 'Ann');
    expect(await wrongly('Ann', '192.0.2.9', 6)).toEqual([...Array(5).fill('sign-in'), 'rate-limited']);
    const refused = await attempt('Ann', GOOD_PASSWORD, '192.0.2.9');
    expect(refused).toMatchObject({ code: 'rate-limited' });
    expect(refused.ok ? null : refused.retryAfterMs).toBeGreaterThan(14 * 60_000);
    expect(await wrongly('aNN', '192.0.2.9', 1)).toEqual(['rate-limited']);
  });

  it('lets them try again when the time it named is over', async () => {
    await member(desk, 'Ann');
    await wrongly('Ann', '192.0.2.9', 6);
    const refused = await attempt('Ann', GOOD_PASSWORD, '192.0.2.9');
    vi.setSystemTime(Date.now() + (refused.ok ? 0 : (refused.retryAfterMs ?? 0)) + 1);
    must(await attempt('Ann', GOOD_PASSWORD, '192.0.2.9'));
  });

  it('refuses unknown names just the same', async () => {
    expect(await wrongly('Nobody', '192.0.2.9', 6)).toEqual([...Array(5).fill('sign-in'), 'rate-limited']);
  });

  it('refuses an address that goes through many names, for every name', async () => {
    await member(desk, 'Ann');
    for (let n = 0; n < 20; n += 1) await wrongly(`Nobody ${n + 20}`, '192.0.2.9', 1);
    expect(await attempt('Ann', GOOD_PASSWORD, '192.0.2.9')).toMatchObject({ code: 'rate-limited' });
    must(await attempt('Ann', GOOD_PASSWORD, '192.0.2.8'));
  });

  it('counts one IPv6 household as one address, and IPv4 in either form as the same', async () => {
    for (let n = 0; n < 20; n += 1) await wrongly(`Nobody ${n + 20}`, `2001:db8:0:7::${n + 1}`, 1);
    expect(await wrongly('Ann', '2001:db8:0:7:ffff::1', 1)).toEqual(['rate-limited']);
    expect(await wrongly('Ann', '2001:db8:0:8::1', 1)).toEqual(['sign-in']);
    for (let n = 0; n < 20; n += 1) await wrongly(`Nobody ${n + 20}`, '192.0.2.9', 1);
    expect(await wrongly('Ann', '::ffff:192.0.2.9', 1)).toEqual(['rate-limited']);
  });

  it('never locks out an address that signed in before, however many others guess at the name', async () => {
    await member(desk, 'Ann'); // from HOME
    for (let n = 0; n < 25; n += 1) await wrongly('Ann', `198.51.100.${n}`, 4);
    expect(await wrongly('Ann', '203.0.113.5', 1)).toEqual(['rate-limited']);
    for (let n = 0; n < 3; n += 1) must(await attempt('Ann', GOOD_PASSWORD));
    expect(await wrongly('Ann', '203.0.113.6', 1)).toEqual(['rate-limited']);
  });

  it('does not count sign-ins that succeed, nor forgive others for them', async () => {
    await member(desk, 'Mallory');
    for (let n = 0; n < 40; n += 1) must(await attempt('Mallory', GOOD_PASSWORD));
    for (let n = 0; n < 20; n += 1) {
      await wrongly(`Nobody ${n + 20}`, HOME, 1);
      if (n < 19) must(await attempt('Mallory', GOOD_PASSWORD));
    }
    expect(await attempt('Mallory', GOOD_PASSWORD)).toMatchObject({ code: 'rate-limited' });
  });
});

describe('sessions', () => {
  const isIn = async (token: string, accounts = desk.accounts) => (await accounts.verify(token)).ok;

  it('end on every hub when signed out, and only that one', async () => {
    const [one, two] = [await member(desk, 'Ann'), must(await attempt('Ann', GOOD_PASSWORD))];
    const other = desk.again();
    expect(await desk.accounts.signOut(one.token)).toBe(true);
    expect([await isIn(one.token, other), await isIn(two.token, other)]).toEqual([false, true]);
    expect(desk.changes).toMatchObject([{ what: [{ kind: 'user', user: one.actor.user }] }]);
    expect(await desk.accounts.signOut(one.token)).toBe(false);
    expect(desk.changes).toHaveLength(1);
  });

  it('end, all of them, when the password is changed', async () => {
    const [one, two] = [await member(desk, 'Ann'), must(await attempt('Ann', GOOD_PASSWORD))];
    const bea = await member(desk, 'Bea');
    must(await desk.accounts.setPassword('ann', 'another good password'));
    expect([await isIn(one.token), await isIn(two.token), await isIn(bea.token)]).toEqual([false, false, true]);
    expect(desk.changes.at(-1)?.what).toEqual([{ kind: 'user', user: one.actor.user }]);
    expect(await attempt('Ann', GOOD_PASSWORD)).toMatchObject({ code: 'sign-in' });
    must(await attempt('Ann', 'another good password'));
  });

  it('end, all of them, when the account is disabled, and stay ended when it is enabled', async () => {
    const ann = await member(desk, 'Ann');
    await member(desk, 'Bea');
    must(await desk.accounts.disable('Ann'));
    expect(await isIn(ann.token)).toBe(false);
    expect(desk.changes.at(-1)).toMatchObject({ scopes: null, what: [{ kind: 'user', user: ann.actor.user }] });
    must(await desk.accounts.enable('Ann'));
    expect(await isIn(ann.token)).toBe(false);
  });

  it('end when unused for 30 days', async () => {
    const { token } = await member(desk, 'Ann');
    desk.clock.move(30 * DAY_MS - 1);
    const other = await member(desk, 'Bea');
    desk.clock.move(1);
    expect([await isIn(token), await isIn(other.token)]).toEqual([false, true]);
  });

  it('go on while used, and are written at most once an hour', async () => {
    const { token } = await member(desk, 'Ann');
    const endsAt = async () => {
      await desk.accounts.close(); // waits for what is being written
      const query = desk.sql.build.selectFrom('sessions').select('expires_at').compile();
      return (await desk.sql.read(query))[0]?.expires_at ?? 0;
    };
    const first = await endsAt();
    desk.clock.move(HOUR_MS - 1);
    expect(await isIn(token)).toBe(true);
    expect(await endsAt()).toBe(first);
    desk.clock.move(1);
    expect(await isIn(token)).toBe(true);
    expect(await endsAt()).toBe(first + HOUR_MS);
    for (let day = 0; day < 40; day += 1) {
      desk.clock.move(DAY_MS);
      expect(await isIn(token)).toBe(true);
      await endsAt();
    }
  });

  it('cost one read to verify', async () => {
    const { token } = await member(desk, 'Ann');
    const read = vi.spyOn(desk.sql, 'read');
    expect(await isIn(token)).toBe(true);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('are removed by the hour when they are over', async () => {
    await member(desk, 'Ann');
    desk.clock.move(30 * DAY_MS);
    await desk.accounts.close();
    expect(await desk.sql.read(desk.sql.build.selectFrom('sessions').selectAll().compile())).toEqual([]);
  });

  it.each([
    ['another secret', (token: string) => `${token.slice(0, -43)}${'A'.repeat(43)}`],
    ['a missing secret', (token: string) => token.slice(0, -44)],
    ['another kind', (token: string) => token.replace('sls_', 'inv_')],
    ['nothing', () => ''],
    ['SQL', () => "sls_' or 1=1 --"],
    ['a very long text', () => 'x'.repeat(1_000_000)],
  ])('are not opened by %s', async (_, change) => {
    const { token } = await member(desk, 'Ann');
    expect(await desk.accounts.verify(change(token))).toMatchObject({ ok: false, code: 'sign-in' });
    expect(await desk.accounts.signOut(change(token))).toBe(false);
  });
});

describe('guests', () => {
  it('come in without an account and are the same ones when they come back, on any hub', async () => {
    const first = await desk.accounts.verify(null);
    if (!first.ok) throw new Error(first.say);
    expect(first).toMatchObject({ isAdmin: false, actor: { isGuest: true, platform: 'slipmat' } });
    expect(first.actor.name).toMatch(/^Guest [1-9]\d{3}$/);
    expect(await desk.again().verify(first.token)).toEqual(first);
  });

  it('are told apart', async () => {
    const [one, two] = [await desk.accounts.verify(null), await desk.accounts.verify(null)];
    expect(one.ok && two.ok && one.actor.user !== two.actor.user).toBe(true);
  });

  it('cannot make themselves another guest', async () => {
    const [one, two] = [await desk.accounts.verify(null), await desk.accounts.verify(null)];
    const [mine, theirs] = [one, two].map((guest) => (guest.ok ? (guest.token ?? '') : ''));
    const mixed = `${theirs?.slice(0, -43)}${mine?.slice(-43)}`;
    expect(await desk.accounts.verify(mixed)).toMatchObject({ ok: false, code: 'sign-in' });
  });

  it('are kept nowhere', async () => {
    await desk.accounts.verify(null);
    expect(await desk.sql.read(desk.sql.build.selectFrom('users').selectAll().compile())).toEqual([]);
  });

  it('are told to come again when the database is locked, and let in after', async () => {
    const other = new Database(desk.sql.file);
    other.exec('begin immediate');
    expect(await desk.accounts.verify(null)).toMatchObject({ ok: false, code: 'unavailable' });
    other.exec('rollback');
    other.close();
    expect(await desk.accounts.verify(null)).toMatchObject({ ok: true });
  });

  it('stay outside where they are off, those that came before too', async () => {
    const before = await desk.accounts.verify(null);
    const off = desk.again({ accounts: { guests: 'off' } });
    expect(await off.verify(null)).toMatchObject({ ok: false, code: 'sign-in' });
    expect(await off.verify(before.ok ? before.token : null)).toMatchObject({ ok: false, code: 'sign-in' });
  });
});
