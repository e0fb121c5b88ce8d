import { afterEach, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { PATIENT } from '../fakes/socket-peer.ts';
import { until } from '../fakes/until.ts';
import { type Listener, listen, live, wholeHistory } from './crowd.ts';

const WRITERS = 10;
const AT_ONCE = 25;

let hub: TestHub | null = null;
let listeners: Listener[] = [];
async function end(): Promise<void> {
  for (const { client } of listeners) client.close();
  listeners = [];
  await hub?.close();
  hub = null;
}

interface Crowd {
  readonly listening: number;
  /** A multiple of what all writers say at once. */
  readonly posts: number;
}

export function describeCuts({ listening, posts }: Crowd): void {
  afterEach(end);

  it(`gives ${listening} clients that are cut at random the same ${posts} messages, once each and in order`, async () => {
    hub = await startTestHub({ config: PATIENT });
    const { wsUrl } = hub;
    listeners = Array.from({ length: listening }, () => listen(wsUrl, 'lobby'));
    const tokens: string[] = [];
    for (let n = 0; n < WRITERS; n += 1) tokens.push(await hub.user(`Writer ${n}`));
    const writers = tokens.map((token) => listen(wsUrl, 'lobby', token));
    listeners.push(...writers);
    await Promise.all(listeners.map(({ client }) => live(client)));
    await until('all have joined', () => listeners.every((listener) => listener.resets() === 1));

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
        for (let n = 0; n < posts / WRITERS; n += AT_ONCE) {
          const batch = Array.from(
            { length: AT_ONCE },
            (_, at) => client.post({ channel: 'lobby', text: `${writer}: ${n + at}` }).done,
          );
          for (const written of await Promise.all(batch))
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
    expect(history).toHaveLength(posts);
    expect(new Set(history)).toEqual(new Set(outcomes.flat()));
    for (const acked of outcomes) expect(history.filter((id) => acked.includes(id))).toEqual(acked);
    expect(cuts).toBeGreaterThan(posts / 100);
    await until('all have heard all', () => listeners.every(({ heard }) => heard.length >= posts));
    for (const { heard, seqs, resets } of listeners) {
      expect(heard).toEqual(history);
      expect(seqs.every((seq, at) => at === 0 || seq > (seqs[at - 1] ?? 0))).toBe(true);
      expect(resets()).toBe(1);
    }
  }, 240_000);
}
