import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { plainText } from '../../core/domain/content.ts';
import type { ChannelId, MessageId } from '../../core/domain/ids.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { pixels } from '../media/rig.ts';
import { closeAll, closing, join, type OrderHub, type Someone, soon, start } from '../moderation/rig.ts';

const CHANNEL = 'dj-kool' as ChannelId;
const here = { channel: CHANNEL } as const;
/** One hub on the embedded store, or two on one Redis: the second is where Mia is. */
describe.each(['embedded', 'redis'] as const)('what moderators share, on %s', (store) => {
  let hubs: readonly [OrderHub, OrderHub];
  let kool: Someone;
  let mia: Someone;
  let ann: Someone;
  let bob: Someone;

  beforeAll(async () => {
    const redis = store === 'redis' ? await startRedis() : null;
    if (redis !== null) closing.push(() => redis.stop());
    const config = { moderation: { rules: 'none' } };
    const one = await start({ redisUrl: redis?.url ?? null, config });
    const two = redis === null ? one : await start({ redisUrl: redis.url, dataDir: one.dataDir, config });
    hubs = [one, two];
    await one.user('kool', 'dj');
    kool = await join(one, 'kool', undefined, CHANNEL);
    ann = await join(one, 'ann', undefined, CHANNEL);
    bob = await join(one, 'bob', undefined, CHANNEL);
    mia = await join(two, 'mia', undefined, CHANNEL);
    const made = await kool.do('appoint', { ...here, target: mia.actor.user, isForEvent: false });
    expect(made).toMatchObject({ ok: true });
    // the other hub hears of it in a moment
    await vi.waitFor(async () => expect((await mia.ask('channel', here)).rank).toBe('moderator'), { timeout: 45_000 });
  }, 60_000);
  afterAll(closeAll);

  /** What a moderator's devices are told. */
  function newsOf({ client }: Someone): () => number {
    let count = 0;
    client.on('self', (news) => {
      if (news.kind === 'desk' && news.channel === CHANNEL) count += 1;
    });
    return () => count;
  }

  it('M1: a message that one moderator looks at is shown so to the others, who cannot take it, until it is let go', async () => {
    const told = newsOf(mia);
    const message = await ann.say('is this all right');
    await soon(async () => (await mia.client.message(CHANNEL, message)).ok).toBe(true);
    expect(await kool.do('claim', { ...here, message, isOn: true })).toMatchObject({ ok: true });
    await soon(told).toBeGreaterThan(0);
    await soon(async () => (await mia.ask('claims', here)).claims).toMatchObject([{ message, by: { name: 'kool' } }]);
    expect(await mia.do('claim', { ...here, message, isOn: true })).toMatchObject({ ok: false, code: 'decided' });
    expect(await kool.do('claim', { ...here, message, isOn: true })).toMatchObject({ ok: true });
    const before = told();
    expect(await kool.do('claim', { ...here, message, isOn: false })).toMatchObject({ ok: true });
    await soon(told).toBeGreaterThan(before);
    await soon(async () => (await mia.ask('claims', here)).claims).toEqual([]);
    expect(await mia.do('claim', { ...here, message, isOn: true })).toMatchObject({ ok: true });
  });

  it('of two who take it at the same moment one has it, and both hubs say who', async () => {
    const message = await ann.say('who is first');
    await soon(async () => (await mia.client.message(CHANNEL, message)).ok).toBe(true);
    const of = { ...here, message, isOn: true };
    const taken = await Promise.all([kool.do('claim', of), mia.do('claim', of)]);
    expect(taken.filter(({ ok }) => ok)).toHaveLength(1);
    const holder = taken[0].ok ? 'kool' : 'mia';
    for (const one of [kool, mia]) {
      await soon(async () => {
        const { claims } = await one.ask('claims', here);
        return claims.find((claim) => claim.message === message)?.by.name;
      }).toBe(holder);
    }
  });

  it('tells moderators of what is held, reported and shown as a picture, and nobody else', async () => {
    const [ofMia, ofBob] = [newsOf(mia), newsOf(bob)];
    const change = { rules: { heldWords: ['blackout'] } };
    expect(await kool.do('set-settings', { ...here, change })).toMatchObject({ ok: true });
    const held = await ann.client.post({ channel: CHANNEL, text: 'blackout' }).done;
    expect(held).toMatchObject({ ok: true, value: { outcome: 'held' } });
    await soon(ofMia).toBeGreaterThan(0);
    const ofHeld = ofMia();
    const message = await ann.say('rude');
    expect(await bob.do('report', { ...here, message, reason: null })).toMatchObject({ ok: true });
    await soon(ofMia).toBeGreaterThan(ofHeld);
    const ofReport = ofMia();
    await showPicture(hubs[0], ann, 11);
    await soon(ofMia).toBeGreaterThan(ofReport);
    expect(ofBob()).toBe(0);
  });

  it('M2: lists each picture of which nothing is said once, the newest first, until somebody says what it is', async () => {
    const images = async () => (await mia.ask('unmarked-images', { ...here, limit: 20 })).images;
    const before = (await images()).length;
    const first = await showPicture(hubs[0], ann, 21);
    await showPicture(hubs[0], ann, 22);
    const again = await showPicture(hubs[0], bob, 21);
    await soon(async () => (await images()).length).toBe(before + 2);
    await soon(async () => (await images())[0]?.message.id).toBe(again);
    const picture = (await images())[0]?.picture ?? null;
    expect(await mia.do('mark-image', { ...here, message: again, picture, mark: 'safe', reason: null })).toMatchObject({
      ok: true,
    });
    await soon(async () => (await images()).map(({ message }) => message.id).includes(first)).toBe(false);
    expect(await images()).toHaveLength(before + 1);
  });

  it('finds people by part of their name, who is timed out, and what somebody wrote', async () => {
    const found = async (text: string) =>
      (await mia.ask('find-people', { ...here, text, platform: null, limit: 20 })).people.map(({ name }) => name);
    await soon(() => found('an')).toEqual(['ann']);
    expect(await found('%')).toEqual([]);
    const target = bob.actor.user;
    const timeout = { act: 'timeout', minutes: 5, reason: 'loud', redactMinutes: null } as const;
    expect(await kool.do('sanction', { ...here, target, ...timeout })).toMatchObject({ ok: true });
    const restrained = async () => (await mia.ask('restrained', here)).people;
    await soon(restrained).toMatchObject([{ name: 'bob', restraint: { act: 'timeout', reason: 'loud' } }]);
    const lift = { act: 'lift', minutes: null, reason: null, redactMinutes: null } as const;
    await kool.do('sanction', { ...here, target, ...lift });
    await soon(restrained).toEqual([]);
    const last = await ann.say('the newest of mine');
    const said = async () => (await mia.ask('said-by', { ...here, user: ann.actor.user, limit: 3 })).messages;
    await soon(async () => (await said())[0]?.message.id).toBe(last);
    expect((await said()).map(({ message }) => plainText(message.content.rich))[0]).toBe('the newest of mine');
  });

  it('keeps notes about somebody for the moderators', async () => {
    const target = ann.actor.user;
    expect(await mia.do('note', { ...here, target, text: 'asked nicely' })).toMatchObject({ ok: true });
    await soon(async () => (await kool.ask('person', { ...here, user: target })).acts).toMatchObject([
      { act: 'note', reason: 'asked nicely' },
    ]);
  });

  it('counts messages by platform and time, and karma of who was there', async () => {
    const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
    const counted = async () => {
      const { messages } = await mia.ask('activity', { ...here, span: '2h' });
      return messages.map(({ platform, counts }) => [platform, sum(counts)] as const);
    };
    const said = (await ann.page(100)).length;
    await soon(counted).toEqual([['slipmat', said]]);
    await ann.say('one more');
    await soon(counted).toEqual([['slipmat', said + 1]]);
    const { karma } = await mia.ask('activity', { ...here, span: '7d' });
    expect(sum(karma.lost)).toBeGreaterThan(0);
  });

  it('T9: tells every version of the house rules, who set it and how many accepted it', async () => {
    for (const text of ['Be kind.', 'Be kinder.']) await kool.do('set-house-rules', { ...here, text });
    expect(await ann.do('accept-house-rules', { ...here, version: 2 })).toMatchObject({ ok: true });
    await soon(async () => (await mia.ask('house-rules-versions', here)).versions).toMatchObject([
      { version: 2, text: 'Be kinder.', by: { name: 'kool' }, accepted: 1 },
      { version: 1, text: 'Be kind.', accepted: 0 },
    ]);
  });

  it('lists shows that are over, newest first', async () => {
    for (const [n, title] of ['Early', 'Late'].entries()) {
      const planned = await kool.do('plan-event', {
        ...here,
        title,
        startsAt: (Date.now() + (n + 1) * 86_400_000) as never,
      });
      if (!planned.ok) throw new Error(planned.say);
      await kool.do('turn-event', { event: planned.value.event.id, turn: 'cancel' });
    }
    const past = async () => (await bob.ask('past-events', { ...here, before: null, limit: 5 })).events;
    await soon(async () => (await past()).map(({ title }) => title)).toEqual(['Late', 'Early']);
  });

  it('shows none of it to people who do not moderate there', async () => {
    const asked = [
      bob.ask('claims', here),
      bob.ask('unmarked-images', { ...here, limit: 5 }),
      bob.ask('find-people', { ...here, text: '', platform: null, limit: 5 }),
      bob.ask('restrained', here),
      bob.ask('said-by', { ...here, user: ann.actor.user, limit: 5 }),
      bob.ask('activity', { ...here, span: '24h' }),
      bob.ask('house-rules-versions', here),
      bob.ask('portal-health', here),
    ];
    for (const one of await Promise.allSettled(asked)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('forbidden') } });
    }
    const message = await ann.say('mine');
    expect(await bob.do('claim', { ...here, message, isOn: true })).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await bob.do('note', { ...here, target: ann.actor.user, text: 'x' })).toMatchObject({ code: 'forbidden' });
  });
});

async function showPicture(hub: OrderHub, { client }: Someone, seed: number): Promise<MessageId> {
  const name = client.you()?.name ?? '';
  const sent = await fetch(`${hub.url}/api/media?name=light.png`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await hub.user(name)}`, 'content-type': 'image/png' },
    body: new Uint8Array(await pixels(16, 12, 1, seed).png().toBuffer()),
  });
  const { attachment } = await sent.json();
  const done = await client.post({ channel: CHANNEL, text: 'look', attachments: [{ url: attachment.url }] }).done;
  if (!done.ok || done.value.message === null) throw new Error(JSON.stringify(done));
  return done.value.message;
}
