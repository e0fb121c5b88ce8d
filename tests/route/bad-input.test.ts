import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestFrame } from '../../bridges/slipmat/protocol.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey, PATIENT, type Peer } from '../fakes/socket-peer.ts';
import { until } from '../fakes/until.ts';
import { type Listener, listen, live } from './crowd.ts';

const BATCH = 50;
const BATCHES = 200;

/** Something that a confused or hostile client might send as text. */
const json = fc.jsonValue({ maxDepth: 4 });
const valid = fc.constantFrom<object>(
  { type: 'join', channel: 'lobby', after: null },
  { type: 'join', channel: 'lobby', after: { epoch: 'e', seq: 0 }, limit: 10 },
  { type: 'leave', channel: 'lobby' },
  { type: 'edit', channel: 'lobby', key: 'k2345678', message: '01890000-0000-7000-8000-000000000000', text: 'x' },
  { type: 'history', channel: 'lobby', before: 10 },
  { type: 'search', text: 'x' },
  { type: 'typing', channel: 'lobby', on: true },
  { type: 'people', channel: 'lobby' },
);
/** A good request with one field replaced, added or taken away. */
const mutated = fc
  .tuple(
    valid,
    fc.constantFrom(
      'type',
      'id',
      'channel',
      'after',
      'limit',
      'key',
      'message',
      'before',
      'text',
      'on',
      '__proto__',
      'x',
    ),
    json,
    fc.boolean(),
  )
  .map(([frame, field, value, isGone]) => {
    const entries = Object.entries({ id: 'm', ...frame }).filter(([name]) => name !== field);
    return JSON.stringify(Object.fromEntries(isGone ? entries : [...entries, [field, value]]));
  });
const nested = fc
  .tuple(fc.integer({ min: 1, max: 30_000 }), fc.constantFrom('[', '{"a":', '[{"type":'))
  .map(([depth, open]) => open.repeat(Math.min(depth, Math.floor(60_000 / open.length))));
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 3, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 8, arbitrary: mutated },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3_000 }).map((at) => JSON.stringify({ type: at })) },
);

/** Whether the protocol has an answer for it that is no error about its form. */
function isRequest(frame: string): boolean {
  try {
    return requestFrame.safeParse(JSON.parse(frame)).success;
  } catch {
    return false;
  }
}

describe('bad input on the socket', () => {
  let hub: TestHub;
  let strict: TestHub;
  let neighbour: Listener;
  let writer: Listener;
  let isPosting = true;
  let posting: Promise<void>;
  const posted: string[] = [];
  let slowestMs = 0;
  let cases = 0;

  beforeAll(async () => {
    hub = await startTestHub({ config: PATIENT });
    strict = await startTestHub();
    neighbour = listen(hub.wsUrl, 'lobby');
    writer = listen(hub.wsUrl, 'lobby', await hub.user('Ann'));
    await Promise.all([live(neighbour.client), live(writer.client)]);
    posting = (async () => {
      while (isPosting) {
        const began = performance.now();
        const written = await writer.client.post({ channel: 'lobby', text: 'all is well' }).done;
        slowestMs = Math.max(slowestMs, performance.now() - began);
        posted.push(written.ok ? String(written.value.message) : written.say);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
  });
  afterAll(async () => {
    neighbour.client.close();
    writer.client.close();
    await Promise.all([hub.close(), strict.close()]);
  });

  it('answers each unreadable text with an error, names what is wrong, and goes on', async () => {
    let peer: Peer = await connectPeer(hub.wsUrl);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
        const from = peer.frames.length;
        for (const frame of batch) peer.raw(frame);
        expect(await peer.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
        const errors = peer.frames
          .slice(from)
          .filter((frame) => frame.type === 'error' && frame.code === 'bad-request');
        expect(errors.length).toBeGreaterThanOrEqual(batch.filter((frame) => !isRequest(frame)).length);
        for (const error of errors) expect(error).toMatchObject({ say: expect.stringMatching(/./) });
        cases += batch.length;
        if (peer.frames.length < 20_000) return;
        await peer.close();
        peer = await connectPeer(hub.wsUrl);
      }),
      { numRuns: BATCHES, endOnFailure: true },
    );
    await peer.close();
    expect(cases).toBeGreaterThanOrEqual(10_000);
  });

  it('closes with the code for what is no frame of the protocol at all', async () => {
    const hopeless: readonly (readonly [string, (peer: Peer) => void, readonly number[]])[] = [
      ['binary', (peer) => peer.raw(Buffer.from([1, 2, 3])), [1003]],
      ['binary JSON', (peer) => peer.raw(Buffer.from('{"type":"ping","id":"1"}')), [1003]],
      ['oversize', (peer) => peer.raw('x'.repeat(64 * 1024 + 1)), [1009]],
      ['oversize JSON', (peer) => peer.raw(JSON.stringify({ type: 'ping', id: 'x'.repeat(70_000) })), [1009]],
      ['broken UTF-8', (peer) => wire(peer).write(masked(0x81, Buffer.from([0xc3, 0x28]))), [1007]],
      ['unmasked', (peer) => wire(peer).write(Buffer.from([0x81, 0x02, 0x7b, 0x7d])), [1002]],
      ['reserved opcode', (peer) => wire(peer).write(masked(0x83, Buffer.from('{}'))), [1002]],
      ['compressed without leave', (peer) => wire(peer).write(masked(0xc1, Buffer.from('{}'))), [1002]],
      ['half a frame, then gone', (peer) => wire(peer).end(Buffer.from([0x81, 0xff, 0x00])), [1002, 1006]],
    ];
    for (const [name, send, codes] of hopeless) {
      for (let times = 0; times < 10; times += 1) {
        const peer = await connectPeer(hub.wsUrl);
        send(peer);
        expect(codes, name).toContain(await peer.closed);
        cases += 1;
      }
    }
  });

  it('closes with 4401 when the first frame is no hello', async () => {
    const { wsUrl } = hub;
    await fc.assert(
      fc.asyncProperty(text, async (first) => {
        const peer = await connectPeer(wsUrl, { sayHello: false });
        peer.raw(first);
        expect(await peer.closed).toBe(4401);
        expect(peer.frames[0]).toMatchObject({ type: 'error', code: 'bad-request' });
        cases += 1;
      }),
      { numRuns: 200 },
    );
  });

  it('tells a flood once how long to wait, then closes with 4429', async () => {
    const peer = await connectPeer(strict.wsUrl);
    for (let n = 0; n < 5_000; n += 1)
      if (peer.socket.readyState === peer.socket.OPEN) peer.say({ type: 'ping', id: `${n}` });
    expect(await peer.closed).toBe(4429);
    const told = peer.frames.filter((frame) => frame.type === 'error');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ code: 'rate-limited', id: null, retryAfterMs: expect.any(Number) });
    const garbage = await connectPeer(strict.wsUrl);
    for (let n = 0; n < 5_000; n += 1) if (garbage.socket.readyState === garbage.socket.OPEN) garbage.raw('garbage');
    expect(await garbage.closed).toBe(4429);
    expect(garbage.frames.length).toBeLessThan(200);
  });

  it('let the neighbours notice nothing', async () => {
    isPosting = false;
    await posting;
    await until('the neighbour has heard all', () => neighbour.heard.length === posted.length);
    expect(neighbour.heard).toEqual(posted);
    expect(neighbour.client.state().kind).toBe('live');
    expect(neighbour.resets()).toBe(1);
    expect(posted.length).toBeGreaterThan(20);
    expect(slowestMs).toBeLessThan(10_000);
    const late = await connectPeer(hub.wsUrl, { token: await hub.user('Bob') });
    expect(await late.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'still here' })).toMatchObject({
      outcome: 'posted',
    });
    await late.close();
  });
});

/** The bytes under a peer, for what no WebSocket library would send. */
function wire(peer: Peer): Duplex {
  return (peer.socket as unknown as { readonly _socket: Duplex })._socket;
}

function masked(first: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
