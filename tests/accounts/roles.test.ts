import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseChannelId } from '../../core/domain/ids.ts';
import { type Desk, member, must, openDesk } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const channels = () => desk.sql.read(desk.sql.build.selectFrom('channels').selectAll().orderBy('id').compile());
const grants = () => desk.sql.read(desk.sql.build.selectFrom('role_grants').selectAll().compile());
const channel = (id: string) =>
  parseChannelId(id) ??
  (() => {
    throw new Error(id);
  })();

describe('DJs', () => {
  it('T5: making someone a DJ opens their channel and the one of the crew, in one change that every hub hears of', async () => {
    const { actor } = await member(desk, 'Kool');
    const made = must(await desk.accounts.makeDj('kool', null));
    expect(made.channel).toBe('dj-kool');
    expect(await channels()).toMatchObject([
      { id: 'crew-kool', kind: 'crew', name: 'Crew of Kool', owner_id: actor.user },
      { id: 'dj-kool', kind: 'dj', name: 'Kool', owner_id: actor.user },
    ]);
    expect(await grants()).toMatchObject([{ user_id: actor.user, role: 'dj', scope: `dj:${actor.user}` }]);
    expect(desk.changes).toMatchObject([
      {
        scopes: [`dj:${actor.user}`],
        what: [
          { kind: 'channel', channel: 'dj-kool' },
          { kind: 'channel', channel: 'crew-kool' },
          { kind: 'roles', user: actor.user },
        ],
      },
    ]);
  });

  it.each([
    ['DJ Kool', /^dj-kool$/],
    ['Zoë & Co'.replace(' &', ''), /^dj-zoe-co$/],
    ['Мария', /^dj-[a-z2-7]{8}$/],
    ['D.J.', /^dj-d-j$/],
    ['x'.repeat(32), /^dj-x{32}$/],
  ])('names the channel of %s', async (name, id) => {
    await member(desk, name);
    expect(must(await desk.accounts.makeDj(name, null)).channel).toMatch(id);
  });

  it('gives a number to a channel whose id is taken', async () => {
    for (const name of ['Zoe', 'Zoë', 'DJ Zoe']) await member(desk, name);
    const ids = [];
    for (const name of ['Zoe', 'Zoë', 'DJ Zoe']) ids.push(must(await desk.accounts.makeDj(name, null)).channel);
    expect(ids).toEqual(['dj-zoe', 'dj-zoe-2', 'dj-zoe-3']);
  });

  it('have one channel, however often and from wherever they are made', async () => {
    await member(desk, 'Kool');
    const made = await Promise.all([desk.accounts.makeDj('Kool', null), desk.again().makeDj('Kool', null)]);
    expect(made.map((one) => must(one).channel)).toEqual(['dj-kool', 'dj-kool']);
    must(await desk.accounts.makeDj('Kool', null));
    expect((await channels()).map(({ id }) => id)).toEqual(['crew-kool', 'dj-kool']);
    expect(await grants()).toHaveLength(1);
  });

  it('keep their channel, read-only, when dismissed, and get it back', async () => {
    await member(desk, 'Kool');
    must(await desk.accounts.makeDj('Kool', null));
    must(await desk.accounts.dismissDj('Kool'));
    expect(await grants()).toEqual([]);
    expect((await channels()).map(({ id }) => id)).toEqual(['crew-kool', 'dj-kool']);
    const states = (state: string) => new Map(['dj-kool', 'crew-kool'].map((id) => [id, state]));
    expect(desk.channelStates).toEqual(states('read-only'));
    expect(must(await desk.accounts.makeDj('Kool', null)).channel).toBe('dj-kool');
    expect(desk.channelStates).toEqual(states('open'));
    expect(await grants()).toHaveLength(1);
  });

  it('are not made of nobody', async () => {
    expect(await desk.accounts.makeDj('Nobody', null)).toMatchObject({ ok: false, code: 'not-found', field: 'name' });
  });
});

describe('moderators', () => {
  it('are made for the megachannel, or for all channels of a DJ, and dismissed', async () => {
    must(await desk.accounts.ensureLobby());
    const [dj, ann] = [await member(desk, 'Kool'), await member(desk, 'Ann')];
    must(await desk.accounts.makeDj('Kool', null));
    must(await desk.accounts.makeModerator('Ann', channel('lobby'), null));
    must(await desk.accounts.makeModerator('Ann', channel('dj-kool'), dj.actor.user));
    expect((await grants()).filter((grant) => grant.role === 'moderator')).toMatchObject([
      { user_id: ann.actor.user, scope: `dj:${dj.actor.user}`, channel_id: '', granted_by: dj.actor.user },
      { user_id: ann.actor.user, scope: 'mega', channel_id: '', granted_by: null },
    ]);
    must(await desk.accounts.dismissModerator('Ann', channel('lobby')));
    expect((await grants()).filter((grant) => grant.scope === 'mega')).toEqual([]);
    expect(desk.changes.at(-1)).toMatchObject({ scopes: ['mega'], what: [{ kind: 'roles', user: ann.actor.user }] });
  });

  it('are made in channels that are there', async () => {
    await member(desk, 'Ann');
    expect(await desk.accounts.makeModerator('Ann', channel('nowhere'), null)).toMatchObject({ code: 'not-found' });
  });
});

describe('admins', () => {
  it('are made and unmade, in every scope', async () => {
    await member(desk, 'Ann');
    const bea = await member(desk, 'Bea');
    must(await desk.accounts.setAdmin('Ann', true));
    must(await desk.accounts.setAdmin('Bea', true));
    expect(await desk.accounts.verify(bea.token)).toMatchObject({ ok: true, isAdmin: true });
    must(await desk.accounts.setAdmin('Bea', false));
    expect(await desk.accounts.verify(bea.token)).toMatchObject({ ok: true, isAdmin: false });
    expect(desk.changes.map((change) => change.scopes)).toEqual([null, null, null]);
  });

  it('never become none: the last one is neither unmade nor disabled', async () => {
    const ann = await member(desk, 'Ann');
    await member(desk, 'Bea');
    must(await desk.accounts.setAdmin('Ann', true));
    expect(await desk.accounts.setAdmin('Ann', false)).toMatchObject({ code: 'forbidden' });
    expect(await desk.accounts.disable('Ann')).toMatchObject({ code: 'forbidden' });
    expect(await desk.accounts.verify(ann.token)).toMatchObject({ ok: true, isAdmin: true });
    must(await desk.accounts.setAdmin('Bea', true));
    must(await desk.accounts.disable('Ann'));
    expect(await desk.accounts.disable('Bea')).toMatchObject({ code: 'forbidden' });
  });

  it('of two, one stays when both are unmade at once', async () => {
    for (const name of ['Ann', 'Bea']) {
      await member(desk, name);
      must(await desk.accounts.setAdmin(name, true));
    }
    const both = await Promise.all([desk.accounts.setAdmin('Ann', false), desk.again().setAdmin('Bea', false)]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
  });

  it('may disable who is no admin while there is no admin at all', async () => {
    await member(desk, 'Ann');
    expect(must(await desk.accounts.disable('Ann'))).toMatchObject({ isDisabled: true });
  });
});

describe('the megachannel', () => {
  it('is made at the first start and follows its configured name', async () => {
    expect(must(await desk.accounts.ensureLobby())).toBe('lobby');
    expect(must(await desk.again({ lobby: { name: 'Foyer' } }).ensureLobby())).toBe('lobby');
    expect(await channels()).toMatchObject([{ id: 'lobby', kind: 'mega', name: 'Foyer', owner_id: null }]);
    expect(desk.changes).toHaveLength(2);
    must(await desk.again({ lobby: { name: 'Foyer' } }).ensureLobby());
    expect(desk.changes).toHaveLength(2);
  });

  it('T5: a second one is refused', async () => {
    must(await desk.accounts.ensureLobby());
    const second = await desk.again({ lobby: { id: 'main' } }).ensureLobby();
    expect(second).toMatchObject({ ok: false, say: expect.stringContaining('Set lobby.id back to lobby') });
    expect(await channels()).toHaveLength(1);
  });

  it('T5: of two made at once, one stands', async () => {
    const both = await Promise.all([desk.accounts.ensureLobby(), desk.again({ lobby: { id: 'main' } }).ensureLobby()]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect((await channels()).map((one) => one.kind)).toEqual(['mega']);
  });

  it('does not take the id of another channel', async () => {
    await member(desk, 'Kool');
    must(await desk.accounts.makeDj('Kool', null));
    expect((await desk.again({ lobby: { id: 'dj-kool' } }).ensureLobby()).ok).toBe(false);
  });
});

describe('the list of users', () => {
  it('comes in pages by name, each once, with what they are', async () => {
    for (const name of ['Dan', 'Ann', 'Cleo', 'Bea', 'Eva'])
      must(await desk.accounts.addUser(name, 'long enough word'));
    must(await desk.accounts.setAdmin('Bea', true));
    must(await desk.accounts.makeDj('Cleo', null));
    must(await desk.accounts.disable('Dan'));
    const seen = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof desk.accounts.listUsers>> = await desk.accounts.listUsers(after, 2);
      expect(page.users.length).toBeLessThanOrEqual(2);
      seen.push(...page.users);
      after = page.next;
    } while (after !== null);
    expect(seen.map(({ name, isAdmin, isDj, isDisabled }) => [name, isAdmin, isDj, isDisabled])).toEqual([
      ['Ann', false, false, false],
      ['Bea', true, false, false],
      ['Cleo', false, true, false],
      ['Dan', false, false, true],
      ['Eva', false, false, false],
    ]);
  });

  it('finds nobody by a name that is only similar in length', async () => {
    await member(desk, 'Ann');
    expect(await desk.accounts.findByName('ANN')).toMatchObject({ name: 'Ann' });
    expect(await desk.accounts.findByName('Bob')).toBeNull();
  });
});
