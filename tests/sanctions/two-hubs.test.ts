import { afterEach, describe, expect, it } from 'vitest';
import { idOf, inForce, MINUTE, type Rig, startRig, WITHIN } from './rig.ts';
import { act, describeRounds } from './rounds.ts';

const DJ = 'dj-kool';
let rig: Rig;
afterEach(() => rig.close());

it('two hubs give the same answers on sanctions, roles and karma after each change, whichever made it', async () => {
  rig = await startRig('redis', { isTwo: true });
  await rig.come('kool', { role: 'dj', channel: DJ });
  const ann = await rig.come('ann');
  const root = [await rig.come('root', { role: 'admin' }), await rig.come('root', { at: 'other' })] as const;
  const user = idOf(ann);
  const views = () =>
    [rig.hub, rig.other].map((one) => {
      const { karma } = one.hub.knowledge;
      const running = inForce(one).map(({ act, until, user: who, scope }) => `${scope} ${who} ${act} ${until}`);
      return { karma: karma.karmaOf(user), recent: karma.timeoutsSince(user, 0 as never), running: running.toSorted() };
    });
  const commands = [
    'timeout ann 2',
    'timeout ann',
    'untimeout ann',
    'ban ann rude',
    'unban ann',
    'ban ann --everywhere',
    'unban ann --everywhere',
    'timeout ann 10',
    'untimeout ann',
  ];
  for (const [n, text] of commands.entries()) {
    const answer = await rig.give(root[n % 2] ?? root[0], text);
    expect(answer).toMatch(/timed out|banned|again/);
    await expect.poll(() => JSON.stringify(views()[0]) === JSON.stringify(views()[1]), WITHIN).toBe(true);
  }
  expect(views()[0]).toMatchObject({ recent: 1, running: [] });
  // and a hub that starts later, from the archive and the log, says the same
  await rig.restart();
  await expect.poll(() => JSON.stringify(views()[0]) === JSON.stringify(views()[1]), WITHIN).toBe(true);
});

it('a timeout is lifted once, though two hubs see that it is over', async () => {
  rig = await startRig('redis', { isTwo: true });
  const root = await rig.come('root', { role: 'admin' });
  await rig.come('ann');
  await rig.give(root, 'timeout ann 2');
  rig.forward(3 * MINUTE);
  await expect.poll(() => [inForce(rig.hub), inForce(rig.other)], WITHIN).toEqual([[], []]);
  const { log } = rig.hub.hub.live.store;
  const shard = log.shardOf('mega' as never);
  const entries = await log.range(shard, '0' as never, 1_000);
  const acts = entries
    .filter(({ kind }) => kind === 'sanction')
    .map(({ body }) => (JSON.parse(body) as { act: string }).act);
  expect(acts).toEqual(['timeout', 'lift']);
});

it('nobody is acted on who got the same rank meanwhile, whatever the order in which hubs heard of it', async () => {
  rig = await startRig('redis', { isTwo: true });
  await rig.come('kool', { role: 'dj', channel: DJ });
  await rig.come('mod');
  await rig.moderator('mod', DJ);
  const mod = await rig.come('mod', { at: 'other' });
  const ann = idOf(await rig.come('ann'));
  let refused = 0;
  for (let n = 0; n < 40; n += 1) {
    let isModerator = false;
    const raising = rig.moderator('ann', DJ).then(() => {
      isModerator = true;
    });
    // every other time at once after the answer, else somewhere on the way to it
    if (n % 2 === 0) await raising;
    for (let tries = 0; tries < n % 8; tries += 1) await new Promise((resolve) => setImmediate(resolve));
    const wasModerator = isModerator;
    const answer = await act(rig.other, mod, ann, 'timeout', DJ);
    if (wasModerator) expect(answer).toContain('same or a higher rank');
    refused += Number(answer.includes('rank'));
    await raising;
    // once it was answered that she is one, no timeout of hers comes any more
    expect(await act(rig.other, mod, ann, 'timeout', DJ)).toContain('same or a higher rank');
    await rig.hub.hub.accounts.dismissModerator('ann', DJ as never);
    await act(rig.other, mod, ann, 'lift', DJ);
  }
  expect(refused).toBeGreaterThan(0);
});

describe('two hubs, for a while', () => describeRounds(4));
