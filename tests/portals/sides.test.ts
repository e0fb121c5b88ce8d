import { afterEach, expect, it } from 'vitest';
import type { BridgeId, RoomId } from '../../core/domain/ids.ts';
import { codeIn, type Rig, startRig, WITHIN } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const portal = () => rig.hub().hub.portals.at('fake' as BridgeId, 'floor' as RoomId);
const state = () => ({ direction: portal()?.direction, isPaused: portal()?.isPaused });
const ask = (text: string) => rig.ask('floor', 'ann', text);
const dj = (switches: Parameters<Rig['act']>[1]) => rig.act('dana', `bridge ${switches}`, 'dj-dana');

/** Dana, a DJ, has linked her channel with a room that Ann administers. */
async function start(): Promise<void> {
  rig = await startRig();
  await rig.native('dana', 'dj', 'dj-dana');
  rig.room.setRole('floor', 'ann', 'admin');
  expect(await ask(`!bridge ${codeIn(await rig.act('dana', 'bridge code', 'dj-dana'))}`)).toBe('Linked.');
  await rig.told('floor');
}

it('who administers a room narrows its link and opens it again, but not what the DJ has shut', async () => {
  await start();
  expect(await ask('!bridge direction in')).toContain('Done');
  expect(await ask('!bridge direction both')).toContain('Done');
  expect(await ask('!bridge pause')).toBe('Done.');
  expect(await ask('!bridge resume')).toBe('Done.');
  expect(state()).toEqual({ direction: 'both', isPaused: false });

  expect(await dj('pause')).toContain('Done');
  expect(await ask('!bridge pause')).toBe('Done.');
  expect(await ask('!bridge resume')).toContain('have paused this link');
  expect(state().isPaused).toBe(true);
  await rig.restart();
  expect(await ask('!bridge resume')).toContain('have paused this link');
  expect(await dj('resume')).toContain('Done');

  expect(await dj('direction in')).toContain('Done');
  expect(await ask('!bridge direction both')).toContain('one way alone');
  expect(await ask('!bridge direction out')).toContain('one way alone');
  expect(state()).toEqual({ direction: 'in', isPaused: false });
});

it('what the operator has configured is not widened in the room, also after it was narrowed there', async () => {
  rig = await startRig({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'floor', direction: 'in' }] });
  rig.room.setRole('floor', 'ann', 'admin');
  expect(await ask('!bridge pause')).toBe('Done.');
  expect(await ask('!bridge direction both')).toContain('one way alone');
  expect(await ask('!bridge resume')).toBe('Done.');
  await expect.poll(state, WITHIN).toEqual({ direction: 'in', isPaused: false });
});
