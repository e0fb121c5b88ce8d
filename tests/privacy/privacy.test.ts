import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { AREAS, isOfLog } from '../../core/community/privacy/areas.ts';
import { privacyPage } from '../../core/community/privacy/page.ts';
import { archived } from '../fakes/archived.ts';
import { participant } from '../fakes/people.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { movableClock, startOrderHub } from '../moderation/rig.ts';
import { codeIn, type Rig, startRig, WITHIN } from '../portals/rig.ts';
import { tracesIn, tracesInRedis } from './traces.ts';

describe('what is kept of people', () => {
  const clock = movableClock(systemClock);
  let hub: Awaited<ReturnType<typeof startOrderHub>>;
  beforeAll(async () => {
    hub = await startOrderHub({ clock, config: { retention: { messagesDays: 2, seenDays: 2 } } });
  });
  afterAll(() => hub.close());
  const count = async (table: 'messages' | 'entries' | 'search_rows'): Promise<number> => {
    const found = hub.hub.sql.reader.prepare<[], { n: number }>(`select count(*) as n from ${table}`).get();
    return found?.n ?? -1;
  };

  it('is said of every table of the database', () => {
    const tables = hub.hub.sql.reader
      .prepare<[], { name: string }>("select name from sqlite_master where type = 'table'")
      .all()
      .map(({ name }) => name);
    const told = new Set(AREAS.map(({ table }) => table));
    expect(tables.filter((table) => !told.has(table) && !isOfLog(table))).toEqual([]);
  });

  it('names columns that are there', () => {
    for (const { table, own = [], named = [], kept, secret = [] } of AREAS) {
      const columns = hub.hub.sql.reader
        .prepare<[string], { name: string }>('select name from pragma_table_info(?)')
        .all(table)
        .map(({ name }) => name);
      const said = [...own, ...named.map(({ by }) => by), ...(kept?.by ?? []), ...secret];
      if (columns.length > 0) expect([table, said.filter((one) => !columns.includes(one))]).toEqual([table, []]);
    }
  });

  it('is handed out to whoever it is about, and to nobody else, without secrets', async () => {
    const token = await hub.user('ann');
    const ann = await participant(hub.wsUrl, token);
    const ben = await participant(hub.wsUrl, await hub.user('ben'));
    await ann.say('mine alone');
    await ben.say('of ben');
    await archived(hub);
    const person = await hub.as(token);
    const first = await person.ask('my-data', { after: null });
    const kinds = new Set(first.lines.map((line) => (line.kind === 'row' ? line.of : line.kind)));
    expect([...kinds]).toEqual(expect.arrayContaining(['users', 'accounts', 'sessions', 'first_heard']));
    const rest = await person.ask('my-data', { after: first.next });
    expect(rest.next).toBeNull();
    expect(JSON.stringify(rest.lines)).toContain('mine alone');
    const all = JSON.stringify([first, rest]);
    expect(all).not.toContain('of ben');
    expect(all).not.toMatch(/_hash/);
    ann.close();
    ben.close();
  });

  it('goes when its time is over, with all that hangs on it, and numbers go on', async () => {
    const ann = await participant(hub.wsUrl, await hub.user('ann'));
    const old = await ann.say('an old xylophone');
    await ann.client.react('lobby', old, '🎹', true);
    await archived(hub);
    const head = (await ann.page()).at(-1)?.seq ?? 0;
    // the sweep of the start is through
    const due = async () =>
      (
        await hub.hub.sql.read(
          hub.hub.sql.build.selectFrom('timers').select('due').where('id', '=', 'retention').compile(),
        )
      )[0];
    await expect.poll(async () => ((await due())?.due ?? 0) - clock.now(), WITHIN).toBeGreaterThan(3_600_000);
    const seen = { channel_id: 'lobby', user_id: 'u-long-ago', name: 'long ago', platform: 'slipmat' };
    const { build } = hub.hub.sql;
    const insert = build
      .insertInto('seen_people')
      .values({ ...seen, first_at: clock.now(), last_at: clock.now(), acted_at: 0 });
    await hub.hub.sql.write([{ query: insert.compile() }]);
    const seenLongAgo = build.selectFrom('seen_people').select('name').where('user_id', '=', seen.user_id).compile();
    expect(await hub.hub.sql.read(seenLongAgo)).toHaveLength(1);
    clock.forward(3 * 24 * 3_600_000);
    await expect.poll(() => hub.hub.sql.read(seenLongAgo), WITHIN).toEqual([]);
    await expect.poll(() => count('messages'), WITHIN).toBe(0);
    const fresh = await ann.say('a fresh one', old);
    await archived(hub);
    expect((await ann.page()).map(({ message }) => message.id)).toContain(fresh);
    expect((await ann.page()).at(-1)?.seq).toBeGreaterThan(head);
    await expect.poll(() => count('search_rows'), WITHIN).toBe(1);
    const found = await ann.client.search({ text: 'xylophone' });
    expect(found.ok && found.value).toEqual([]);
    const stop = tracesIn(hub.dataDir, 'xylophone').filter((file) => !file.endsWith('-wal'));
    expect(stop.length).toBeLessThanOrEqual(1);
    ann.close();
  });

  it('stands on a page that is made from the configuration', async () => {
    const answer = await fetch(`${hub.url}/privacy`);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await answer.text();
    expect(page).toContain('Messages, with their edits and reactions: 2 days.');
    expect(page).toContain('Acts of moderation: 365 days.');
    expect(page).toContain('Administrators of this hub may read public channels unnoticed');
    for (const word of ['nobridge', 'erase', 'mydata']) expect(page).toContain(word);
    expect(page).not.toMatch(/<script|style=|onload=|javascript:/i);
  });

  it('is escaped, whatever the hub is called and linked with', () => {
    const config = hubConfig.parse({ lobby: { name: '<script>alert(1)</script>' } });
    const page = privacyPage({ config, platforms: ['<img src=x>', 'Discord', 'Telegram'] });
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('Discord and Telegram');
  });
});

describe.each(['embedded', 'redis'] as const)('!nobridge, on the %s store', (kind) => {
  let rig: Rig;
  let redis: Awaited<ReturnType<typeof startRedis>> | null = null;
  beforeAll(async () => {
    redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
    const portals = ['floor', 'roof'].map((room) => ({ channel: 'lobby', bridge: 'fake', room }));
    rig = await startRig({ redisUrl: redis?.url ?? null, portals });
  });
  afterAll(async () => {
    await rig.close();
    await redis?.stop();
  });

  it('keeps what somebody says in its room, with all their accounts, and leaves no trace of it in the hub', async () => {
    await rig.native('eve');
    const code = codeIn(await rig.act('eve', 'link fakeroom'));
    expect(await rig.ask('floor', 'eve', `!link ${code}`)).toContain('link yes');
    expect(await rig.ask('floor', 'eve', '!link yes')).toContain('one person');
    expect(await rig.act('eve', 'nobridge on')).toContain('stays there');
    rig.room.userPosts('floor', 'eve', 'a kanarienvogel sings');
    rig.room.userPosts('floor', 'ann', 'and now?');
    await expect.poll(() => rig.texts('roof').at(-1), WITHIN).toBe('[Fakeroom] ann: and now?');
    expect(rig.texts('roof').join()).not.toContain('kanarienvogel');
    expect((await rig.said()).join()).not.toContain('kanarienvogel');
    if (redis !== null) expect(await tracesInRedis(redis.url, 'kanarienvogel')).toEqual([]);
    expect(tracesIn(rig.hub().dataDir, 'kanarienvogel')).toEqual([]);

    expect(await rig.ask('floor', 'eve', '!nobridge off')).toContain('carried');
    rig.room.userPosts('floor', 'eve', 'a sparrow sings');
    await expect.poll(() => rig.texts('roof').at(-1), WITHIN).toBe('[Fakeroom] eve: a sparrow sings');
  });
});
