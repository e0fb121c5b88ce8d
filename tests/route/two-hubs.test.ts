import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainText } from '../../core/domain/content.ts';
import type { ChannelId } from '../../core/domain/ids.ts';
import { archived } from '../fakes/archived.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { outcomeOf, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';

describe('two hubs of one host, on one Redis and one folder', () => {
  let redis: RedisServer;
  let one: TestHub;
  let two: TestHub;
  beforeEach(async () => {
    redis = await startRedis({ appendonly: true });
    one = await startTestHub({ redisUrl: redis.url });
    two = await startTestHub({ redisUrl: redis.url, dataDir: one.dataDir });
  });
  afterEach(async () => {
    await two.stop();
    await one.close();
    await redis.stop();
  });

  it('are one chat: the same entries in the same order for everybody', async () => {
    const ann = await participant(one.wsUrl, await one.user('ann'));
    const bob = await participant(two.wsUrl, await two.user('bob'));
    await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? ann.say(`ann ${n}`) : bob.say(`bob ${n}`))));
    const [atOne, atTwo] = [await ann.page(100), await bob.page(100)];
    expect(atTwo).toEqual(atOne);
    expect(new Set(atOne.map(({ seq }) => seq)).size).toBe(100);
    const own = atOne.map(({ message }) => plainText(message.content.rich)).filter((text) => text.startsWith('ann'));
    expect(own).toEqual(own.toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4))));
    ann.close();
    bob.close();
  });

  it('accept an account made on the other, and edits of what was said there', async () => {
    const token = await one.user('ann');
    const here = await participant(one.wsUrl, token);
    const there = await participant(two.wsUrl, token);
    const id = await here.say('frist');
    expect(outcomeOf(await there.client.edit('lobby', id, 'first'))).toBe('posted');
    here.close();
    there.close();
  });

  it('judge by the same rights: what one hub changed holds on the other once it was answered', async () => {
    const bob = await participant(two.wsUrl, await two.user('bob'));
    const ann = await participant(one.wsUrl, await one.user('ann'));
    const [first, second] = [await ann.say('one'), await ann.say('two')];
    await one.hub.accounts.makeModerator('bob', 'lobby' as never, null);
    // a right that was given may come a moment later there; one that was taken never does
    await expect.poll(async () => outcomeOf(await bob.client.redact('lobby', first))).toBe('posted');
    await one.hub.accounts.dismissModerator('bob', 'lobby' as never);
    expect(outcomeOf(await bob.client.redact('lobby', second))).toBe('forbidden');
    ann.close();
    bob.close();
  });

  it('store nothing of somebody after the answer that disabled them, whichever hub they post to', async () => {
    const eve = await participant(two.wsUrl, await two.user('eve'));
    const ann = await participant(one.wsUrl, await one.user('ann'));
    let isOver = false;
    const late: string[] = [];
    void (async () => {
      for (let n = 0; n < 3_000 && eve.client.state().kind === 'live'; n += 1) {
        const wasOver = isOver;
        const said = await eve.client.post({ channel: 'lobby', text: `eve ${n}` }).done;
        if (wasOver && said.ok) late.push(`eve ${n}`);
      }
    })();
    await expect.poll(async () => (await ann.page()).length).toBeGreaterThan(20);
    await one.hub.accounts.disable('eve');
    isOver = true;
    const atAnswer = (await ann.page(100)).length;
    await expect.poll(() => eve.client.state().kind).not.toBe('live');
    eve.close();
    expect(late).toEqual([]);
    expect((await ann.page(100)).length).toBe(atAnswer);
    ann.close();
  });

  it('T7: know who is connected on either', async () => {
    const ann = await participant(one.wsUrl, await one.user('ann'));
    const bob = await participant(two.wsUrl, await two.user('bob'));
    const names = async () => {
      const answer = await ann.client.people('lobby');
      return answer.ok ? answer.value.people.map(({ name }) => name) : [];
    };
    await expect.poll(names).toEqual(['ann', 'bob']);
    bob.close();
    await expect.poll(names).toEqual(['ann']);
    ann.close();
  });

  it('go on archiving when the one that archives stops', async () => {
    await one.stop();
    const bob = await participant(two.wsUrl, await two.user('bob'));
    await bob.say('who archives now?');
    await archived(two);
    expect(await bob.client.search({ text: 'archives' })).toMatchObject({ ok: true, value: [expect.anything()] });
    bob.close();
  });
});

describe('the folder and its store', () => {
  it('an embedded store is refused to a second hub, with the mend', async () => {
    const first = await startTestHub();
    await expect(startTestHub({ dataDir: first.dataDir })).rejects.toThrow(/hub|folder/i);
    await first.close();
  });

  it('switching to Redis keeps all history, sequences go on, and going back is refused', async () => {
    const redis = await startRedis({ appendonly: true });
    const before = await startTestHub();
    const ann = await participant(before.wsUrl, await before.user('ann'));
    const ids = [];
    for (let n = 0; n < 120; n += 1) ids.push(await ann.say(`before ${n}`));
    await ann.client.react('lobby', String(ids[5]), '🔥', true);
    await ann.client.edit('lobby', String(ids[6]), 'edited');
    await ann.client.redact('lobby', String(ids[7]));
    const kept = await ann.page(100);
    await before.user('kool', 'dj');
    await before.hub.accounts.dismissDj('kool');
    const root = await participant(before.wsUrl, await before.user('root', 'admin'));
    expect(await root.client.command('lobby', 'slow 30')).toMatchObject({ ok: true });
    root.close();
    ann.close();
    await before.stop();

    const after = await startTestHub({ dataDir: before.dataDir, redisUrl: redis.url });
    const again = await participant(after.wsUrl, await after.user('ann'));
    expect(await again.page(100)).toEqual(kept);
    const more = await again.client.history('lobby', kept[0]?.seq ?? 0, 100);
    expect(more.ok && more.value.messages).toHaveLength(20);
    expect(outcomeOf(await again.client.edit('lobby', String(ids[6]), 'edited again'))).toBe('posted');
    await again.say('after');
    expect(after.hub.knowledge.facts.mode('lobby' as ChannelId)).toEqual({ slowSeconds: 30, shieldUntil: null });
    const closed = again.client.post({ channel: 'dj-kool', text: 'is it still closed?' });
    expect(outcomeOf(await closed.done)).toBe('read-only');
    const page = await again.page();
    expect(page.at(-1)?.seq).toBeGreaterThan(kept.at(-1)?.seq ?? Number.POSITIVE_INFINITY);
    again.close();
    await after.stop();

    await expect(startTestHub({ dataDir: before.dataDir })).rejects.toThrow(/REDIS_URL/);
    await redis.stop();
  });

  it('a hub with another database than its Redis knows is refused, with the mend', async () => {
    const redis = await startRedis({ appendonly: true });
    const first = await startTestHub({ redisUrl: redis.url });
    await expect(startTestHub({ redisUrl: redis.url })).rejects.toThrow(/dataDir|DATA_DIR|folder/);
    await first.close();
    await redis.stop();
  });
});
