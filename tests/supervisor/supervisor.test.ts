import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import { newHubId } from '../../core/async/mint.ts';
import type { BridgeId } from '../../core/domain/ids.ts';
import { noMedia } from '../../core/media/no-media.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { Bridge } from '../../core/plugin/bridge.ts';
import { BridgeError, type BridgeFailure } from '../../core/plugin/errors.ts';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import { createCourier } from '../../core/relay/courier.ts';
import type { Leases, LiveStore } from '../../core/store/ports.ts';
import {
  type ConfiguredBridge,
  createSupervisor,
  RequiredBridgeError,
  type Supervisor,
} from '../../core/supervisor.ts';
import { testClock } from '../accounts/harness.ts';
import * as rig from '../relay/rig.ts';

let opened: Awaited<ReturnType<typeof rig.openTempStore>>;
let store: LiveStore;
const supervisors: Supervisor[] = [];

beforeEach(async () => {
  opened = await rig.openTempStore();
  store = opened.store;
});
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((one) => one.stop()));
  await opened.close();
});

/** A plugin whose life a test watches and steers. */
interface Probe {
  readonly plugin: object;
  readonly starts: () => number;
  readonly isRunning: () => boolean;
  /** Whether it was ever asked to stop. */
  readonly isAsked: () => boolean;
  port(): HubPort;
  /** How the next start fails. */
  failStart(failure: BridgeFailure | Error): void;
  hangStart(): void;
  /** @returns lets it start */
  delayStart(): () => void;
  hangStop(): void;
}
function probe(fields: Partial<Pick<Bridge, 'placement' | 'delivery'>> = {}): Probe {
  const state = {
    starts: 0,
    isRunning: false,
    isAsked: false,
    stopHangs: false,
    next: null as Error | 'hang' | Promise<void> | null,
    port: null as HubPort | null,
  };
  const create = (_: unknown, port: HubPort): Bridge => {
    state.port = port;
    return {
      placement: 'one-hub',
      delivery: 'courier',
      ...fields,
      async start(signal) {
        state.starts += 1;
        const { next } = state;
        state.next = null;
        if (next === 'hang')
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        else if (next instanceof Promise) await next;
        else if (next !== null) throw next;
        state.isRunning = true;
      },
      async stop() {
        state.isAsked = true;
        if (state.stopHangs) await new Promise(() => undefined);
        state.isRunning = false;
      },
      capabilities: () => ({}),
    };
  };
  return {
    plugin: { apiVersion: 1, platform: 'probe', exampleConfig: '', parseConfig: (input: unknown) => input, create },
    starts: () => state.starts,
    isRunning: () => state.isRunning,
    isAsked: () => state.isAsked,
    port() {
      if (state.port === null) throw new Error('not created');
      return state.port;
    },
    failStart(failure) {
      state.next = failure instanceof Error ? failure : new BridgeError('said so', failure);
    },
    hangStart() {
      state.next = 'hang';
    },
    delayStart() {
      const { promise, resolve } = Promise.withResolvers<void>();
      state.next = promise;
      return resolve;
    },
    hangStop() {
      state.stopHangs = true;
    },
  };
}

interface Options {
  readonly probes: Readonly<Record<string, Probe>>;
  readonly required?: readonly string[];
  readonly surfaces?: readonly string[];
  readonly leases?: Leases;
  readonly clock?: Clock;
  readonly configs?: readonly ConfiguredBridge[];
  readonly portals?: ReturnType<typeof rig.changingPortals>;
}
function supervise({
  probes,
  required = [],
  surfaces = [],
  leases = store.leases,
  clock = systemClock,
  configs,
  portals,
}: Options): Supervisor {
  const links = portals ?? rig.changingPortals([]);
  const load = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, async () => probes[name]?.plugin]));
  const parts = { clock, logger: silentLogger, portals: links };
  const lookup = rig.lookupIn(store);
  const supervisor = createSupervisor({
    media: () => noMedia,
    http: () => ({ url: null, mount: () => () => undefined }),
    channels: () => null,
    commands: [],
    ...parts,
    bridges:
      configs ??
      Object.keys(probes).map((use) => ({ id: use as BridgeId, use, isRequired: required.includes(use), config: {} })),
    builtIns: {
      bridges: load(Object.keys(probes).filter((name) => !surfaces.includes(name))),
      surfaces: load(surfaces),
    },
    hub: newHubId(),
    leases,
    bridgeState: store.bridgeState,
    courier: createCourier({
      ...parts,
      log: store.log,
      deliveries: store.deliveries,
      bridgeState: store.bridgeState,
      lookup,
      asMarked: (_, message) => message,
      hasChanged: () => false,
      since: async () => [],
      publicUrl: null,
      outageMs: 600_000,
      count: () => {},
    }),
    receive: async ({ bridge, platform }) => ({
      kind: 'refused',
      code: 'not-found',
      say: `${bridge}/${platform}`,
      retryAfterMs: null,
    }),
    extend: (port) =>
      ({ ...port, verify: async () => ({ ok: false, code: 'sign-in', say: 'extended' }) }) as unknown as SurfacePort,
  });
  supervisors.push(supervisor);
  return supervisor;
}
const phaseOf = (supervisor: Supervisor, index = 0) => supervisor.status()[index]?.phase;
const TYPING = {
  kind: 'typing',
  room: 'r' as never,
  by: { id: 'x' as never, name: 'x', avatarUrl: null, isBot: false },
  on: true,
} as const;

it('starts the others when one cannot start, and says why', async () => {
  const [bad, good] = [probe(), probe()];
  bad.failStart({ kind: 'retryable', delivered: 'no' });
  const supervisor = supervise({ probes: { bad, good } });
  await supervisor.start();
  expect(phaseOf(supervisor, 0)).toEqual({ kind: 'waiting', say: 'said so' });
  expect(phaseOf(supervisor, 1)?.kind).toBe('live');
});

it('refuses to start the hub without a bridge that is required', async () => {
  const bad = probe();
  bad.failStart({ kind: 'auth' });
  await expect(supervise({ probes: { bad }, required: ['bad'] }).start()).rejects.toThrow(RequiredBridgeError);
});

it('names a plugin that cannot be loaded and runs the others', async () => {
  const good = probe();
  const configs = [
    { id: 'missing' as BridgeId, use: 'nobody-made-this-package', isRequired: false, config: {} },
    { id: 'good' as BridgeId, use: 'good', isRequired: false, config: {} },
  ];
  const supervisor = supervise({ probes: { good }, configs });
  await supervisor.start();
  expect(phaseOf(supervisor, 0)).toMatchObject({
    kind: 'broken',
    say: expect.stringContaining('nobody-made-this-package'),
  });
  expect(phaseOf(supervisor, 1)?.kind).toBe('live');
});

it('starts a failed link again after a wait', async () => {
  const one = probe();
  const supervisor = supervise({ probes: { one } });
  await supervisor.start();
  one.port().status(null, { kind: 'failed', failure: { kind: 'retryable', delivered: 'no' }, say: 'connection lost' });
  await rig.until('waiting', () => phaseOf(supervisor)?.kind === 'waiting');
  expect(one.isRunning()).toBe(false);
  await rig.until('live again', () => phaseOf(supervisor)?.kind === 'live');
  expect(one.starts()).toBe(2);
});

it('tries a refused credential once, and tells', async () => {
  const one = probe();
  one.failStart({ kind: 'auth' });
  const supervisor = supervise({ probes: { one } });
  await supervisor.start();
  expect(phaseOf(supervisor)).toEqual({ kind: 'paused', say: 'said so' });
  expect(one.starts()).toBe(1);
});

it('shows of an unexpected error its kind alone, for its text may hold a secret', async () => {
  const one = probe();
  one.failStart(new TypeError('bad token s3cret-t0ken'));
  const supervisor = supervise({ probes: { one } });
  await supervisor.start();
  expect(phaseOf(supervisor)).toEqual({ kind: 'waiting', say: 'TypeError' });
});

it('runs a one-hub bridge on one hub, and on the next when that one stops', async () => {
  const [mine, theirs] = [probe(), probe()];
  const first = supervise({ probes: { bridge: mine } });
  await first.start();
  const second = supervise({ probes: { bridge: theirs } });
  await second.start();
  expect([mine.isRunning(), theirs.isRunning()]).toEqual([true, false]);
  expect(phaseOf(second)?.kind).toBe('standby');
  await first.stop();
  expect(mine.isRunning()).toBe(false);
  await rig.until('taken over', () => theirs.isRunning());
});

it('runs an each-hub bridge on every hub', async () => {
  const [mine, theirs] = [
    probe({ placement: 'each-hub', delivery: 'feed' }),
    probe({ placement: 'each-hub', delivery: 'feed' }),
  ];
  await supervise({ probes: { socket: mine } }).start();
  await supervise({ probes: { socket: theirs } }).start();
  expect([mine.isRunning(), theirs.isRunning()]).toEqual([true, true]);
});

it('stops a bridge before its lease ends when the store falls silent, and takes nothing more from it', async () => {
  const one = probe();
  let isSilent = false;
  const leases: Leases = {
    ...store.leases,
    take: (...asked) => (isSilent ? new Promise(() => {}) : store.leases.take(...asked)),
    renew: (...asked) => (isSilent ? new Promise(() => {}) : store.leases.renew(...asked)),
  };
  const clock = testClock();
  await supervise({ probes: { one }, leases, clock }).start();
  expect((await one.port().receive(TYPING)).kind).toBe('refused');
  isSilent = true;
  // the lease is another hub's after five seconds
  for (let ms = 0; ms < 4_750; ms += 250) clock.move(250);
  await rig.until('stopped', () => !one.isRunning());
  expect(await one.port().receive(TYPING)).toEqual({ kind: 'stopping' });
  await one.port().cursor.save('later');
  expect(await store.bridgeState.load('one' as BridgeId, 'cursor')).toBe(null);
});

it('does not wait long for a bridge that hangs and is not required, and lets it join by itself', async () => {
  const [slow, good] = [probe(), probe()];
  const letGo = slow.delayStart();
  const supervisor = supervise({ probes: { slow, good } });
  const began = performance.now();
  await supervisor.start();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect([phaseOf(supervisor, 0)?.kind, phaseOf(supervisor, 1)?.kind]).toEqual(['starting', 'live']);
  letGo();
  await rig.until('joined', () => phaseOf(supervisor, 0)?.kind === 'live');
});

it('joins by itself once the platform lets it, after refusals', async () => {
  const one = probe();
  one.failStart({ kind: 'retryable', delivered: 'no', retryAfterMs: 50 });
  const supervisor = supervise({ probes: { one } });
  await supervisor.start();
  expect(phaseOf(supervisor)?.kind).toBe('waiting');
  one.failStart({ kind: 'retryable', delivered: 'no' });
  await rig.until('live', () => phaseOf(supervisor)?.kind === 'live');
  expect(one.starts()).toBe(3);
});

it('stops within five seconds though a bridge does not', async () => {
  const one = probe();
  const clock = testClock();
  const supervisor = supervise({ probes: { one }, clock });
  await supervisor.start();
  one.hangStop();
  let isStopped = false;
  const stopping = supervisor.stop().then(() => {
    isStopped = true;
  });
  await rig.until('asked', one.isAsked);
  expect(isStopped).toBe(false);
  clock.move(5_000);
  await rig.until('stopped', () => isStopped);
  await stopping;
});

it('aborts a start that hangs when the hub stops', async () => {
  const one = probe();
  one.hangStart();
  const supervisor = supervise({ probes: { one } });
  const starting = supervisor.start();
  await rig.until('starting', () => one.starts() === 1);
  await supervisor.stop();
  await starting;
  expect(phaseOf(supervisor)?.kind).toBe('stopped');
});

it('stamps what a bridge reports with its id and platform', async () => {
  const one = probe();
  await supervise({ probes: { one } }).start();
  expect(await one.port().receive(TYPING)).toMatchObject({ say: 'one/probe' });
});

it('keeps cursor and state of each bridge over restarts, apart from one another', async () => {
  const [one, two] = [probe(), probe()];
  const supervisor = supervise({ probes: { one, two } });
  await supervisor.start();
  await one.port().cursor.save('17');
  await one.port().state.save('cursor', 'not the cursor');
  await expect(one.port().state.save('big', 'x'.repeat(70_000))).rejects.toThrow('65536');
  expect(await two.port().cursor.load()).toBe(null);
  await supervisor.stop();
  const again = probe();
  await supervise({ probes: { one: again } }).start();
  expect(await again.port().cursor.load()).toBe('17');
  expect(await again.port().state.load('cursor')).toBe('not the cursor');
});

it('tells a bridge of its own rooms and their changes alone', async () => {
  const one = probe();
  const own = (room: string) => rig.portal(room, { bridge: 'one' as BridgeId });
  const other = rig.portal('x', { bridge: 'other' as BridgeId });
  const portals = rig.changingPortals([own('a'), other]);
  await supervise({ probes: { one }, portals }).start();
  expect(
    one
      .port()
      .rooms.list()
      .map(({ room }) => room),
  ).toEqual(['a']);
  const changes: string[] = [];
  const stop = one.port().rooms.onChange(({ kind, room }) => changes.push(`${kind} ${room.room} ${room.direction}`));
  portals.set([own('b')]);
  portals.set([{ ...own('b'), direction: 'out' }, other]);
  expect(changes).toEqual(['unlinked a both', 'linked b both', 'unlinked b both', 'linked b out']);
  stop();
  portals.set([]);
  expect(changes).toHaveLength(4);
});

it('hands a surface port to built-in surfaces alone', async () => {
  const [surface, bridge] = [probe({ placement: 'each-hub', delivery: 'feed' }), probe()];
  await supervise({ probes: { surface, bridge }, surfaces: ['surface'] }).start();
  expect('verify' in surface.port()).toBe(true);
  expect('verify' in bridge.port()).toBe(false);
});

it('shows what a bridge last said of each linked room', async () => {
  const one = probe();
  const portals = rig.changingPortals([rig.portal('a', { bridge: 'one' as BridgeId })]);
  const supervisor = supervise({ probes: { one }, portals });
  await supervisor.start();
  one.port().status('a' as never, { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' }, say: 'kicked' });
  one.port().status('nowhere' as never, { kind: 'live' });
  expect([...(supervisor.status()[0]?.rooms ?? [])]).toMatchObject([['a', { kind: 'failed', say: 'kicked' }]]);
  portals.set([]);
  expect(supervisor.status()[0]?.rooms.size).toBe(0);
});
