import { type ContractSubject, contractCases, type PlatformDouble, skipReason } from 'slipmat-hub/contract';
import { BridgeError, type BridgePlugin, type HubPort } from 'slipmat-hub/plugin';
import { describe, expect, it } from 'vitest';
import type { RoomId } from '../../core/domain/ids.ts';
import { RETRY_AFTER_MS, startFakeRoom } from '../fakes/fake-room.ts';
import fakeRoom, { type FakeRoomConfig } from '../fakes/fake-room-bridge.ts';

const ROOM = 'a' as RoomId;
const ports = new WeakMap<PlatformDouble, number>();

async function open(): Promise<PlatformDouble> {
  const server = await startFakeRoom();
  const double: PlatformDouble = {
    room: ROOM,
    secret: server.token,
    retryAfterMs: RETRY_AFTER_MS,
    userPosts: async (text) => server.userPosts(ROOM, 'Ben', text),
    deliverAgain: async (id) => server.tellAgain(ROOM, id),
    posted: () => server.posts(ROOM).filter(({ by }) => by === 'hub-bot'),
    failures: ['cut', 'outage', 'silence'],
    failNext: (failure) => server.failNext(failure === 'cut' ? 'applied-then-cut' : failure, 1, ROOM),
    stop: server.stop,
  };
  ports.set(double, server.port);
  return double;
}

function subject(plugin: BridgePlugin<FakeRoomConfig>, fields: object = {}): ContractSubject<FakeRoomConfig> {
  return {
    plugin,
    open,
    config: (double) => ({ port: ports.get(double), token: double.secret, ...fields }),
    requiredField: 'token',
  };
}

describe.each([
  ['plain', {}],
  ['with keys', { isIdempotent: true }],
  ['that can be asked', { canFind: true }],
  ['without edits', { canEdit: false }],
])('a bridge %s', (_, fields) => {
  it.each(contractCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const of = subject(fakeRoom, fields);
    if ((await skipReason(one, of)) === null) await one.run(of);
  });
});

it('leaves a case out only for a reason', async () => {
  const find = contractCases.find(({ needs }) => needs?.includes('find'));
  if (find === undefined) throw new Error('no such case');
  expect(await skipReason(find, subject(fakeRoom))).toBe('the bridge has no find');
  expect(await skipReason(find, subject(fakeRoom, { canFind: true }))).toBe(null);
  expect(await skipReason(find, { ...subject(fakeRoom), skips: { [find.name]: 'it forgets' } })).toBe('it forgets');
});

/** The fake room's bridge with one fault, and the case that must find it. */
type Bridge = ReturnType<typeof fakeRoom.create>;
function faulty(
  spoil: (bridge: Bridge, hub: HubPort, config: FakeRoomConfig) => Partial<Bridge>,
): BridgePlugin<FakeRoomConfig> {
  return {
    ...fakeRoom,
    create(config, hub) {
      const bridge = fakeRoom.create(config, hub);
      return { ...bridge, ...spoil(bridge, hub, config) };
    },
  };
}
function withPort(change: (hub: HubPort) => Partial<HubPort>): BridgePlugin<FakeRoomConfig> {
  return { ...fakeRoom, create: (config, hub) => fakeRoom.create(config, { ...hub, ...change(hub) }) };
}
function failingPost(error: (config: FakeRoomConfig, cause: unknown) => unknown): BridgePlugin<FakeRoomConfig> {
  return faulty((bridge, _, config) => ({
    capabilities(room) {
      const { post, ...rest } = bridge.capabilities(room);
      if (post === undefined) return rest;
      const run: typeof post.run = async (command, signal) => {
        try {
          return await post.run(command, signal);
        } catch (cause) {
          throw error(config, cause);
        }
      };
      return { ...rest, post: { ...post, run } };
    },
  }));
}
const notParsing: BridgePlugin<FakeRoomConfig> = { ...fakeRoom, parseConfig: () => ({}) as FakeRoomConfig };
const deaf = withPort(() => ({ receive: async () => ({ kind: 'stopping' }) }));
const neverStops = faulty(() => ({ stop: async () => {} }));
const stopsOnce = faulty((bridge) => {
  let stops = 0;
  return {
    async stop() {
      stops += 1;
      await bridge.stop();
      if (stops === 2) throw new Error('stopped already');
    },
  };
});
const newIds = withPort((hub) => {
  let count = 0;
  return {
    receive(inbound) {
      count += 1;
      const ref = { room: ROOM, id: `${count}` };
      return hub.receive(inbound.kind === 'message' && count > 1 ? { ...inbound, ref } : inbound);
    },
  };
});
const eager = withPort((hub) => ({
  async receive(inbound) {
    await hub.cursor.save('moved');
    return hub.receive(inbound);
  },
}));
const retryable = () => new BridgeError('later', { kind: 'retryable', delivered: 'no' });
const leaky = failingPost(({ token }, cause) =>
  cause instanceof BridgeError ? new BridgeError(`failed with ${token}`, cause.failure) : cause,
);

it.each([
  ['refuses a config', notParsing],
  ['delivers what is posted', deaf],
  ['same message the same id', newIds],
  ['is silent after stop', neverStops],
  ['stops twice', stopsOnce],
  ['does not move the cursor', eager],
  ['makes a rate limit retryable', failingPost(retryable)],
  ['makes a refused credential', failingPost(retryable)],
  ['makes a lost room permanent', failingPost(retryable)],
  ['never prints its credential', leaky],
])(
  '"%s" finds a bridge that does not',
  async (name, plugin) => {
    const one = contractCases.find((each) => each.name.includes(name));
    if (one === undefined) throw new Error(`no case ${name}`);
    await expect(one.run(subject(plugin))).rejects.toThrow();
    await one.run(subject(fakeRoom));
  },
  30_000,
);
