import { afterAll, beforeAll, expect, it } from 'vitest';
import { questions } from '../../core/plugin/asked/table.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, type Peer } from '../fakes/socket-peer.ts';

let hub: TestHub;
let admin: Peer;
let listener: Peer;

beforeAll(async () => {
  hub = await startTestHub();
  admin = await connectPeer(hub.wsUrl, { token: await hub.user('boss', 'admin') });
  listener = await connectPeer(hub.wsUrl, { token: await hub.user('ann') });
});
afterAll(async () => {
  await admin.close();
  await listener.close();
  await hub.close();
});

it('answers a question of the table, and what is left out is as its schema says', async () => {
  const answered = await admin.ask({ type: 'ask', kind: 'queue', of: {} });
  expect(answered).toMatchObject({ type: 'answered', kind: 'queue', value: { held: [], waiting: 0 } });
  const page = await listener.ask({ type: 'ask', kind: 'history', of: { channel: 'lobby' } });
  expect(page).toMatchObject({ type: 'answered', value: { messages: [], isEnd: true } });
  const { output } = questions.history;
  expect(output?.safeParse('value' in page ? page.value : null).success).toBe(true);
});

it('does an act of the table, for those who may', async () => {
  const of = { channel: 'lobby', seconds: 5 };
  expect(await listener.ask({ type: 'do', kind: 'set-slow', of })).toMatchObject({ type: 'error', code: 'forbidden' });
  expect(await admin.ask({ type: 'do', kind: 'set-slow', of })).toMatchObject({ type: 'answered', kind: 'set-slow' });
  const set = await admin.ask({ type: 'ask', kind: 'settings', of: { channel: 'lobby' } });
  expect(set).toMatchObject({ value: { mode: { slowSeconds: 5 } } });
});

it('names the field of what is asked wrongly, and knows no other kinds', async () => {
  const bad = await admin.ask({ type: 'do', kind: 'set-slow', of: { channel: 'lobby', seconds: 'many' } });
  expect(bad).toMatchObject({ type: 'error', code: 'bad-request', field: 'seconds' });
  const more = await admin.ask({ type: 'ask', kind: 'queue', of: { nonsense: 1 } });
  expect(more).toMatchObject({ type: 'error', code: 'bad-request', field: 'nonsense' });
  for (const kind of ['nothing', 'toString', '__proto__']) {
    expect(await admin.ask({ type: 'ask', kind, of: {} })).toMatchObject({ type: 'error', code: 'bad-request' });
  }
});
