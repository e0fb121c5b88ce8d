import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { ChannelId, UserId } from '../../core/domain/ids.ts';
import type { TestHub } from '../fakes/hub.ts';
import { outcomeOf, type Participant } from '../fakes/people.ts';
import { actorOf } from './port.ts';
import { idOf, type Rig, startRig, WITHIN } from './rig.ts';

let causes = 0;
/** As the command does it, faster than anybody may give commands. */
export async function act(
  hub: TestHub,
  by: Participant,
  target: UserId,
  kind: 'timeout' | 'ban' | 'lift',
  channel = 'lobby',
) {
  const at = hub.hub.knowledge.facts.channel(channel as ChannelId);
  if (at === null) throw new Error(`no channel ${channel}`);
  causes += 1;
  const what = kind === 'timeout' ? { kind, minutes: 2 } : { kind };
  const request = { by: actorOf(by), at, target, act: what, reason: null, cause: `test ${causes}` };
  const outcome = await hub.hub.moderation.sanctions.sanction(request);
  return outcome.ok ? 'done' : outcome.say;
}

/** Two hubs on which everybody writes, while some are restrained by either: each round 576 posts. */
export function describeRounds(rounds: number): void {
  let rig: Rig;
  afterEach(() => rig.close());

  it(`nothing of somebody is stored after the answer to their timeout or ban, over ${rounds} rounds of posts on two hubs in any order`, async () => {
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
      rounds,
    );
    for (const plan of plans) await round(plan);
    expect(posts).toBe(rounds * names.length * 2 * 24);
    expect(lifted).toBeGreaterThan(3 * rounds);
    expect(late).toEqual([]);
  }, 240_000);
}
