import { array, asyncProperty, assert as check, constant, constantFrom, integer, oneof, record } from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChannelId, MessageId } from '../../core/domain/ids.ts';
import { given, openTown, type Someone, type Town } from './rig.ts';

const NAMES = ['ann', 'bob', 'eve'] as const;
type Name = (typeof NAMES)[number];

let town: Town;
let people: Record<Name, Someone>;
beforeAll(async () => {
  town = await openTown('redis');
  const second = await town.second();
  people = {
    ann: await town.someone('ann'),
    bob: await town.someone('bob', undefined, second),
    eve: await town.someone('eve'),
  };
});
afterAll(() => town.close());

const who = constantFrom(...NAMES);
const acts = array(
  oneof(
    { weight: 6, arbitrary: record({ act: constant('say' as const), by: who }) },
    record({ act: constant('edit' as const), by: who, at: integer({ min: 0, max: 9 }) }),
    record({ act: constant('answer' as const), by: who, at: integer({ min: 0, max: 9 }) }),
    {
      weight: 3,
      arbitrary: record({
        act: constantFrom('block' as const, 'block' as const, 'unblock' as const),
        by: who,
        whom: who,
      }),
    },
    {
      weight: 3,
      arbitrary: record({
        act: constantFrom('invite' as const, 'leave' as const),
        by: constant('ann' as Name),
        whom: constantFrom('bob' as Name, 'eve' as Name),
      }),
    },
  ),
  { minLength: 15, maxLength: 30 },
);

const TOGETHER = (['bob', 'eve'] as const).map((whom) => ({ act: 'invite', by: 'ann', whom }) as const);
let runs = 0;

/** A plain model beside the hubs: who must not have read which words, ever. */
it('U6: whatever is said, changed, left and blocked, nothing reaches one who is not in it or has blocked who says it', async () => {
  await check(
    asyncProperty(acts, async (drawn) => {
      // most that is of interest happens once they are together
      const steps = [...TOGETHER, ...drawn];
      runs += 1;
      const run = runs;
      const { channel } = await given(people.ann.client.do('create-private', { name: `Run ${run}`, users: [] }));
      const isIn: Record<Name, boolean> = { ann: true, bob: false, eve: false };
      const blocks = new Set<string>();
      const said: { readonly id: MessageId; readonly by: Name; readonly blind: ReadonlySet<Name> }[] = [];
      const forbidden: Record<Name, string[]> = { ann: [], bob: [], eve: [] };

      let words = 0;
      const fresh = (): string => {
        words += 1;
        return `words-${run}-${words}-end`;
      };
      const blindNow = (by: Name): ReadonlySet<Name> =>
        new Set(NAMES.filter((one) => one !== by && (!isIn[one] || blocks.has(`${one} ${by}`))));

      async function say(by: Name, text: string, blind: ReadonlySet<Name>, replyTo?: MessageId): Promise<void> {
        const id = await people[by].tell(channel, text, replyTo);
        said.push({ id, by, blind });
        for (const one of blind) forbidden[one].push(text);
      }

      for (const step of steps) {
        switch (step.act) {
          case 'say':
            if (isIn[step.by]) await say(step.by, fresh(), blindNow(step.by));
            break;
          case 'answer': {
            const to = said[step.at % Math.max(1, said.length)];
            if (to === undefined || !isIn[step.by] || to.blind.has(step.by)) break;
            await say(step.by, fresh(), blindNow(step.by), to.id);
            break;
          }
          case 'edit': {
            const to = said[step.at % Math.max(1, said.length)];
            if (to === undefined || !isIn[to.by] || to.blind.has(to.by)) break;
            const text = fresh();
            const edited = await people[to.by].client.edit(channel, to.id, text);
            if (edited.ok) for (const one of NAMES) if (to.blind.has(one) || !isIn[one]) forbidden[one].push(text);
            break;
          }
          case 'block':
          case 'unblock':
            if (step.by === step.whom) break;
            await people[step.by].client.do(step.act, { user: people[step.whom].user });
            if (step.act === 'block') blocks.add(`${step.by} ${step.whom}`);
            else blocks.delete(`${step.by} ${step.whom}`);
            break;
          case 'invite': {
            if (isIn[step.whom] || blocks.has(`${step.whom} ann`)) break;
            await given(people.ann.client.do('invite', { channel, users: [people[step.whom].user] }));
            const { invitations } = await given(people[step.whom].client.ask('invitations', {}));
            if (!invitations.some((one) => one.channel === channel)) break;
            await given(people[step.whom].client.do('answer-invitation', { channel, answer: 'accept' }));
            isIn[step.whom] = true;
            // what was said before one came is not for them, whatever was said of it since
            for (const [at, one] of said.entries()) said[at] = { ...one, blind: new Set([...one.blind, step.whom]) };

            break;
          }
          case 'leave':
            if (!isIn[step.whom]) break;
            await given(people[step.whom].client.do('leave-channel', { channel }));
            isIn[step.whom] = false;
            break;
        }
      }
      for (const name of NAMES) await holds(people[name], channel, isIn[name], forbidden[name]);
      for (const one of blocks) {
        const [by = '', whom = ''] = one.split(' ');
        await people[by as Name].client.do('unblock', { user: people[whom as Name].user });
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

/** Neither in pages nor in what a client reads from the beginning, nor by search. */
async function holds(person: Someone, channel: ChannelId, isIn: boolean, forbidden: readonly string[]): Promise<void> {
  const found = await person.client.history(channel, null, 100);
  expect(found.ok).toBe(isIn);
  const page = JSON.stringify(found);
  const peer = isIn ? await person.listen(channel) : null;
  if (peer !== null) {
    const joined = peer.frames.find((frame) => frame.type === 'joined');
    const epoch = joined?.type === 'joined' ? joined.epoch : '';
    await peer.ask({ type: 'join', channel, after: { epoch, seq: 0 }, limit: 50 });
  }
  const frames = JSON.stringify(peer?.frames ?? []);
  for (const text of forbidden) {
    expect(page).not.toContain(text);
    expect(frames).not.toContain(text);
  }
  await peer?.close();
}
