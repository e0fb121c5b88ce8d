import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());

const codes = async ({ client }: Participant, times: number): Promise<ReadonlySet<string>> => {
  const said = new Set<string>();
  for (let n = 0; n < times; n += 1) {
    const found = await client.search({ text: `word${n}` });
    said.add(found.ok ? 'found' : found.code);
  }
  return said;
};

it('somebody who searches without end is slowed, over all their connections, and nobody else is', async () => {
  const token = await hub.user('ann');
  const [first, second] = [await participant(hub.wsUrl, token), await participant(hub.wsUrl, token)];
  const other = await participant(hub.wsUrl, await hub.user('ben'));
  expect(await codes(first, 15)).toEqual(new Set(['found']));
  expect(await codes(second, 15)).toEqual(new Set(['found']));
  expect(await codes(first, 1)).toEqual(new Set(['rate-limited']));
  expect(await codes(other, 1)).toEqual(new Set(['found']));
  for (const one of [first, second, other]) one.close();
});
