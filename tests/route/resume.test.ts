import { afterEach, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { PATIENT } from '../fakes/socket-peer.ts';
import { type Listener, listen, live, until, wholeHistory } from './crowd.ts';

const LISTENERS = 200;
const POSTS = 5_000;
const WRITERS = 10;

let hub: TestHub | null = null;
let listeners: Listener[] = [];
afterEach(async () => {
  for (const { client } of listeners) client.close();
  listeners = [];
  await hub?.close();
  hub = null;
});

it(`gives ${LISTENERS} clients that are cut at random the same ${POSTS} messages, once each and in order`, async () => {
  hub = await startTestHub({ config: PATIENT });
  const { wsUrl } = hub;
  listeners = Array.from({ length: LISTENERS }, () => listen(wsUrl, 'lobby'));
  const tokens: string[] = [];
  for (let n = 0; n < WRITERS; n += 1) tokens.push(await hub.user(`Writer ${n}`));
  const writers = tokens.map((token) => listen(wsUrl, 'lobby', token));
  listeners.push(...writers);
  await Promise.all(listeners.map(({ client }) => live(client)));
  await until(() => listeners.every((listener) => listener.resets() === 1));

  let isPosting = true;
  let cuts = 0;
  const cutting = (async () => {
    while (isPosting) {
      listeners[Math.floor(Math.random() * listeners.length)]?.cut();
      cuts += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const outcomes = await Promise.all(
    writers.map(async ({ client }, writer) => {
      const acked: string[] = [];
      // Writers are cut too: what was not acknowledged goes again, under the same key.
      for (let n = 0; n < POSTS / WRITERS; n += 25) {
        const posts = Array.from(
          { length: 25 },
          (_, at) => client.post({ channel: 'lobby', text: `${writer}: ${n + at}` }).done,
        );
        for (const written of await Promise.all(posts))
          acked.push(written.ok ? String(written.value.message) : written.say);
      }
      return acked;
    }),
  );
  isPosting = false;
  await cutting;

  const [reader] = writers;
  if (reader === undefined) throw new Error('no writer');
  await live(reader.client);
  const history = await wholeHistory(reader.client, 'lobby');
  expect(history).toHaveLength(POSTS);
  expect(new Set(history)).toEqual(new Set(outcomes.flat()));
  for (const acked of outcomes) expect(history.filter((id) => acked.includes(id))).toEqual(acked);
  expect(cuts).toBeGreaterThan(50);
  await until(() => listeners.every(({ heard }) => heard.length >= POSTS));
  for (const { heard, seqs, resets } of listeners) {
    expect(heard).toEqual(history);
    expect(seqs.every((seq, at) => at === 0 || seq > (seqs[at - 1] ?? 0))).toBe(true);
    expect(resets()).toBe(1);
  }
}, 240_000);
