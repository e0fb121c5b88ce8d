import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, GOOD_PASSWORD, HOME, member, must, openDesk } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const form = (name: string, invite: string | null = null) => ({
  name,
  password: GOOD_PASSWORD,
  invite,
  address: HOME,
});
const users = () => desk.sql.read(desk.sql.build.selectFrom('users').selectAll().compile());

describe('sign-up', () => {
  it('gives a new user a session at once', async () => {
    const { token, actor, isAdmin } = must(await desk.accounts.signUp(form(' Ann  Lee ')));
    expect(actor).toMatchObject({ name: 'Ann Lee', platform: 'slipmat', isGuest: false, isBot: false });
    expect(isAdmin).toBe(false);
    expect(await desk.accounts.verify(token)).toEqual({ ok: true, actor, isAdmin: false, token: null });
  });

  it('stores neither the password nor the session’s secret', async () => {
    const { token } = must(await desk.accounts.signUp(form('Ann')));
    const { build } = desk.sql;
    const stored = JSON.stringify([
      await desk.sql.read(build.selectFrom('credentials').selectAll().compile()),
      await desk.sql.read(build.selectFrom('sessions').selectAll().compile()),
    ]);
    expect(stored).not.toContain(GOOD_PASSWORD);
    expect(stored).not.toContain(token.slice(-43));
  });

  it.each(['ANN LEE', 'Ann_Lee', 'Аnn Lee', 'AnnIee'])('refuses %s beside Ann Lee', async (name) => {
    must(await desk.accounts.signUp(form('Ann Lee')));
    expect(await desk.accounts.signUp(form(name))).toMatchObject({ ok: false, code: 'taken', field: 'name' });
    expect(await users()).toHaveLength(1);
  });

  it('lets one of two in who ask for the same name at once', async () => {
    const both = await Promise.all([desk.accounts.signUp(form('Ann')), desk.again().signUp(form('ann'))]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(both.find((one) => !one.ok)).toMatchObject({ code: 'taken' });
    expect(await users()).toHaveLength(1);
  });

  it('says which field is wrong', async () => {
    expect(await desk.accounts.signUp(form('A'))).toMatchObject({ code: 'bad-request', field: 'name' });
    expect(await desk.accounts.signUp({ ...form('Ann'), password: 'short' })).toMatchObject({
      code: 'bad-request',
      field: 'password',
    });
  });

  it('refuses everyone where it is closed, invited or not', async () => {
    const closed = desk.again({ accounts: { signUp: 'closed' } });
    const { secret } = await closed.createInvite(60_000);
    expect(await closed.signUp(form('Ann', secret))).toMatchObject({ code: 'forbidden' });
    expect(await users()).toEqual([]);
  });

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['192.0.2.7', false],
  ])('unless configured is open on %s: %s', async (host, isOpen) => {
    expect((await desk.again({ host }).signUp(form('Ann'))).ok).toBe(isOpen);
  });

  it('slows down one address that makes many accounts, and no other', async () => {
    for (const letter of 'abcdefghjkmnopqrstuv') must(await desk.accounts.signUp(form(`Ann ${letter}`)));
    const refused = await desk.accounts.signUp(form('Bea'));
    expect(refused).toMatchObject({ code: 'rate-limited' });
    expect(refused.ok ? 0 : refused.retryAfterMs).toBeGreaterThan(0);
    expect((await desk.accounts.signUp({ ...form('Bea'), address: '192.0.2.2' })).ok).toBe(true);
  });
});

describe('invitations', () => {
  const invited = () => desk.again({ accounts: { signUp: 'invite' } });

  it('let one person in, once', async () => {
    const accounts = invited();
    const { secret } = await accounts.createInvite(60_000);
    expect(await accounts.signUp(form('Ann'))).toMatchObject({ code: 'forbidden', field: 'invite' });
    must(await accounts.signUp(form('Ann', secret)));
    expect(await accounts.signUp(form('Bea', secret))).toMatchObject({ code: 'forbidden', field: 'invite' });
  });

  it('let one of two in who use the same one at once', async () => {
    const accounts = invited();
    const { secret } = await accounts.createInvite(60_000);
    const both = await Promise.all([accounts.signUp(form('Ann', secret)), invited().signUp(form('Bea', secret))]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(both.find((one) => !one.ok)).toMatchObject({ code: 'forbidden', field: 'invite' });
    expect(await users()).toHaveLength(1);
  });

  it('stay good when the name was turned down', async () => {
    const accounts = invited();
    await member(desk, 'Ann');
    const { secret } = await accounts.createInvite(60_000);
    expect(await accounts.signUp(form('ann', secret))).toMatchObject({ code: 'taken' });
    must(await accounts.signUp(form('Bea', secret)));
  });

  it('end with their time', async () => {
    const accounts = invited();
    const { secret } = await accounts.createInvite(60_000);
    desk.clock.move(60_000);
    expect(await accounts.signUp(form('Ann', secret))).toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['another secret', (secret: string) => `${secret.slice(0, -43)}${'A'.repeat(43)}`],
    ['another kind', (secret: string) => secret.replace('inv_', 'adm_')],
    ['no token at all', () => "x' or 1=1 --"],
  ])('refuse %s', async (_, change) => {
    const accounts = invited();
    const { secret } = await accounts.createInvite(60_000);
    expect(await accounts.signUp(form('Ann', change(secret)))).toMatchObject({ code: 'forbidden' });
  });

  it('tell nobody without one which names are taken', async () => {
    await member(desk, 'Ann');
    const accounts = invited();
    expect(await accounts.signUp(form('Ann'))).toEqual(await accounts.signUp(form('Bea')));
  });
});

describe('the first admin', () => {
  const claimIn = (link: string | null) => new URL(link ?? 'nothing:').hash.replace('#claim=', '');
  const linkOf = async () => claimIn(await desk.accounts.firstAdminLink('http://localhost:8787/'));

  it('comes in by the link, and every hub is told', async () => {
    expect(await desk.accounts.firstAdminLink('http://localhost:8787/')).toMatch(
      /^http:\/\/localhost:8787\/#claim=adm_/,
    );
    const { token, isAdmin, actor } = must(await desk.accounts.claimFirstAdmin(await linkOf(), 'Ann', GOOD_PASSWORD));
    expect(isAdmin).toBe(true);
    expect(await desk.accounts.verify(token)).toMatchObject({ ok: true, isAdmin: true });
    expect(desk.changes).toMatchObject([{ scopes: null, what: [{ kind: 'user', user: actor.user }] }]);
  });

  it('is one of two who use the link at once', async () => {
    const claim = await linkOf();
    const both = await Promise.all([
      desk.accounts.claimFirstAdmin(claim, 'Ann', GOOD_PASSWORD),
      desk.again().claimFirstAdmin(claim, 'Bea', GOOD_PASSWORD),
    ]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(both.find((one) => !one.ok)).toMatchObject({ code: 'forbidden', field: 'claim' });
    expect((await users()).map((user) => user.is_admin)).toEqual([1]);
  });

  it('gets a new link at each start, which voids the one before', async () => {
    const [first, second] = [await linkOf(), await linkOf()];
    expect(await desk.accounts.claimFirstAdmin(first, 'Ann', GOOD_PASSWORD)).toMatchObject({ code: 'forbidden' });
    must(await desk.accounts.claimFirstAdmin(second, 'Ann', GOOD_PASSWORD));
  });

  it('may try again when the name was turned down', async () => {
    const claim = await linkOf();
    expect(await desk.accounts.claimFirstAdmin(claim, 'A', GOOD_PASSWORD)).toMatchObject({ field: 'name' });
    must(await desk.accounts.claimFirstAdmin(claim, 'Ann', GOOD_PASSWORD));
  });

  it('is not made by a link once there is an admin', async () => {
    const claim = await linkOf();
    await member(desk, 'Bea');
    must(await desk.accounts.setAdmin('Bea', true));
    expect(await desk.accounts.claimFirstAdmin(claim, 'Ann', GOOD_PASSWORD)).toMatchObject({ code: 'forbidden' });
    expect(await desk.accounts.firstAdminLink('http://localhost:8787')).toBeNull();
  });

  it('is not made by an invitation to sign up', async () => {
    const { secret } = await desk.accounts.createInvite(60_000);
    for (const claim of [secret, secret.replace('inv_', 'adm_')]) {
      expect(await desk.accounts.claimFirstAdmin(claim, 'Ann', GOOD_PASSWORD)).toMatchObject({ code: 'forbidden' });
    }
  });
});
