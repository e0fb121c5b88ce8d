import { textContent } from 'slipmat-hub/plugin';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { account, type Rig, startRig, WITHIN } from '../portals/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const TWO_ROOMS = [
  { channel: 'lobby', bridge: 'fake', room: 'floor' },
  { channel: 'lobby', bridge: 'fake', room: 'bar' },
];

/** Another relay in both rooms, under an account that its platform does not mark as a bot's. */
function otherRelay(dress: (text: string) => string = (text) => text): { stop(): void; carried(): number } {
  let carried = 0;
  const seen = { floor: 0, bar: 0 };
  const look = (from: 'floor' | 'bar', to: 'floor' | 'bar'): void => {
    for (const { text } of rig.room.ever(from).slice(seen[from])) {
      seen[from] += 1;
      carried += 1;
      rig.room.userPosts(to, 'otherhub', `[Irc] slipmat: ${dress(text)}`);
    }
  };
  const stop = systemClock.every(5, () => {
    look('floor', 'bar');
    look('bar', 'floor');
  });
  return { stop, carried: () => carried };
}

it.each([
  ['as they are', (text: string) => text],
  ['with marks between the letters of names', (text: string) => text.replaceAll('ann', 'a\u200bnn')],
  ['cut short', (text: string) => text.slice(0, 44)],
])('ends what another relay of no marked bot would carry round for ever: copies %s', async (_, dress) => {
  rig = await startRig({ portals: TWO_ROOMS });
  const other = otherRelay(dress);
  const said = ['what a set tonight, thank you', 'and the lights, who does the lights?', 'see you tomorrow then'];
  for (const text of said) {
    rig.room.userPosts('floor', 'ann', text);
    await expect.poll(() => rig.texts('bar').some((one) => one.includes(text.slice(0, 9))), WITHIN).toBe(true);
  }
  rig.room.userPosts('bar', 'ben', 'over');
  const [first = ''] = said;
  const once = `[Irc] slipmat: ${dress(`[Fakeroom] ann: ${first}`)}`;
  await expect.poll(other.carried, WITHIN).toBeGreaterThanOrEqual(5);
  rig.room.userPosts('floor', 'cid', 'end');
  await expect.poll(async () => (await rig.said()).includes('end'), WITHIN).toBe(true);
  other.stop();
  expect((await rig.said()).toSorted()).toEqual([...said, once, 'over', 'end'].toSorted());
  expect(await rig.ask('floor', 'ann', '!bridge')).toContain('(otherhub) carries our own messages back');
});

it('lets people show a line of another room, and say the same as others', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  rig.room.userPosts('floor', 'ann', 'play that again');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: play that again']);
  rig.room.userPosts('bar', 'ben', 'look: [Fakeroom] ann: play that again');
  for (const text of ['play that again', '[x] play that again', 'ann: play that again']) {
    rig.room.userPosts('bar', 'ben', text);
  }
  const copies = [
    'look: [Fakeroom] ann: play that again',
    'play that again',
    '[x] play that again',
    'ann: play that again',
  ];
  const whole = ['play that again', ...copies.map((text) => `[Fakeroom] ben: ${text}`)];
  await expect.poll(() => rig.texts('floor'), WITHIN).toEqual(whole);
});

it('takes no command from a bot, so that two of them cannot answer one another for ever', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  const says = (text: string): void => {
    const ref = { room: 'floor' as never, id: text };
    const by = account('echobot', true);
    rig.room.tells({ kind: 'message', ref, by, content: textContent(text), replyTo: null, at: systemClock.now() });
  };
  says('!help');
  says('!bridge AAAAA-AAAAA');
  says('over');
  const copies = ['[Fakeroom] echobot: !help', '[Fakeroom] echobot: over'];
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(copies);
});
