import { afterEach, beforeEach, expect, it } from 'vitest';
import matrix from '../../../bridges/matrix/index.ts';
import { createPortDouble, type PortDouble } from '../../../core/contract/port-double.ts';
import { plainText } from '../../../core/domain/content.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { Inbound } from '../../../core/domain/inbound.ts';
import type { Receipt } from '../../../core/domain/receipt.ts';
import type { Bridge } from '../../../core/plugin/bridge.ts';
import { BEN, HS_TOKEN, type OpenedDouble, openMatrixDouble, ROOM, SECOND } from '../../fakes/matrix-double.ts';

let opened: OpenedDouble;
let hub: PortDouble;
let bridge: Bridge;
/** What the hub answers; null: as the double does. */
let answer: (inbound: Inbound) => Receipt | null;

beforeEach(async () => {
  opened = await openMatrixDouble();
  hub = createPortDouble([ROOM as RoomId, SECOND as RoomId]);
  answer = () => null;
  const receive = async (inbound: Inbound): Promise<Receipt> => answer(inbound) ?? hub.port.receive(inbound);
  bridge = matrix.create(matrix.parseConfig(opened.config), { ...hub.port, receive });
  await bridge.start(AbortSignal.timeout(10_000));
});
afterEach(async () => {
  await bridge.stop();
  await opened.double.stop();
});

const UNAVAILABLE: Receipt = { kind: 'refused', code: 'unavailable', say: 'no', retryAfterMs: 1 };
const OFFSET = 1_700_000_000_000;
let count = 0;

function said(body: string, room: string = ROOM): object {
  count += 1;
  const content = { msgtype: 'm.text', body };
  return {
    event_id: `$own-${count}`,
    room_id: room,
    sender: BEN,
    type: 'm.room.message',
    content,
    origin_server_ts: OFFSET + count,
  };
}

async function pushEvents(
  txn: string,
  events: readonly unknown[],
  token: object = { authorization: `Bearer ${HS_TOKEN}` },
  query = {},
) {
  const bytes = Buffer.from(JSON.stringify({ events }));
  const path = `/_matrix/app/v1/transactions/${txn}`;
  return (await hub.call({ method: 'PUT', path, query, headers: { ...token }, body: async () => bytes })).status;
}

const texts = () => hub.received.flatMap((one) => (one.kind === 'message' ? [plainText(one.content.rich)] : []));

it('takes the token of the homeserver as a header or in the address, and no other', async () => {
  expect(await pushEvents('t1', [said('one')])).toBe(200);
  expect(await pushEvents('t2', [said('two')], {}, { access_token: HS_TOKEN })).toBe(200);
  for (const wrong of [{}, { authorization: 'Bearer nonsense' }, { authorization: HS_TOKEN }]) {
    expect(await pushEvents('t3', [said('three')], wrong)).toBe(403);
  }
  expect(texts()).toEqual(['one', 'two']);
});

it('hears each event of a transaction once, however often and under whatever number it comes', async () => {
  const events = [said('one'), said('two')];
  expect([await pushEvents('t1', events), await pushEvents('t1', events), await pushEvents('t9', events)]).toEqual([
    200, 200, 200,
  ]);
  expect(texts()).toEqual(['one', 'two']);
});

it('remembers over a new start what was through', async () => {
  const events = [said('one'), said('two')];
  await pushEvents('t1', events);
  await bridge.stop();
  await bridge.start(AbortSignal.timeout(10_000));
  expect(await pushEvents('t1', events)).toBe(200);
  expect(texts()).toEqual(['one', 'two']);
});

it('takes a transaction that comes again while it is still at it for the same', async () => {
  const release = hub.holdReceipts();
  const events = [said('one')];
  const both = [pushEvents('t1', events), pushEvents('t1', events)];
  await expect.poll(texts).toEqual(['one']);
  release();
  expect(await Promise.all(both)).toEqual([200, 200]);
  expect(texts()).toEqual(['one']);
});

it('has a transaction come again until all of it is stored, asks for what is missing alone, and keeps the order', async () => {
  const events = [said('one'), said('two'), said('three')];
  answer = (inbound) => (inbound.kind === 'message' && plainText(inbound.content.rich) === 'two' ? UNAVAILABLE : null);
  expect(await pushEvents('t1', events)).toBe(503);
  expect(texts()).toEqual(['one']);
  answer = () => null;
  expect(await pushEvents('t1', events)).toBe(200);
  expect(texts()).toEqual(['one', 'two', 'three']);
});

it('an event that always fails holds up its room for a while, the other room not at all, and is then left out', async () => {
  const events = [said('one'), said('bad'), said('three'), said('elsewhere', SECOND)];
  answer = (inbound) => (inbound.kind === 'message' && plainText(inbound.content.rich) === 'bad' ? UNAVAILABLE : null);
  const statuses: number[] = [];
  while (statuses.at(-1) !== 200 && statuses.length < 20) statuses.push(await pushEvents('t1', events));
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(2);
  expect(statuses.at(-1)).toBe(200);
  expect(texts()).toEqual(['one', 'elsewhere', 'three']);
  expect(hub.logged()).toContain('left out');
});

it('leaves out nothing while the hub stores nothing at all', async () => {
  hub.answerStopping();
  const events = [said('one'), said('elsewhere', SECOND)];
  for (let each = 0; each < 20; each += 1) expect(await pushEvents('t1', events)).toBe(503);
  hub.answerAccepted();
  expect(await pushEvents('t1', events)).toBe(200);
  expect(new Set(texts())).toEqual(new Set(['one', 'elsewhere']));
});

it('is not thrown off by events that nobody foresaw', async () => {
  const odd = [
    null,
    7,
    'x',
    {},
    { event_id: 5 },
    { ...said('x'), content: null },
    { ...said('x'), origin_server_ts: 'now' },
  ];
  const strange = [
    'm.room.message',
    'm.reaction',
    'm.room.redaction',
    'm.room.member',
    'm.sticker',
    'm.room.tombstone',
  ].map((type) => ({
    ...said('x'),
    type,
    content: { membership: 5, 'm.relates_to': [], body: {}, url: 9 },
    state_key: BEN,
  }));
  expect(await pushEvents('t1', [...odd, ...strange, said('fine')])).toBe(200);
  expect(texts()).toEqual(['fine']);
  const bytes = Buffer.from('no JSON');
  const headers = { authorization: `Bearer ${HS_TOKEN}` };
  const call = { method: 'PUT', path: '/_matrix/app/v1/transactions/t2', query: {}, headers };
  expect((await hub.call({ ...call, body: async () => bytes })).status).toBe(400);
  expect((await hub.call({ ...call, body: async () => null })).status).toBe(400);
  expect((await hub.call({ ...call, method: 'GET', path: '/elsewhere', body: async () => bytes })).status).toBe(404);
});

it('nobody from elsewhere passes for one of ours, and ours from elsewhere are people', async () => {
  const names = ['@slipmat_x:elsewhere.test', '@slipmat:elsewhere.test', '@notslipmat_x:double.test'];
  await pushEvents(
    't1',
    names.map((sender) => ({ ...said(sender), sender })),
  );
  expect(texts()).toEqual(names);
  await pushEvents('t2', [{ ...said('an echo'), sender: '@slipmat_discord_u-x:double.test' }]);
  expect(texts()).toEqual(names);
});

it('reads back what the homeserver forgot to tell before it went down, before all that follows, and only once', async () => {
  const { server } = opened;
  const say = (body: string, room = ROOM) =>
    server.world.add({ room, sender: BEN, type: 'm.room.message', content: { msgtype: 'm.text', body } });
  const push = (events: readonly object[]) => pushEvents(`t${count++}`, events);
  await push([say('one'), say('elsewhere', SECOND)]);
  const lost = Array.from({ length: 130 }, (_, index) => say(`lost ${index}`));
  say('lost elsewhere', SECOND);
  server.goAway();
  await expect.poll(() => hub.logged()).toContain('the homeserver is away');
  server.comeBack();
  await push([say('after')]);
  await expect.poll(texts).toContain('lost elsewhere');
  const inRoom = texts().filter((text) => !text.includes('elsewhere'));
  expect(inRoom).toEqual(['one', ...lost.map((_, index) => `lost ${index}`), 'after']);
  say('forgotten while it found us back');
  await push([say('more')]);
  expect(texts().slice(-2)).toEqual(['forgotten while it found us back', 'more']);
  expect(texts().filter((text) => text === 'lost 0' || text === 'lost elsewhere')).toHaveLength(2);
});

it('reads back over a new start too, and nothing of the time before it was there', async () => {
  const { server } = opened;
  const say = (body: string) =>
    server.world.add({ room: ROOM, sender: BEN, type: 'm.room.message', content: { msgtype: 'm.text', body } });
  say('long ago');
  await pushEvents('t1', [say('one')]);
  await bridge.stop();
  say('meanwhile');
  await bridge.start(AbortSignal.timeout(10_000));
  await expect.poll(texts).toEqual(['one', 'meanwhile']);
});
