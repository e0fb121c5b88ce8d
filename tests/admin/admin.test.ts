import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditedAct } from '../../core/domain/audited.ts';
import type { AdminQuestions, HubHealth, ShownAccount, ShownLetter } from '../../core/plugin/asked/admin.ts';
import { newKey, PATIENT } from '../fakes/socket-peer.ts';
import { type Device, type Rig, startRig } from '../relations/rig.ts';
import { createPicky, type Picky, ROOM, SECRET } from './picky.ts';

type Accounts = AdminQuestions['accounts'][1];
type Letters = AdminQuestions['dead-letters'][1];

for (const kind of ['embedded', 'redis'] as const) {
  describe(`on the ${kind} store`, () => {
    let picky: Picky;
    let rig: Rig;
    let root: Device;
    let ann: Device;
    /** At the other hub, where there are two. */
    let far: Device;
    beforeAll(async () => {
      picky = createPicky(PATIENT.bridges);
      const { builtIns, config } = picky;
      rig = await startRig(kind, { builtIns, config: { ...config, metricsToken: `${SECRET}-of-metrics` } });
      root = await rig.device('root', rig.hubs[0], 'admin');
      far = await rig.device('root', rig.other, 'admin');
      ann = await rig.device('ann');
      await ann.join();
    });
    afterAll(() => rig.close());

    const account = async (name: string): Promise<ShownAccount> => {
      const { accounts } = await root.asks<Accounts>('accounts', { named: name });
      const found = accounts.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no account ${name}`);
      return found;
    };
    const acts = async (): Promise<readonly string[]> => {
      const { acts: all } = await root.asks<{ acts: readonly AuditedAct[] }>('hub-audit');
      return all.map(({ act, by, target }) => `${by?.name} ${act} ${target?.name ?? ''}`.trim());
    };
    const refused = (who: Device, type: 'ask' | 'do', what: string, of: object = {}) =>
      who.refusal({ type, kind: what, of });

    it('is for admins alone, every question and act of it', async () => {
      const { user } = await account('ann');
      const id = '01a20463-8f31-7720-843e-d938c1c63273';
      const guest = await rig.device(null);
      for (const [type, what, of] of [
        ['ask', 'health', {}],
        ['ask', 'dead-letters', {}],
        ['ask', 'accounts', {}],
        ['ask', 'sign-up-links', {}],
        ['ask', 'configuration', {}],
        ['ask', 'hub-audit', {}],
        ['do', 'retry-letters', { portal: 'p' }],
        ['do', 'drop-letters', { portal: 'p' }],
        ['do', 'set-dj', { user, isDj: true }],
        ['do', 'set-admin', { user, isAdmin: true }],
        ['do', 'set-enabled', { user, isEnabled: false }],
        ['do', 'make-sign-up-link', {}],
        ['do', 'end-sign-up-link', { id }],
      ] as const) {
        expect([what, await refused(ann, type, what, of)]).toEqual([what, 'forbidden']);
        expect([what, await refused(guest, type, what, of)]).toEqual([what, 'sign-in']);
      }
      expect((await account('ann')).isAdmin).toBe(false);
    });

    it('tells how the bridges fare, why one does not run, and no secret', async () => {
      const healths = async () => Promise.all([root, far].map((one) => one.asks<HubHealth>('health')));
      const all = async () => (await healths()).flatMap(({ bridges }) => bridges);
      await expect.poll(async () => (await all()).some((one) => one.id === 'picky' && one.state === 'live')).toBe(true);
      await expect
        .poll(async () => (await all()).some((one) => one.id === 'locked' && one.state === 'paused'))
        .toBe(true);
      const locked = (await all()).find((one) => one.id === 'locked' && one.state === 'paused');
      expect(locked).toMatchObject({ lastError: { say: 'refused: ***' }, rooms: 0, restarts: 0 });
      const [health] = await healths();
      expect(health).toMatchObject({ version: 'test', store: kind, isReady: true });
      expect(health?.checks.find(({ name }) => name === 'bridges')?.status).toBe('warn');
      expect(JSON.stringify(await healths())).not.toContain('hunter2');
    });

    it('shows the configuration as it is in force, and no secret', async () => {
      const { settings } = await root.asks<AdminQuestions['configuration'][1]>('configuration');
      const of = (field: string) => settings.find((one) => one.field === field);
      expect(of('accounts.guests')).toMatchObject({ value: '"read"', variable: 'SLIPMAT_ACCOUNTS__GUESTS' });
      expect(of('metricsToken')).toMatchObject({ value: null, isSecret: true, isSet: true });
      expect(of('streamHookSecret')).toMatchObject({ value: null, isSecret: true, isSet: false });
      expect(of('bridges[1].use')).toMatchObject({ value: '"picky"' });
      expect(of('bridges[1].config')).toMatchObject({ value: null, isSecret: true, isSet: true });
      expect(of('retention.auditDays')).toMatchObject({ value: '365' });
      expect(JSON.stringify(settings)).not.toContain('hunter2');
      if (rig.redisUrl !== null) expect(JSON.stringify(settings)).not.toContain(rig.redisUrl);
    });

    it('lists what could not be delivered, tries it again, and gives it up', async () => {
      const say = (text: string) =>
        ann.ask({ type: 'post', channel: 'lobby', key: newKey(), text, attachments: [], replyTo: null });
      for (const text of ['one boom', 'two boom', 'three boom', 'quiet']) {
        expect(await say(text)).toMatchObject({ type: 'ack' });
      }
      const letters = () => root.asks<Letters>('dead-letters');
      await expect.poll(async () => (await letters()).all).toBe(3);
      await expect.poll(() => picky.posts).toEqual(['quiet']);
      const [first, second] = (await letters()).letters;
      expect(first).toMatchObject({ bridge: 'picky', roomName: ROOM, entry: 'message', kind: 'dead' });
      expect(first?.say).toBe('it is not taken, ***');
      expect((await far.asks<Letters>('dead-letters')).all).toBe(3);
      const { portal } = first as ShownLetter;

      expect(await root.does('drop-letters', { portal, letter: second?.letter })).toEqual({ letters: 1 });
      expect(await root.does('drop-letters', { portal, letter: second?.letter })).toEqual({ letters: 0 });
      picky.relax();
      // one of two hubs runs the bridge, and that one is asked
      const here = (await root.asks<HubHealth>('health')).bridges.find(({ id }) => id === 'picky');
      const [server, other] = here?.state === 'live' ? [root, far] : [far, root];
      if (kind === 'redis') expect(await refused(other, 'do', 'retry-letters', { portal })).toBe('unavailable');
      expect(await server.does('retry-letters', { portal })).toEqual({ letters: 2 });
      await expect.poll(() => picky.posts.toSorted()).toEqual(['one boom', 'quiet', 'three boom']);
      await expect.poll(async () => (await letters()).all).toBe(0);
      expect(await refused(root, 'do', 'retry-letters', { portal: 'none' })).toBe('not-found');
      await expect.poll(acts).toEqual(expect.arrayContaining(['root letters-drop', 'root letters-retry']));
    });

    it('makes a DJ with a channel, on every hub, and ends it again', async () => {
      const { user } = await account('ann');
      const made = await root.does<{ account: ShownAccount }>('set-dj', { user, isDj: true });
      expect(made.account).toMatchObject({ isDj: true, channels: [{ kind: 'dj', name: 'ann', state: 'open' }] });
      const channel = made.account.channels[0]?.id;
      expect(await far.asks('channel', { channel })).toMatchObject({ id: channel, state: 'open' });
      const { accounts } = await far.asks<Accounts>('accounts', { which: 'djs' });
      expect(accounts.map(({ name }) => name)).toEqual(['ann']);
      const ended = await far.does<{ account: ShownAccount }>('set-dj', { user, isDj: false });
      expect(ended.account).toMatchObject({ isDj: false, channels: [{ state: 'read-only' }] });
      await expect.poll(acts).toEqual(expect.arrayContaining(['root make-dj ann', 'root dismiss-dj ann']));
    });

    it('makes and ends admins, but nobody locks themselves out, and the last one stays', async () => {
      const { user } = await account('ann');
      expect(await refused(root, 'do', 'set-admin', { user: root.user, isAdmin: false })).toBe('forbidden');
      expect(await refused(root, 'do', 'set-enabled', { user: root.user, isEnabled: false })).toBe('forbidden');
      await root.does('set-admin', { user, isAdmin: true });
      expect((await ann.asks<HubHealth>('health')).version).toBe('test');
      // an admin is no admin first, and then disabled
      expect(await refused(root, 'do', 'set-enabled', { user, isEnabled: false })).toBe('forbidden');
      // both at once: one of them stays
      const both = await Promise.all([
        refused(root, 'do', 'set-admin', { user, isAdmin: false }),
        refused(ann, 'do', 'set-admin', { user: root.user, isAdmin: false }),
      ]);
      expect(both.filter((code) => code === null)).toHaveLength(1);
      const admins = await rig.hubs[0].hub.accounts.listUsers(null, 100);
      expect(admins.users.filter(({ isAdmin }) => isAdmin)).toHaveLength(1);
      await rig.hubs[0].hub.accounts.setAdmin('root', true);
      await rig.hubs[0].hub.accounts.setAdmin('ann', false);
      await expect.poll(() => refused(root, 'ask', 'health')).toBe(null);
      await expect.poll(() => refused(ann, 'ask', 'health')).toBe('forbidden');
    });

    it('disables an account, which signs it out on every hub, and lets it in again', async () => {
      const ben = await rig.device('ben', rig.other);
      const { user } = await account('ben');
      const disabled = await root.does<{ account: ShownAccount }>('set-enabled', { user, isEnabled: false });
      expect(disabled.account.isDisabled).toBe(true);
      expect(await ben.closed).toBe(4403);
      expect(await refused(root, 'do', 'set-dj', { user, isDj: true })).toBe('forbidden');
      expect(await refused(root, 'do', 'set-admin', { user, isAdmin: true })).toBe('forbidden');
      const listed = await root.asks<Accounts>('accounts', { which: 'disabled' });
      expect(listed.accounts.map(({ name }) => name)).toEqual(['ben']);
      await root.does('set-enabled', { user, isEnabled: true });
      await (await rig.device('ben', rig.other)).asks('channels');
      await expect.poll(acts).toEqual(expect.arrayContaining(['root disable ben', 'root enable ben']));
    });

    it('pages through accounts by name, and finds them by a part of it', async () => {
      for (const name of ['zoe one', 'zoe two', 'zoe three']) await rig.hubs[0].user(name);
      const found: string[] = [];
      let after: string | null = null;
      do {
        const page: Accounts = await root.asks<Accounts>('accounts', { named: 'ZOE', limit: 2, after });
        found.push(...page.accounts.map(({ name }) => name));
        after = page.next;
      } while (after !== null);
      expect(found).toEqual(['zoe one', 'zoe three', 'zoe two']);
      expect((await root.asks<Accounts>('accounts', { which: 'admins' })).accounts.map(({ name }) => name)).toEqual([
        'root',
      ]);
    });

    it('invites by a link that is told once, works once, and can be ended before', async () => {
      const make = () =>
        root.does<{ link: { id: string }; path: string; url: string | null }>('make-sign-up-link', { hours: 24 });
      const links = async () =>
        (await far.asks<AdminQuestions['sign-up-links'][1]>('sign-up-links')).links.map(({ id }) => id);
      const [kept, ended] = [await make(), await make()];
      expect(kept.url).toBe(null);
      expect(await links()).toEqual(expect.arrayContaining([kept.link.id, ended.link.id]));
      await far.does('end-sign-up-link', { id: ended.link.id });
      expect(await links()).toEqual([kept.link.id]);
      expect(await refused(root, 'do', 'end-sign-up-link', { id: ended.link.id })).toBe('not-found');
      const secret = /^\/#invite=(.+)$/.exec(kept.path)?.[1] ?? '';
      const form = { name: 'invited', password: 'a long password of theirs', address: '127.0.0.1' };
      expect(await rig.hubs[0].hub.accounts.signUp({ ...form, invite: secret })).toMatchObject({ ok: true });
      await expect.poll(acts).toEqual(expect.arrayContaining(['root sign-up-link', 'root sign-up-link-end']));
    });
  });
}
