import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeId, ChannelId, RoomId } from '../../core/domain/ids.ts';
import { plan, turn, userCalled } from '../events/rig.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { outcomeOf, type Participant, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { codeIn, movedClock, type Rig, startRig, userOf, WITHIN } from '../portals/rig.ts';

let rig: Rig;
let redis: RedisServer | null = null;
let clock: ReturnType<typeof movedClock>;
afterEach(async () => {
  await rig.close();
  await redis?.stop();
  redis = null;
});

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<void> {
  clock = movedClock();
  rig = await startRig({ clock, bridge: { knowsReaders: true }, ...options });
  await rig.native('kool', 'dj');
  await rig.native('ann');
}
const CREW = 'crew-kool' as ChannelId;
const hub = () => rig.hub().hub;

/** Somebody's channels, as their client finds them. */
async function channelsOf(person: Participant): Promise<readonly string[]> {
  return (await person.client.channels()).map(({ id }) => id);
}
/** What a client hears in a channel from now on. */
function heard(person: Participant): string[] {
  const texts: string[] = [];
  person.client.on('channel', (event) => texts.push(JSON.stringify(event)));
  return texts;
}

describe('the crew channel', () => {
  it('D4: comes with the DJ, is read by the DJ and the moderators alone, and follows each appointment at once', async () => {
    await start();
    const kool = await rig.native('kool', undefined, CREW);
    const ann = await rig.native('ann');
    const admin = await rig.native('root', 'admin');
    expect(await channelsOf(ann)).not.toContain(CREW);
    expect(await channelsOf(admin)).not.toContain(CREW);
    expect((await ann.client.join(CREW)).ok).toBe(false);
    expect(await rig.act('kool', 'appoint ann', 'dj-kool')).toBe('ann moderates now.');
    expect((await ann.client.join(CREW)).ok).toBe(true);
    expect(await channelsOf(ann)).toContain(CREW);
    expect(outcomeOf(await ann.client.post({ channel: CREW, text: 'hello crew' }).done)).toBe('posted');
    expect((await kool.page()).at(-1)?.message.author.badge).toBe('moderator');
    expect(await rig.act('kool', 'dismiss ann', CREW)).toBe('ann no longer moderates.');
    expect(await ann.client.history(CREW, null, 10)).toMatchObject({ ok: false, code: 'not-found' });
    expect(outcomeOf(await ann.client.post({ channel: CREW, text: 'still here?' }).done)).toBe('not-found');
  });

  it('D4: whoever is dismissed hears nothing that is said after the answer, on any hub', async () => {
    redis = await startRedis();
    await start({ redisUrl: redis.url });
    const { dataDir } = rig.hub();
    const two = await startTestHub({ redisUrl: redis.url, dataDir, clock });
    try {
      for (let round = 0; round < 10; round += 1) await dismissedMidway(two, round);
    } finally {
      await two.stop();
    }
  });

  async function dismissedMidway(two: TestHub, round: number): Promise<void> {
    await rig.act('kool', 'appoint ann', 'dj-kool');
    const kool = await rig.native('kool', undefined, CREW);
    const here = await rig.native('ann', undefined, CREW);
    const there = await participant(two.wsUrl, await two.user('ann'), CREW);
    const [near, far] = [heard(here), heard(there)];
    const before = `before ${round}`;
    await kool.say(before);
    await expect.poll(() => far.some((one) => one.includes(before)), WITHIN).toBe(true);
    expect(await rig.act('kool', 'dismiss ann', 'dj-kool')).toContain('no longer');
    for (let n = 0; n < 5; n += 1) await kool.say(`secret ${round} ${n}`);
    // both hubs have handed out what came after
    await expect.poll(() => two.hub.knowledge.headSeq(CREW) === hub().knowledge.headSeq(CREW), WITHIN).toBe(true);
    await expect.poll(() => channelsOf(there), WITHIN).not.toContain(CREW);
    expect([...near, ...far].filter((one) => one.includes(`secret ${round}`))).toEqual([]);
    for (const one of [kool, here, there]) one.close();
  }

  it('D4: has the moderators of an event as long as it runs', async () => {
    await start();
    const ann = await rig.native('ann');
    const event = await plan(hub(), 'kool', 'Night', clock.now() + 60_000);
    expect(await rig.act('kool', 'appoint ann event', 'dj-kool')).toContain('moderates in "Night" now');
    expect((await ann.client.join(CREW)).ok).toBe(true);
    const texts = heard(ann);
    await turn(hub(), 'kool', event, 'start');
    await turn(hub(), 'kool', event, 'end');
    expect(await channelsOf(ann)).toContain(CREW);
    clock.ahead(31 * 60_000);
    await expect.poll(() => channelsOf(ann), WITHIN).not.toContain(CREW);
    const kool = await rig.native('kool', undefined, CREW);
    await kool.say('among us');
    await ann.say('outside');
    await expect.poll(() => texts.some((one) => one.includes('outside')), WITHIN).toBe(true);
    expect(texts.some((one) => one.includes('among us'))).toBe(false);
  });

  it('is made for the DJs of an older version too, once', async () => {
    await start();
    const gone = hub().sql.build.deleteFrom('channels').where('kind', '=', 'crew');
    await hub().sql.write([{ query: gone.compile() }]);
    await rig.restart({ clock });
    expect(hub().knowledge.directory.channel(CREW)).toMatchObject({ kind: 'crew', name: 'Crew of kool' });
    await rig.restart({ clock });
    expect(
      hub()
        .knowledge.directory.channels()
        .filter(({ kind }) => kind === 'crew').length,
    ).toBe(1);
  });
});

describe('moderators', () => {
  it('D1: of all the DJ’s channels, or of one event while it runs; by native name, and by id for somebody of a platform', async () => {
    await start({ portals: [{ channel: 'dj-kool', bridge: 'fake', room: 'floor' }] });
    rig.room.userPosts('floor', 'bea', 'hi');
    await expect.poll(() => rig.said('dj-kool'), WITHIN).toEqual(['hi']);
    const event = await plan(hub(), 'kool', 'Night', clock.now() + 60_000);
    const rankIn = (user: Parameters<typeof userOf>[0], channel: string) => {
      const place = hub().knowledge.facts.channel(channel as ChannelId);
      return place === null ? null : hub().knowledge.facts.standing(userOf(user), false, place).rank;
    };
    expect(await rig.act('kool', `appoint ${userOf('bea')} event`, 'dj-kool')).toContain('"Night"');
    expect([rankIn('bea', event.channel), rankIn('bea', 'dj-kool')]).toEqual(['moderator', 'listener']);
    expect(await rig.act('kool', 'appoint bea', 'dj-kool')).toBe('bea moderates now.');
    expect([rankIn('bea', event.channel), rankIn('bea', 'dj-kool')]).toEqual(['moderator', 'moderator']);
    await rig.restart({ clock });
    expect(rankIn('bea', 'dj-kool')).toBe('moderator');
    expect(await rig.act('kool', 'dismiss bea', 'dj-kool')).toBe('bea no longer moderates.');
    expect([rankIn('bea', event.channel), rankIn('bea', 'dj-kool')]).toEqual(['listener', 'listener']);
  });

  it('D1: act in the event from warmup until it is archived, and not before or after', async () => {
    await start();
    const ann = await userCalled(hub(), 'ann');
    const event = await plan(hub(), 'kool', 'Night', clock.now() + 40 * 60_000);
    await rig.act('kool', 'appoint ann event', event.channel);
    const rank = () => {
      const place = hub().knowledge.facts.channel(event.channel);
      return place === null ? null : hub().knowledge.facts.standing(ann, false, place).rank;
    };
    expect(rank()).toBe('listener');
    clock.ahead(11 * 60_000);
    await expect.poll(rank, WITHIN).toBe('moderator');
    await turn(hub(), 'kool', event, 'start');
    await turn(hub(), 'kool', event, 'end');
    expect(rank()).toBe('moderator');
    clock.ahead(31 * 60_000);
    await expect.poll(rank, WITHIN).toBe('listener');
  });

  it('are appointed by the DJ and admins, those of the megachannel by admins, and nobody acts upwards or on themselves', async () => {
    await start();
    await rig.native('root', 'admin');
    await rig.native('rave', 'dj');
    expect(await rig.act('ann', 'appoint kool', 'dj-kool')).toBe('Only a DJ can do that here.');
    expect(await rig.act('rave', 'appoint ann', 'dj-kool')).toBe('Only a DJ can do that here.');
    expect(await rig.act('kool', 'appoint ann', 'lobby')).toBe('Only a DJ can do that here.');
    expect(await rig.act('kool', 'appoint root', 'dj-kool')).toContain('same or a higher rank');
    expect(await rig.act('kool', 'appoint kool', 'dj-kool')).toContain('yourself');
    expect(await rig.act('root', 'appoint ann', 'lobby')).toBe('ann moderates now.');
    expect(await rig.act('root', 'appoint ann', 'lobby')).toBe('ann moderates already.');
    expect(await rig.act('root', 'dismiss ann', 'lobby')).toBe('ann no longer moderates.');
    expect(await rig.act('root', 'dismiss ann', 'lobby')).toContain('does not moderate');
    expect(await rig.act('root', 'appoint ann event', 'lobby')).toContain('no live event');
  });

  it('are written down for the audit, with the crew told', async () => {
    await start();
    const kool = await rig.native('kool', undefined, CREW);
    const texts = heard(kool);
    await rig.act('kool', 'appoint ann', 'dj-kool');
    await expect.poll(() => texts.some((one) => one.includes('ann moderates now.')), WITHIN).toBe(true);
    const ann = await userCalled(hub(), 'ann');
    const lines = async () =>
      hub().sql.read(hub().sql.build.selectFrom('audit').selectAll().where('act', '=', 'appoint').compile());
    await expect.poll(lines, WITHIN).toMatchObject([{ target_id: ann, by_id: await userCalled(hub(), 'kool') }]);
  });
});

describe('a room of the crew', () => {
  async function code(): Promise<string> {
    return codeIn(await rig.act('kool', 'bridge code', CREW));
  }

  it('D4: is linked where it is closed alone, and both ways for its members', async () => {
    await start();
    rig.room.setRole('cave', 'mo', 'admin');
    expect(await rig.ask('cave', 'mo', `!bridge ${await code()}`)).toContain('Others can read that room');
    rig.room.setClosed('cave', true);
    expect(await rig.ask('cave', 'mo', `!bridge ${await code()}`)).toBe('Linked.');
    await rig.told('cave');
    const kool = await rig.native('kool', undefined, CREW);
    await kool.say('only for us');
    await expect.poll(() => rig.texts('cave').at(-1), WITHIN).toBe('[Slipmat] kool: only for us');
    rig.room.userPosts('cave', 'bea', 'am I one of you?');
    await rig.act('kool', `appoint ${userOf('mo')}`, CREW);
    rig.room.userPosts('cave', 'mo', 'I am');
    await expect.poll(() => rig.said(CREW), WITHIN).toEqual(['only for us', 'I am']);
  });

  it('D4: is refused where nobody can say who reads it, and for what stands in the configuration', async () => {
    await start({ bridge: {}, portals: [{ channel: CREW, bridge: 'fake', room: 'den' }] });
    rig.room.setRole('cave', 'mo', 'admin');
    rig.room.setClosed('cave', true);
    expect(await rig.ask('cave', 'mo', `!bridge ${await code()}`)).toContain('cannot see who reads a room');
    const kool = await rig.native('kool', undefined, CREW);
    await kool.say('only for us');
    expect(hub().portals.list()).toEqual([]);
  });

  it.each(['tells', 'is silent'] as const)(
    'D4: that opens up is paused with a notice when the platform %s',
    async (how) => {
      await start();
      const kool = await rig.native('kool', undefined, CREW);
      const texts = heard(kool);
      rig.room.setRole('cave', 'mo', 'admin');
      rig.room.setClosed('cave', true);
      expect(await rig.ask('cave', 'mo', `!bridge ${await code()}`)).toBe('Linked.');
      await rig.told('cave');
      await kool.say('one');
      await expect.poll(() => rig.texts('cave').at(-1), WITHIN).toBe('[Slipmat] kool: one');
      rig.room.setClosed('cave', false);
      if (how === 'tells') rig.room.tells({ kind: 'rights-changed', room: 'cave' as RoomId });
      else clock.ahead(61 * 60_000);
      await expect.poll(() => texts.some((one) => one.includes('its link is paused')), WITHIN).toBe(true);
      await kool.say('two');
      expect(await rig.act('kool', 'bridge resume', CREW)).toContain('Others can read');
      rig.room.setClosed('cave', true);
      expect(await rig.act('kool', 'bridge resume', CREW)).toBe('Done.');
      await kool.say('three');
      await expect.poll(() => rig.texts('cave').at(-1), WITHIN).toBe('[Slipmat] kool: three');
    },
  );

  it('D4: that opened up while the hub was down gets nothing', async () => {
    await start();
    rig.room.setRole('cave', 'mo', 'admin');
    rig.room.setClosed('cave', true);
    expect(await rig.ask('cave', 'mo', `!bridge ${await code()}`)).toBe('Linked.');
    await rig.told('cave');
    rig.room.setClosed('cave', false);
    await rig.restart({ clock });
    const kool = await rig.native('kool', undefined, CREW);
    await kool.say('unheard');
    await expect.poll(() => hub().portals.at('fake' as BridgeId, 'cave' as RoomId)?.isPaused, WITHIN).toBe(true);
    expect(rig.texts('cave').join()).not.toContain('unheard');
  });
});
