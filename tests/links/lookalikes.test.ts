import { afterEach, beforeEach, expect, it } from 'vitest';
import { LOBBY, openStage, type Stage, userOn, WITHIN } from '../mirror/rig.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  await stage.start();
});
afterEach(() => stage.close());

async function marks(): Promise<readonly string[]> {
  const { facts, history } = stage.hub().hub.knowledge;
  const lobby = facts.channel(LOBBY);
  if (lobby === null) throw new Error('no lobby');
  const { messages } = await history.page(lobby, null, 50);
  return messages.map(({ message: { author } }) => `${author.name}${author.looksLikeStaff === true ? ' marked' : ''}`);
}

it('somebody of another platform whose name looks like that of a DJ or moderator is marked, and nobody else', async () => {
  await stage.hub().user('kool', 'dj');
  await stage.hub().user('ann');
  await stage.hub().hub.accounts.makeModerator('ann', LOBBY, null);
  await stage.hub().user('bob');
  for (const name of ['KO0L', 'Ann', 'bob', 'carla']) {
    const before = (await marks()).length;
    stage.world.rooms.north.userPosts('dance', name, 'hi');
    await expect.poll(async () => (await marks()).length, WITHIN).toBe(before + 1);
  }
  expect((await marks()).toSorted()).toEqual(['Ann marked', 'KO0L marked', 'bob', 'carla']);
  // never merged by likeness
  const north = userOn('north', 'Ann');
  expect(stage.hub().hub.knowledge.directory.sameAs(north)).toEqual([north]);
  await stage.hub().hub.accounts.dismissModerator('ann', LOBBY);
  stage.world.rooms.north.userPosts('dance', 'Ann', 'again');
  await expect.poll(marks, WITHIN).toContain('Ann');
});

it('a name that looks like that of somebody who moderates from another platform is refused at sign-up', async () => {
  stage.world.rooms.north.userPosts('dance', 'Nina', 'hi');
  await stage.moderator(userOn('north', 'Nina'));
  const { sql, accounts } = stage.hub().hub;
  const seen = sql.build.selectFrom('seen_accounts').select('name').compile();
  await expect.poll(async () => (await sql.read(seen)).length, WITHIN).toBe(1);
  const form = { password: 'a long enough password', address: '127.0.0.1', invite: null };
  expect(await accounts.signUp({ ...form, name: 'N1NA' })).toMatchObject({ ok: false, code: 'taken' });
  expect(await accounts.signUp({ ...form, name: 'Nora' })).toMatchObject({ ok: true });
});
