import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { plainText } from '../../core/domain/content.ts';
import type { Seq } from '../../core/domain/ids.ts';
import { outcomeOf } from '../fakes/people.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { closeAll, closing, command, join, LOBBY, movableClock, type Someone, soon, start } from './rig.ts';

afterEach(closeAll);
const OFF = { config: { moderation: { rules: 'none' } } } as const;
const post = async (by: Someone, text: string) => by.client.post({ channel: LOBBY, text }).done;
const WELL_KNOWN_MS = 31 * 60_000;

describe('slow mode', () => {
  it('lets each person write once in so long, tells how long to wait, and leaves moderators alone', async () => {
    const clock = movableClock(systemClock);
    const hub = await start({ ...OFF, clock });
    const [ann, ben, root] = [await join(hub, 'ann'), await join(hub, 'ben'), await join(hub, 'root', 'admin')];
    expect(await command(root, 'slow 30')).toBe('Slow mode: one message in 30 s.');
    expect(outcomeOf(await post(ann, 'one'))).toBe('posted');
    expect(await post(ann, 'two')).toMatchObject({ code: 'rate-limited', say: 'Slow mode: write again in 30 s.' });
    expect(outcomeOf(await post(ben, 'me too'))).toBe('posted');
    for (let n = 0; n < 3; n += 1) expect(outcomeOf(await post(root, `calm ${n}`))).toBe('posted');
    clock.forward(30_000);
    expect(outcomeOf(await post(ann, 'two'))).toBe('posted');
    expect(await command(root, 'slow off')).toBe('Slow mode is off.');
    for (let n = 0; n < 3; n += 1) expect(outcomeOf(await post(ann, `free ${n}`))).toBe('posted');
  });

  it('is turned by moderators alone, and within bounds', async () => {
    const hub = await start(OFF);
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    expect(await command(ann, 'slow 10')).toBe('Only a moderator can do that here.');
    expect(await ann.do('set-slow', { channel: LOBBY, seconds: 10 })).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await command(root, 'slow 601')).toContain('from 1 to 600');
    expect(await command(root, 'slow fast')).toBe('Write /slow 10 or /slow off.');
    expect(outcomeOf(await post(ann, 'a'))).toBe('posted');
    expect(outcomeOf(await post(ann, 'b'))).toBe('posted');
  });

  it('lets one of many through that come at once by two hubs, and is told to all readers', async () => {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const one = await start({ ...OFF, redisUrl: redis.url });
    const two = await start({ ...OFF, redisUrl: redis.url, dataDir: one.dataDir });
    const [here, there, root] = [await join(one, 'ann'), await join(two, 'ann'), await join(one, 'root', 'admin')];
    const heard: string[] = [];
    there.client.on('channel', (event) => heard.push(JSON.stringify(event)));
    expect(await command(root, 'slow 60')).toBe('Slow mode: one message in 60 s.');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => outcomeOf(await post(n % 2 === 0 ? here : there, `${n}`))),
    );
    expect(outcomes.filter((outcome) => outcome === 'posted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'rate-limited')).toHaveLength(19);
    await soon(() => heard.some((event) => event.includes('Slow mode: one message in 60 s.'))).toBe(true);
  });

  it('of thousands of posts none that was judged before is stored after the answer', async () => {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const one = await start({ ...OFF, redisUrl: redis.url });
    const two = await start({ ...OFF, redisUrl: redis.url, dataDir: one.dataDir });
    const root = await join(one, 'root', 'admin');
    const crowd = await Promise.all(Array.from({ length: 8 }, (_, n) => join(n % 2 === 0 ? one : two, `fan ${n}`)));
    let isOver = false;
    const posted = crowd.map(async (fan, who) => {
      let count = 0;
      while (!isOver) if (outcomeOf(await post(fan, `${who} ${count}`)) === 'posted') count += 1;
      return count;
    });
    await soon(async () => (await root.page()).length).toBeGreaterThan(40);
    await root.do('set-slow', { channel: LOBBY, seconds: 600 });
    const marker = await root.say('now it holds');
    await new Promise((resolve) => setImmediate(resolve));
    await soon(async () => (await root.texts()).includes('now it holds')).toBe(true);
    // one more of each at most: the first in slow mode
    for (const fan of crowd) await post(fan, 'again');
    isOver = true;
    await Promise.all(posted);
    const page = await root.page(100);
    const at = page.findIndex(({ message }) => message.id === marker);
    const after = page.slice(at + 1).map(({ message }) => message.author.user);
    expect(new Set(after).size).toBe(after.length);
  });
});

describe('shield mode', () => {
  it('with one switch holds newcomers, takes no links and slows everybody, and ends after an hour by itself', async () => {
    const clock = movableClock(systemClock);
    const hub = await start({ ...OFF, clock });
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    await ann.say('long ago');
    clock.forward(WELL_KNOWN_MS);
    const zoe = await join(hub, 'zoe');
    expect(await command(root, 'shield on')).toContain('Shield mode for 60 min');
    expect(outcomeOf(await post(zoe, 'hello'))).toBe('held');
    expect(await post(zoe, 'hello again')).toMatchObject({ code: 'rate-limited' });
    expect(outcomeOf(await post(ann, 'https://a.example'))).toBe('against-rules');
    expect(outcomeOf(await post(ann, 'I know you all'))).toBe('posted');
    expect(outcomeOf(await post(ann, 'and more'))).toBe('rate-limited');
    expect(await root.ask('settings', { channel: LOBBY })).toMatchObject({
      mode: { isShielded: true, slowSeconds: 10 },
    });
    clock.forward(60 * 60_000);
    expect(await root.ask('settings', { channel: LOBBY })).toMatchObject({
      mode: { isShielded: false, slowSeconds: 0 },
    });
    expect(outcomeOf(await post(zoe, 'https://b.example'))).toBe('posted');
    const notices = async () => {
      const lobby = hub.hub.knowledge.directory.channel(LOBBY);
      if (lobby === null) throw new Error('no lobby');
      const since = await hub.hub.knowledge.history.since(lobby, 0 as Seq, 100);
      return since.flatMap(({ body }) =>
        body.includes('"code":"mode"') ? [(JSON.parse(body) as { say: string }).say] : [],
      );
    };
    await soon(notices).toEqual([
      expect.stringContaining('Shield mode for 60 min'),
      'Shield mode is over. Slow mode is off.',
    ]);
  });

  it('is over at once when it is turned off, and holds over a restart until then', async () => {
    const hub = await start(OFF);
    await command(await join(hub, 'root', 'admin'), 'shield on');
    await hub.stop();
    const again = await start({ ...OFF, dataDir: hub.dataDir });
    const [zoe, root] = [await join(again, 'zoe'), await join(again, 'root', 'admin')];
    expect(outcomeOf(await post(zoe, 'hello'))).toBe('held');
    expect(await command(root, 'shield off')).toBe('Shield mode is off. Slow mode is off.');
    expect(outcomeOf(await post(zoe, 'hello'))).toBe('posted');
    expect(outcomeOf(await post(zoe, 'hello'))).toBe('posted');
  });
});

describe('what a DJ sets', () => {
  it('holds at once, for that channel alone, on every hub and over a restart', async () => {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const one = await start({ redisUrl: redis.url });
    const two = await start({ redisUrl: redis.url, dataDir: one.dataDir });
    const [kool, ann] = [await join(one, 'kool', 'dj'), await join(one, 'ann')];
    const channel = one.hub.knowledge.directory.channels().find(({ kind }) => kind === 'dj')?.id ?? LOBBY;
    const there = await join(two, 'ann', undefined, channel);
    const change = { rules: { heldWords: ['grift'], flood: { isOn: true, count: 3, seconds: 60 } } };
    expect(await ann.do('set-settings', { channel, change })).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await kool.do('set-settings', { channel: LOBBY, change })).toMatchObject({ ok: false, code: 'forbidden' });
    const wrong = { rules: { flood: { isOn: true, count: 99, seconds: 1 } } };
    expect(await kool.do('set-settings', { channel, change: wrong })).toMatchObject({
      ok: false,
      code: 'bad-request',
      say: expect.stringContaining('rules.flood.count'),
    });
    expect(await kool.do('set-settings', { channel, change })).toMatchObject({ ok: true });
    const say = async (text: string) => outcomeOf(await there.client.post({ channel, text }).done);
    expect(await say('no GRIFT here')).toBe('held');
    expect([await say('a'), await say('b'), await say('c')]).toEqual(['posted', 'posted', 'rate-limited']);
    expect(outcomeOf(await post(ann, 'no grift in the lobby'))).toBe('posted');
    // what is not named stays
    await kool.do('set-settings', { channel, change: { moderatorsMayBan: true } });
    await two.stop();
    const again = await start({ redisUrl: redis.url, dataDir: one.dataDir });
    const kept = await (await again.as(await again.user('kool'))).ask('settings', { channel });
    expect(kept.settings).toMatchObject({
      moderatorsMayBan: true,
      rules: { heldWords: ['grift'], links: 'not-newcomers' },
    });
    expect((await kool.page()).map(({ message }) => plainText(message.content.rich))).not.toContain('no GRIFT here');
  });
});
