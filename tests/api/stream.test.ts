import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStage, apiStage } from './rig.ts';

let hub: ApiStage;
let ann: string;
let boss: string;

beforeAll(async () => {
  hub = await apiStage();
  ann = await hub.user('ann');
  boss = await hub.user('boss', 'admin');
});
afterAll(() => hub.close());

interface Event {
  readonly id: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly data: any;
}

/** Follows a channel as a browser's EventSource does. */
async function open(token: string, last: string | null = null, channel = 'lobby') {
  const aborting = new AbortController();
  const answer = await fetch(`${hub.url}/api/v1/channels/${channel}/events`, {
    headers: { authorization: `Bearer ${token}`, ...(last !== null && { 'last-event-id': last }) },
    signal: aborting.signal,
  });
  const events: Event[] = [];
  let isOver = false;
  const reading = (async () => {
    let rest = '';
    for await (const chunk of answer.body ?? []) {
      const blocks = (rest + Buffer.from(chunk).toString('utf8')).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields.data !== undefined)
          events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
      }
    }
    isOver = true;
  })().catch(() => {
    isOver = true;
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    events,
    isOver: () => isOver,
    async close() {
      aborting.abort();
      await reading;
    },
  };
}

const textsIn = (events: readonly Event[]) =>
  events.filter(({ event }) => event === 'message').map(({ data }) => data.message.content.rich[0].text);
const post = (text: string) => hub.as(ann)('POST', '/channels/lobby/messages', { text });

describe('the stream of a channel', () => {
  it('tells each entry in order, and goes on where it broke off with nothing lost and nothing doubled', async () => {
    const token = await hub.token(ann, { scopes: ['read'] });
    const first = await open(token);
    expect([first.status, first.type]).toEqual([200, 'text/event-stream']);
    for (let n = 0; n < 5; n += 1) await post(`one ${n}`);
    await expect.poll(() => textsIn(first.events)).toEqual([0, 1, 2, 3, 4].map((n) => `one ${n}`));
    expect(first.events[0]?.event).toBe('opened');
    await first.close();
    for (let n = 0; n < 300; n += 1) await post(`two ${n}`);
    const again = await open(token, first.events.at(-1)?.id ?? null);
    const sent = Promise.all(Array.from({ length: 20 }, (_, n) => post(`three ${n}`)));
    await sent;
    await expect.poll(() => textsIn(again.events).length).toBe(320);
    expect(textsIn(again.events).slice(0, 300)).toEqual(Array.from({ length: 300 }, (_, n) => `two ${n}`));
    expect(new Set(textsIn(again.events)).size).toBe(320);
    await again.close();
  });

  it('tells edits and removals by their names, and begins anew after a past that is not there', async () => {
    const stream = await open(await hub.token(ann, { scopes: ['read'] }), 'another:12');
    expect((await open(ann, 'nonsense')).status).toBe(400);
    await expect.poll(() => stream.events[0]?.event).toBe('reset');
    const { message } = (await post('frist')).body;
    await hub.as(ann)('PATCH', `/channels/lobby/messages/${message}`, { text: 'first' });
    await hub.as(ann)('PUT', `/channels/lobby/messages/${message}/reactions/🎉`, {});
    await hub.as(ann)('DELETE', `/channels/lobby/messages/${message}`);
    await expect
      .poll(() => stream.events.slice(1).map(({ event }) => event))
      .toEqual(['message', 'edit', 'reaction', 'redaction']);
    await stream.close();
  });

  it('is for tokens that may read, and ends when the token does', async () => {
    expect((await open(await hub.token(ann, { scopes: ['post'] }))).status).toBe(403);
    expect((await open('slip_nothing')).status).toBe(401);
    expect((await open(ann, null, 'no-such-channel')).status).toBe(404);
    const made = await hub.as(ann)('POST', '/tokens', { name: 'reader', scopes: ['read'] });
    const stream = await open(made.body.secret);
    await hub.as(ann)('DELETE', `/tokens/${made.body.token.id}`);
    await expect.poll(() => stream.isOver()).toBe(true);
  });

  it('counts as being there, and is bounded', async () => {
    const token = await hub.token(boss, { scopes: ['read'] });
    const streams = await Promise.all(Array.from({ length: 10 }, () => open(token)));
    const people = async () => (await hub.as(ann)('GET', '/channels/lobby/people')).body.people;
    await expect.poll(async () => JSON.stringify(await people())).toContain('boss');
    expect((await open(token)).status).toBe(429);
    for (const stream of streams) await stream.close();
    await expect.poll(async () => JSON.stringify(await people())).not.toContain('boss');
  });
});
