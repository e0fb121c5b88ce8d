import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { userIdOf } from '../../core/async/mint.ts';
import { createLinks, type Links } from '../../core/community/links/links.ts';
import type { AccountId, UserId } from '../../core/domain/ids.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import type { TestHub } from '../fakes/hub.ts';
import { idOf, inForce, type Rig, startRig, WITHIN } from '../sanctions/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

function person(platform: string, name: string): Actor {
  const user = userIdOf(platform, name as AccountId);
  return { user, name, platform, avatarUrl: null, isGuest: false, isBot: false };
}

/** What the commands use, at this hub; without the throttle of the one before. */
function linksAt({ hub }: TestHub): Links {
  const { sql, knowledge, live } = hub;
  const hurry = { on() {}, set: () => ({ query: sql.build.deleteFrom('timers').where('id', '=', '').compile() }) };
  const timers = { ...hurry, cancel: hurry.set, hurry: async () => {}, sweep: async () => {} };
  return createLinks({ ...knowledge, sql, timers, log: live.store.log, clock: systemClock });
}

async function join(a: { at: Links; who: Actor }, b: { at: Links; who: Actor }): Promise<void> {
  const code = await a.at.invite(a.who, b.who.platform);
  if (!code.ok) throw new Error(code.say);
  const typed = await b.at.type(b.who, code.value);
  if (!typed.ok) return expect(typed.say).toContain('already');
  const joined = await b.at.confirm(b.who);
  if (joined?.ok !== true) throw new Error(joined?.say ?? 'nothing to confirm');
}

const sameAt = ({ hub }: TestHub, user: UserId) => hub.knowledge.directory.sameAs(user);

it('linking accounts in any order, at either of two hubs, gives the same person on both, also after a restart', async () => {
  rig = await startRig('redis', { isTwo: true });
  const hubs = [rig.hub, rig.other] as const;
  let run = 0;
  const trees = fc.array(fc.record({ to: fc.nat(3), hub: fc.boolean(), isTurned: fc.boolean() }), {
    minLength: 4,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      run += 1;
      const people = ['a', 'b', 'c', 'd', 'e'].map((platform) => person(platform, `p${run}`));
      for (const [n, { to, hub, isTurned }] of tree.entries()) {
        const links = [linksAt(hubs[0]), linksAt(hubs[1])] as const;
        const [one, other] = [people[n + 1], people[Math.min(to, n)]];
        if (one === undefined || other === undefined) throw new Error('no such person');
        const ends = [
          { at: links[hub ? 0 : 1], who: one },
          { at: links[hub ? 1 : 0], who: other },
        ] as const;
        await (isTurned ? join(ends[1], ends[0]) : join(ends[0], ends[1]));
      }
      const all = people.map(({ user }) => user).toSorted();
      for (const { user } of people) {
        for (const hub of hubs) await expect.poll(() => sameAt(hub, user), WITHIN).toEqual(all);
      }
    }),
    { numRuns: 12 },
  );
  const last = person('a', `p${run}`).user;
  const before = sameAt(rig.other, last);
  expect(before).toHaveLength(5);
  await rig.restart();
  expect(sameAt(rig.hub, last)).toEqual(before);
});

it('links made at the same moment at two hubs lose nobody', async () => {
  rig = await startRig('redis', { isTwo: true });
  for (let n = 0; n < 10; n += 1) {
    const [a, b, c] = [person('a', `x${n}`), person('b', `x${n}`), person('c', `x${n}`)];
    const [here, there] = [linksAt(rig.hub), linksAt(rig.other)];
    await Promise.all([
      join({ at: here, who: b }, { at: here, who: a }),
      join({ at: there, who: b }, { at: there, who: c }),
    ]).catch(
      // one code of somebody at a time: the later one counts
      async () => {
        await join({ at: here, who: b }, { at: here, who: a });
        await join({ at: there, who: b }, { at: there, who: c });
      },
    );
    const all = [a, b, c].map(({ user }) => user).toSorted();
    for (const hub of [rig.hub, rig.other]) await expect.poll(() => sameAt(hub, b.user), WITHIN).toEqual(all);
  }
});

it('two hubs agree on what holds against a person after each link and its end', async () => {
  rig = await startRig('redis', { isTwo: true });
  const root = await rig.come('root', { role: 'admin' });
  const ann = await rig.come('ann');
  const bob = await rig.come('bob', { at: 'other' });
  const [one, other] = [
    { ...person('slipmat', 'ann'), user: idOf(ann) },
    { ...person('elsewhere', 'bob'), user: idOf(bob) },
  ];
  await rig.give(root, 'timeout bob 5');
  expect(await rig.post(ann)).toBe('posted');
  await join({ at: linksAt(rig.hub), who: one }, { at: linksAt(rig.other), who: other });
  expect(await rig.post(ann)).toBe('sanctioned');
  const left = await linksAt(rig.other).unlink(other, 'elsewhere');
  expect(left.ok).toBe(true);
  expect(await rig.post(ann)).toBe('sanctioned');
  expect(await rig.post(bob)).toBe('sanctioned');
  await expect.poll(() => [inForce(rig.hub).length, inForce(rig.other).length], WITHIN).toEqual([2, 2]);
  expect(await rig.give(root, 'untimeout bob')).toContain('again');
  expect([await rig.post(ann), await rig.post(bob)]).toEqual(['sanctioned', 'posted']);
});
