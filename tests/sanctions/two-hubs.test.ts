import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { ChannelId, UserId } from '../../core/domain/ids.ts';
import type { TestHub } from '../fakes/hub.ts';
import { outcomeOf, type Participant } from '../fakes/people.ts';
import { actorOf } from './port.ts';
import { idOf, inForce, MINUTE, type Rig, startRig, WITHIN } from './rig.ts';

const DJ = 'dj-kool';
let rig: Rig;
afterEach(() => rig.close());

let causes = 0;
/** As the command does it, faster than anybody may give commands. */
async function act(hub: TestHub, by: Participant, target: UserId, kind: 'timeout' | 'ban' | 'lift', channel = 'lobby') {
  const at = hub.hub.knowledge.facts.channel(channel as ChannelId);
  if (at === null) throw new Error(`no channel ${channel}`);
  causes += 1;
  const what = kind === 'timeout' ? { kind, minutes: 2 } : { kind };
  const request = { by: actorOf(by), at, target, act: what, reason: null, cause: `test ${causes}` };
  const outcome = await hub.hub.moderation.sanctions.sanction(request);
  return outcome.ok ? 'done' : outcome.say;
}

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

it('nothing of somebody is stored after the answer to their timeout or ban, over 10,000 posts on two hubs in any order', async () => {
  rig = await startRig('redis', { isTwo: true });
  const mods = [await rig.come('root', { role: 'admin' })] as const;
  const hubs = [rig.hub, rig.other];
  const names = Array.from({ length: 12 }, (_, n) => `user${n}`);
  const writers: (readonly [Participant, Participant])[] = [];
  for (const name of names) writers.push([await rig.come(name), await rig.come(name, { at: 'other' })]);
  const users = writers.map(([one]) => idOf(one));
  const late: string[] = [];
  let posts = 0;
  let lifted = 0;

  /** One round: everybody writes on both hubs; each of some is restrained in the middle of it by either hub. */
  const round = async (plan: readonly { who: number; by: number; after: number; kind: 'timeout' | 'ban' }[]) => {
    const over = new Map<number, boolean>();
    const write = async (who: number, hub: 0 | 1) => {
      for (let n = 0; n < 24; n += 1) {
        const wasOver = over.get(who) === true;
        const pair = writers[who];
        if (pair === undefined) return;
        const outcome = outcomeOf(await pair[hub].client.post({ channel: 'lobby', text: `${who} ${n}` }).done);
        posts += 1;
        if (wasOver && outcome === 'posted') late.push(`${names[who]} on hub ${hub}`);
      }
    };
    const restrain = async ({ who, by, after, kind }: (typeof plan)[number]) => {
      const start = posts;
      while (posts < start + after) await new Promise((resolve) => setImmediate(resolve));
      const answer = await act(hubs[by % 2] ?? rig.hub, mods[0], users[who] ?? ('' as UserId), kind);
      if (answer === 'done') over.set(who, true);
    };
    const all = writers.flatMap((_, who) => [write(who, 0), write(who, 1)]);
    await Promise.all([...all, ...plan.map(restrain)]);
    for (const { who } of plan) {
      const answer = await act(rig.hub, mods[0], users[who] ?? ('' as UserId), 'lift');
      lifted += Number(answer === 'done');
      // the other hub hears of it in a moment
      const again = writers[who]?.[1];
      if (again !== undefined) await expect.poll(() => rig.post(again), WITHIN).toBe('posted');
    }
  };
  const plans = fc.sample(
    fc.uniqueArray(
      fc.record({
        who: fc.nat(names.length - 1),
        by: fc.nat(1),
        after: fc.nat(300),
        kind: fc.constantFrom('timeout' as const, 'ban' as const),
      }),
      { selector: ({ who }) => who, minLength: 4, maxLength: 8 },
    ),
    18,
  );
  for (const plan of plans) await round(plan);
  expect(posts).toBeGreaterThan(10_000);
  expect(lifted).toBeGreaterThan(60);
  expect(late).toEqual([]);
}, 240_000);

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
}, 60_000);
