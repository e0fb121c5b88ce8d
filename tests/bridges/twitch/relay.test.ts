import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainText } from '../../../core/domain/content.ts';
import { startTestHub, type TestHub } from '../../fakes/hub.ts';
import { type Participant, participant } from '../../fakes/people.ts';
import { type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';
import { removeMessage } from '../../fakes/twitch-helix.ts';

let twitch: FakeTwitch;
let hub: TestHub | null;
let ann: Participant | null;
beforeEach(async () => {
  twitch = await startTwitch();
  hub = null;
  ann = null;
});
afterEach(async () => {
  ann?.close();
  await hub?.close();
  await twitch.stop();
});

async function start(portals: readonly object[]): Promise<Participant> {
  hub = await startTestHub({
    config: {
      bridges: [{ id: 'twitch', use: 'twitch', required: true, config: twitch.config() }],
      portals: portals.map((one) => ({ channel: 'lobby', bridge: 'twitch', ...one })),
    },
  });
  ann = await participant(hub.wsUrl, await hub.user('Ann'));
  return ann;
}
const texts = (room: string): readonly string[] => twitch.posted(room).map(({ text }) => text);
async function shown(person: Participant): Promise<readonly string[]> {
  const page = await person.page();
  return page.map(({ message }) => `${message.author.name}: ${plainText(message.content.rich)}`);
}

describe('through a hub', () => {
  it('what is said on Twitch and in the web chat goes both ways, with replies and removals, and between two channels', async () => {
    const [dj, mc] = twitch.rooms;
    const person = await start([
      { room: 'dj_kool', direction: 'both' },
      { room: mc, direction: 'both' },
    ]);
    const first = await person.say('hello /all');
    await expect.poll(() => texts(dj)).toEqual(['[Slipmat] Ann: hello /all']);
    await expect.poll(() => texts(mc)).toEqual(['[Slipmat] Ann: hello /all']);
    const [copy] = twitch.posted(dj);
    twitch.says(dj, twitch.ben, 'hi Ann', copy?.id ?? null);
    await expect.poll(() => shown(person)).toEqual(['Ann: hello /all', 'Ben: hi Ann']);
    const [, answer] = await person.page();
    expect(answer?.message.replyTo?.id).toBe(first);
    await expect.poll(() => texts(mc)).toEqual(['[Slipmat] Ann: hello /all', '[Twitch] Ben: hi Ann']);
    const there = twitch.world.messages.find(({ text }) => text === '[Twitch] Ben: hi Ann');
    expect(there?.replyTo).toBe(twitch.posted(mc)[0]?.id);
    const said = twitch.world.messages.find(({ text }) => text === 'hi Ann') ?? expect.fail('not said');
    removeMessage(twitch.world, said.id);
    await expect.poll(() => texts(mc)).toEqual(['[Slipmat] Ann: hello /all']);
    await expect.poll(async () => (await person.page()).at(-1)?.message.redaction).toBeTruthy();
    expect(texts(dj)).toEqual(['[Slipmat] Ann: hello /all']);
  });

  it('nothing goes out to Twitch unless somebody turns it on', async () => {
    const [dj, mc] = twitch.rooms;
    const person = await start([{ room: dj }, { room: mc, direction: 'both' }]);
    twitch.says(dj, twitch.ben, 'hello from Twitch');
    await expect.poll(() => shown(person)).toEqual(['Ben: hello from Twitch']);
    await person.say('hello Twitch');
    await expect.poll(() => texts(mc)).toHaveLength(2);
    expect(texts(dj)).toEqual([]);
    expect(twitch.helix.posts.map(({ broadcaster_id }) => broadcaster_id)).toEqual([mc, mc]);
  });

  it('a reconnect in the middle of a conversation doubles and loses nothing', async () => {
    const [dj] = twitch.rooms;
    const person = await start([{ room: dj, direction: 'both' }]);
    const all = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    for (const [at, text] of all.entries()) {
      if (at === 10) twitch.irc.sendAll(':tmi.twitch.tv RECONNECT');
      twitch.says(dj, twitch.ben, text);
      await new Promise(setImmediate);
    }
    await expect.poll(() => shown(person)).toEqual(all.map((text) => `Ben: ${text}`));
    await expect.poll(twitch.irc.connections).toBe(1);
    expect(await shown(person)).toHaveLength(30);
  });

  it.each([
    ['a moderator', 100],
    ['nobody special', 20],
  ])(
    'in a flood a bot that is %s posts at most %i in 30 s over all channels, and everybody in the web chat sees all',
    async (who, most) => {
      const [dj, mc] = twitch.rooms;
      if (most === 20) twitch.world.moderators.clear();
      const person = await start([
        { room: dj, direction: 'both' },
        { room: mc, direction: 'both' },
      ]);
      for (let at = 0; at < 90; at += 1) await person.say(`${who} ${at}`);
      expect(await person.page(100)).toHaveLength(90);
      // the budget is spent, and the line that sums up what had no room in it has come
      await expect
        .poll(() => [...texts(dj), ...texts(mc)].some((text) => /\d+ (more )?messages/.test(text)))
        .toBe(true);
      const at = twitch.world.messages.map((one) => one.at).sort((a, b) => a - b);
      for (const start of at)
        expect(at.filter((one) => one >= start && one - start < 30_000).length).toBeLessThanOrEqual(most);
      expect(twitch.helix.posts.length).toBeLessThanOrEqual(most);
      expect(at.length).toBeGreaterThan(most / 3);
    },
  );
});
