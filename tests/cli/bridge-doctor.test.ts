import { expect, it } from 'vitest';
import { hubConfig } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import { bridgeFindings } from '../../core/cli/bridge-doctor.ts';
import { findingText } from '../../core/cli/finding.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import type { BridgePlugin } from '../../core/plugin/bridge.ts';
import fakeRoom from '../fakes/fake-room-bridge.ts';

const TOKEN = 'fr-5ecre7-t0ken';
type Doctor = NonNullable<BridgePlugin<unknown>['doctor']>;

/** Time that passes at once. */
const hasty: Clock = { ...systemClock, after: (_ms, run) => systemClock.after(1, run) };

async function report(doctors: Readonly<Record<string, Doctor>>, clock: Clock = systemClock): Promise<string> {
  const ids = Object.keys(doctors);
  const config = hubConfig.parse({
    bridges: ids.map((id) => ({ id, use: id, config: { port: 2_345, token: TOKEN } })),
    portals: ids.map((id) => ({ channel: 'lobby', bridge: id, room: `room-of-${id}` })),
  });
  const plugins = Object.entries(doctors).map(([id, doctor]) => [id, async () => ({ ...fakeRoom, doctor })] as const);
  const builtIns = { bridges: Object.fromEntries(plugins), surfaces: {} };
  return (await bridgeFindings(config, { builtIns, clock, rooms: config.portals })).map(findingText).join('');
}

it('asks each platform about the rooms of its own bridge, and names the bridge in every line', async () => {
  const doctor: Doctor = async (_config, rooms) => [
    { level: 'ok', what: `The bot is in ${rooms.join(', ')}.` },
    {
      level: 'warn',
      what: 'The bot may not delete.',
      mend: 'Make it an administrator:\nbridges/fake/README.md#rights',
    },
  ];
  expect(await report({ one: doctor, two: doctor })).toBe(
    `ok    The bridge one (one) can be loaded.
ok    one: The bot is in room-of-one.
warn  one: The bot may not delete.
      Make it an administrator: bridges/fake/README.md#rights
ok    The bridge two (two) can be loaded.
ok    two: The bot is in room-of-two.
warn  two: The bot may not delete.
      Make it an administrator: bridges/fake/README.md#rights
`,
  );
});

it('lets a doctor that throws or never ends cost a line of its own, and no other bridge its turn', async () => {
  const throwing: Doctor = async () => {
    throw new TypeError('no such host');
  };
  const said = await report(
    { throwing, hanging: () => new Promise(() => {}), well: async () => [{ level: 'ok', what: 'All is well.' }] },
    hasty,
  );
  expect(said).toMatch(/FAIL {2}throwing: its platform could not be asked\.\n.*TypeError: no such host/);
  expect(said).toMatch(/FAIL {2}hanging: its platform could not be asked\.\n.*did not answer within 20 seconds/);
  expect(said).toContain('ok    well: All is well.');
});

it('aborts what it no longer waits for', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const doctor: Doctor = (_config, _rooms, signal) => {
    signal.addEventListener('abort', () => resolve('aborted'));
    return new Promise(() => {});
  };
  await report({ hanging: doctor }, hasty);
  expect(await promise).toBe('aborted');
});

it('never prints a secret, wherever a plugin puts it', async () => {
  const careless: Doctor = async () => [
    { level: 'ok', what: `signed in with ${TOKEN}` },
    { level: 'fail', what: `refused: ${TOKEN}`, mend: `curl -H 'authorization: ${TOKEN}'` },
  ];
  const throwing: Doctor = async () => {
    throw new Error(`GET /bot${TOKEN}/getMe failed`);
  };
  const said = await report({ careless, throwing });
  expect(said).not.toContain(TOKEN);
  expect(said).toContain('[value]');
});

it('tells a wrong configuration of a bridge as a finding', async () => {
  const config = hubConfig.parse({ bridges: [{ id: 'odd', use: 'fake', required: true, config: { port: 1 } }] });
  const builtIns = { bridges: { fake: async () => fakeRoom }, surfaces: {} };
  const rooms: { bridge: string; room: RoomId }[] = [];
  expect(await bridgeFindings(config, { builtIns, clock: systemClock, rooms })).toEqual([
    {
      level: 'fail',
      what: 'The bridge odd cannot be loaded.',
      mend: expect.stringContaining('token: must be the token'),
    },
  ]);
});
