import { createHmac } from 'node:crypto';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, member, must, openDesk } from './harness.ts';
import { AUDIENCE, ISSUER, startSite } from './site.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let desk: Desk;
beforeEach(async () => {
  site = await startSite();
  desk = await openDesk(site.config);
});
afterEach(async () => {
  await desk.close();
  await site.close();
});

const nowS = () => desk.clock.now() / 1_000;
const tokenFor = (sub: string, name?: string) => site.sign(name === undefined ? { sub } : { sub, name }, nowS());
const users = () => desk.sql.read(desk.sql.build.selectFrom('users').selectAll().compile());
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens of the main site', () => {
  it('let somebody in under the name they have there, the same one every time', async () => {
    const first = await desk.accounts.verify(await tokenFor('42', 'Kool'));
    expect(first).toMatchObject({ ok: true, isAdmin: false, token: null });
    expect(first).toMatchObject({ actor: { name: 'Kool', platform: 'site', isGuest: false } });
    expect(await desk.again().verify(await tokenFor('42', 'Kool'))).toEqual(first);
    expect(await users()).toHaveLength(1);
  });

  it('are exchanged for a session that outlives them and ends at sign-out', async () => {
    const { token, actor } = must(await desk.accounts.signInWithToken(await tokenFor('42', 'Kool')));
    desk.clock.move(86_400_000);
    expect(await desk.accounts.verify(token)).toMatchObject({ ok: true, actor });
    expect(await desk.accounts.signOut(token)).toBe(true);
    expect((await desk.accounts.verify(token)).ok).toBe(false);
  });

  it('make one user when several come at the same moment', async () => {
    const token = await tokenFor('42', 'Kool');
    const all = await Promise.all([1, 2, 3, 4].map(() => desk.again().verify(token)));
    expect(new Set(all.map((one) => (one.ok ? one.actor.user : 'refused'))).size).toBe(1);
    expect(await users()).toHaveLength(1);
  });

  it('take preferred_username where there is no name, and a made-up one where there is neither', async () => {
    const named = await desk.accounts.verify(await site.sign({ sub: '1', preferred_username: 'kool_1' }, nowS()));
    expect(named).toMatchObject({ actor: { name: 'kool_1' } });
    expect(await desk.accounts.verify(await tokenFor('2'))).toMatchObject({ actor: { name: 'Listener' } });
    expect(await desk.accounts.verify(await tokenFor('3'))).toMatchObject({
      actor: { name: expect.stringMatching(/^Listener \d{4}$/) },
    });
  });

  it('clean the name', async () => {
    const verified = await desk.accounts.verify(await tokenFor('42', '  <b>K\u202eool</b> 🎧 '));
    expect(verified).toMatchObject({ actor: { name: 'bKoolb' } });
  });

  it('give nobody the name of somebody here, nor what looks like it', async () => {
    await member(desk, 'Kool');
    const verified = await desk.accounts.verify(await tokenFor('42', 'KооI'));
    expect(verified).toMatchObject({ actor: { name: expect.stringMatching(/^KооI \d{4}$/) } });
  });

  it('bring a new name along, unless it is taken here', async () => {
    await desk.accounts.verify(await tokenFor('42', 'Kool'));
    expect(await desk.accounts.verify(await tokenFor('42', 'Hot'))).toMatchObject({ actor: { name: 'Hot' } });
    await member(desk, 'Ann');
    expect(await desk.accounts.verify(await tokenFor('42', 'Ann'))).toMatchObject({ actor: { name: 'Hot' } });
    must(await desk.accounts.addUser('Kool', 'free again now'));
  });

  it('let nobody in who is disabled here', async () => {
    const { token } = must(await desk.accounts.signInWithToken(await tokenFor('42', 'Kool')));
    must(await desk.accounts.disable('Kool'));
    const fresh = await tokenFor('42', 'Kool');
    expect(await desk.accounts.verify(token)).toMatchObject({ ok: false });
    expect(await desk.accounts.verify(fresh)).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await desk.accounts.signInWithToken(fresh)).toMatchObject({ ok: false, code: 'forbidden' });
  });

  it('belong to people who have no password here', async () => {
    await desk.accounts.verify(await tokenFor('42', 'Kool'));
    expect(await desk.accounts.setPassword('Kool', 'a password of ours')).toMatchObject({ code: 'forbidden' });
  });

  const bad: readonly [string, () => Promise<string> | string][] = [
    ['expired', () => site.sign({ sub: '42' }, nowS() - 400)],
    ['for another audience', () => site.sign({ sub: '42' }, nowS(), (jwt) => jwt.setAudience('another'))],
    ['by another issuer', () => site.sign({ sub: '42' }, nowS(), (jwt) => jwt.setIssuer('https://evil.example'))],
    ['not good yet', () => site.sign({ sub: '42' }, nowS(), (jwt) => jwt.setNotBefore(nowS() + 300))],
    ['without a subject', () => site.sign({}, nowS())],
    ['with an empty subject', () => site.sign({ sub: '' }, nowS())],
    ['with a subject without end', () => site.sign({ sub: 'x'.repeat(300) }, nowS())],
    [
      'without an end',
      () =>
        new SignJWT({ sub: '42' })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .sign(site.privateKey),
    ],
    [
      'not signed, with alg none',
      () =>
        new UnsecuredJWT({ sub: '42' })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setExpirationTime(nowS() + 300)
          .encode(),
    ],
    [
      'signed with HS256 and the public key',
      () => {
        const head = base64url({ alg: 'HS256', kid: 'one' });
        const body = base64url({ sub: '42', iss: ISSUER, aud: AUDIENCE, exp: nowS() + 300 });
        const mac = createHmac('sha256', JSON.stringify(site.publicJwk)).update(`${head}.${body}`).digest('base64url');
        return `${head}.${body}.${mac}`;
      },
    ],
    [
      'signed with a key that the site does not publish',
      async () => {
        const { privateKey } = await generateKeyPair('ES256');
        return new SignJWT({ sub: '42' })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setExpirationTime(nowS() + 300)
          .sign(privateKey);
      },
    ],
    [
      'carrying its own key',
      async () => {
        const { privateKey } = await generateKeyPair('ES256');
        return new SignJWT({ sub: '42' })
          .setProtectedHeader({ alg: 'ES256', jwk: { ...site.publicJwk }, kid: 'two' })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setExpirationTime(nowS() + 300)
          .sign(privateKey);
      },
    ],
    [
      'changed after signing',
      async () => {
        const [head, , mac] = (await site.sign({ sub: '42' }, nowS())).split('.');
        return `${head}.${base64url({ sub: '1', iss: ISSUER, aud: AUDIENCE, exp: nowS() + 300 })}.${mac}`;
      },
    ],
    ['no JSON', () => 'aaaa.bbbb.cccc'],
  ];
  it.each(bad)('are refused when %s', async (_, make) => {
    const token = await make();
    expect(await desk.accounts.verify(token)).toMatchObject({ ok: false, code: 'sign-in' });
    expect(await desk.accounts.signInWithToken(token)).toMatchObject({ ok: false, code: 'sign-in' });
    expect(await users()).toEqual([]);
  });

  it('are refused, all of them, where no main site is configured', async () => {
    expect(await desk.again({}).verify(await tokenFor('42'))).toMatchObject({ ok: false, code: 'sign-in' });
    expect(site.served()).toBe(0);
  });

  it('are not called wrong while the keys of the site cannot be had', async () => {
    site.setUp(false);
    expect(await desk.accounts.verify(await tokenFor('42'))).toMatchObject({ ok: false, code: 'unavailable' });
    site.setUp(true);
    expect(await desk.accounts.verify(await tokenFor('42'))).toMatchObject({ ok: true });
  });
});
