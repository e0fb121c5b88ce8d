import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { MOST_OPEN_REPORTS } from '../../core/community/moderation/reports.ts';
import type { MessageId } from '../../core/domain/ids.ts';
import { startRedis } from '../fakes/redis-server.ts';
import {
  closeAll,
  closing,
  command,
  join,
  LOBBY,
  movableClock,
  type OrderHub,
  type Someone,
  soon,
  start,
} from './rig.ts';

afterEach(closeAll);
const THANKS = 'The moderators are told. Thank you.';
const RUDE = 'very rude words';

/** A hub with people who have been here for a while. */
async function withRegulars(options: Parameters<typeof start>[0] = {}) {
  const clock = movableClock(systemClock);
  const hub = await start({ clock, ...options });
  const names = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay'];
  const people = await Promise.all(names.map((name) => join(hub, name)));
  for (const one of people) await one.say(`I am ${one.actor.name}`);
  clock.forward(31 * 60_000);
  const [ann, ...others] = people;
  if (ann === undefined) throw new Error('nobody');
  return { hub, clock, ann, others, root: await join(hub, 'root', 'admin') };
}
const gone = async (by: Someone, id: MessageId) =>
  (await by.page()).find(({ message }) => message.id === id)?.message.redaction?.by ?? null;
const words = async (by: Someone) => JSON.stringify(await by.page());
async function report(by: readonly Someone[], id: MessageId) {
  const said: string[] = [];
  for (const one of by) said.push(await command(one, 'report rude', id));
  return said;
}
const open = async (root: Someone) => (await root.ask('reports', { channel: null, limit: 10 })).reported;

it('M1: enough reports by people of good standing hide a message until a moderator has looked', async () => {
  const { ann, others, root, hub } = await withRegulars();
  const id = await ann.say(RUDE);
  const [ben, cat, dan, eve] = others;
  if (!ben || !cat || !dan || !eve) throw new Error('nobody');
  const heard: string[] = [];
  eve.client.on('channel', (event) => heard.push(JSON.stringify(event)));
  expect(await report([ben, ben, cat], id)).toEqual([THANKS, 'You have told the moderators of it already.', THANKS]);
  expect(await gone(eve, id)).toBeNull();
  expect(await report([dan], id)).toEqual([THANKS]);
  await soon(() => gone(eve, id)).toBe('reports');
  expect(await words(eve)).not.toContain(RUDE);
  await soon(() => heard.some((event) => event.includes('"by":"reports"'))).toBe(true);
  expect(await ann.client.edit(LOBBY, id, 'still here')).toMatchObject({ ok: false, code: 'redacted' });
  // a new reader, by a new connection and from the start of the channel
  expect(await words(await join(hub, 'gil'))).not.toContain(RUDE);
  const [reported] = await open(root);
  expect(reported).toMatchObject({ isHidden: true, message: { id, content: { rich: [{ text: RUDE }] } } });
  expect(reported?.reports.map(({ by, reason }) => `${by.name}: ${reason}`)).toEqual([
    'ben: rude',
    'cat: rude',
    'dan: rude',
  ]);
  await expect(eve.ask('reports', { channel: LOBBY, limit: 10 })).rejects.toThrow('forbidden');

  const dismiss = { channel: LOBBY, message: id, as: 'dismissed', reason: 'fine' } as const;
  expect(await eve.do('decide-reports', dismiss)).toMatchObject({ ok: false, code: 'forbidden' });
  expect(await root.do('decide-reports', dismiss)).toMatchObject({ ok: true });
  await soon(() => gone(eve, id)).toBeNull();
  expect(await words(eve)).toContain(RUDE);
  await soon(() => heard.some((event) => event.includes('"type":"shown"') && event.includes(RUDE))).toBe(true);
  expect(await open(root)).toEqual([]);
  expect(await root.do('decide-reports', dismiss)).toMatchObject({ ok: false, code: 'decided' });
});

it('upheld, the message goes for good and its author loses karma', async () => {
  const { ann, others, root } = await withRegulars();
  const id = await ann.say(RUDE);
  await report(others.slice(0, 3), id);
  await soon(() => gone(root, id)).toBe('reports');
  const uphold = { channel: LOBBY, message: id, as: 'upheld', reason: 'rude' } as const;
  expect(await root.do('decide-reports', uphold)).toMatchObject({ ok: true });
  await soon(() => gone(root, id)).toBe('moderator');
  await soon(() => command(root, 'karma ann')).toContain('-5 report-upheld');
  expect(await open(root)).toEqual([]);
});

it('newcomers, guests and authors hide nothing, moderators are told all the same', async () => {
  const { hub, ann, others, root } = await withRegulars();
  const id = await ann.say(RUDE);
  const newcomers = await Promise.all(['x1', 'x2', 'x3', 'x4'].map((name) => join(hub, name)));
  expect(await report(newcomers, id)).toEqual([THANKS, THANKS, THANKS, THANKS]);
  expect(await command(ann, 'report', id)).toBe('That is your own message.');
  expect(await report(others.slice(0, 2), id)).toEqual([THANKS, THANKS]);
  expect((await open(root))[0]).toMatchObject({ isHidden: false, reports: { length: 6 } });
  expect(await gone(root, id)).toBeNull();
});

it('nobody hides by reports what a moderator has said', async () => {
  const { others, root } = await withRegulars();
  const id = await root.say('calm down');
  await report(others, id);
  expect((await open(root))[0]).toMatchObject({ isHidden: false });
});

it('whose reports are dismissed again and again is heard no more', async () => {
  const { ann, others, root } = await withRegulars();
  const liars = others.slice(0, 3);
  for (let n = 0; n < 3; n += 1) {
    const id = await ann.say(`harmless ${n}`);
    await report(liars, id);
    await soon(() => gone(root, id)).toBe('reports');
    await root.do('decide-reports', { channel: LOBBY, message: id, as: 'dismissed', reason: null });
  }
  const id = await ann.say('harmless still');
  expect(await report(liars, id)).toEqual([THANKS, THANKS, THANKS]);
  expect(await gone(root, id)).toBeNull();
});

it.each(['embedded', 'redis'])(
  'a hidden message stays hidden over restarts and archiving, and comes back whole: %s',
  async (store) => {
    const redis = store === 'redis' ? await startRedis({ appendonly: true }) : null;
    if (redis !== null) closing.push(() => redis.stop());
    const { hub, ann, others, clock } = await withRegulars({ redisUrl: redis?.url ?? null });
    const id = await ann.say('first words');
    await ann.client.edit(LOBBY, id, RUDE);
    await report(others.slice(0, 3), id);
    const archived = async (of: OrderHub) => {
      const rows = await of.hub.sql.read(
        of.hub.sql.build.selectFrom('messages').selectAll().where('id', '=', id).compile(),
      );
      return rows[0]?.message ?? '';
    };
    await soon(() => archived(hub)).toContain('"by":"reports"');
    await hub.stop();
    const again = await start({ clock, dataDir: hub.dataDir, redisUrl: redis?.url ?? null });
    const shards = again.hub.live.store.log.shards;
    for (let shard = 0; shard < shards; shard += 1) {
      const head = (await again.hub.live.store.log.heads())[shard];
      if (head !== undefined) while ((await again.hub.live.store.log.trim(shard, head)) > 0);
    }
    const [eve, root] = [await join(again, 'eve'), await join(again, 'root', 'admin')];
    expect(await gone(eve, id)).toBe('reports');
    expect(await words(eve)).not.toMatch(/rude|first words/);
    const found = await eve.client.search({ text: 'rude' });
    expect(JSON.stringify(found)).not.toContain(RUDE);
    expect((await open(root))[0]).toMatchObject({
      isHidden: true,
      message: { content: { rich: [{ text: RUDE }] }, revision: 1 },
    });
    await root.do('decide-reports', { channel: LOBBY, message: id, as: 'dismissed', reason: null });
    await soon(() => words(eve)).toContain(RUDE);
    await soon(() => archived(again)).toContain(RUDE);
  },
);

it('one person has at most twenty reports that nobody has decided, and reports a message once with all accounts', async () => {
  const hub = await start();
  const [ben, bea, root] = [await join(hub, 'ben'), await join(hub, 'bea'), await join(hub, 'root', 'admin')];
  const ids: MessageId[] = [];
  for (let n = 0; n <= MOST_OPEN_REPORTS; n += 1) ids.push(await root.say(`number ${n}`));
  const told = (by: Someone, message: MessageId) => by.do('report', { channel: LOBBY, message, reason: null });
  for (const id of ids.slice(1)) expect(await told(ben, id)).toMatchObject({ ok: true, value: { isNew: true } });
  const [first, second] = ids;
  if (first === undefined || second === undefined) throw new Error('nothing was said');
  expect(await told(ben, first)).toMatchObject({ ok: false, code: 'rate-limited' });

  const { sql, knowledge } = hub.hub;
  const rows = [ben, bea].map(({ actor: { user, name, platform } }) => {
    return { user_id: user, person: 'one', platform, name, linked_at: 0 };
  });
  const query = sql.build.insertInto('person_links').values(rows).compile();
  const what = [{ kind: 'person', person: 'one' }] as const;
  await knowledge.directory.change({ statements: [{ query }], scopes: null, what });
  expect(await told(bea, second)).toMatchObject({ ok: true, value: { isNew: false } });
  expect(await told(bea, first)).toMatchObject({ ok: false, code: 'rate-limited' });
  const upheld = { channel: LOBBY, message: second, as: 'dismissed', reason: null } as const;
  expect(await root.do('decide-reports', upheld)).toMatchObject({ ok: true });
  expect(await told(bea, first)).toMatchObject({ ok: true, value: { isNew: true } });
});
