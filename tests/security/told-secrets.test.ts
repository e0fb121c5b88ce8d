import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPicky, ROOM, SECRET } from '../admin/picky.ts';
import { newKey, PATIENT } from '../fakes/socket-peer.ts';
import { type Device, type Rig, startRig } from '../relations/rig.ts';

/** Two bridges that say their token in what they say of failures, which none may. */
let rig: Rig;
let root: Device;
let ann: Device;
beforeAll(async () => {
  const { builtIns, config } = createPicky(PATIENT.bridges);
  const shut = { channel: 'lobby', bridge: 'locked', room: '#shut' };
  const portals = [{ channel: 'lobby', bridge: 'picky', room: ROOM }, shut];
  rig = await startRig('embedded', { builtIns, config: { ...config, portals } });
  root = await rig.device('root', rig.hubs[0], 'admin');
  ann = await rig.device('ann');
  await ann.join();
});
afterAll(() => rig.close());

it('what a careless bridge says of a message that it did not take tells its author no secret', async () => {
  const post = { type: 'post', channel: 'lobby', key: newKey(), text: 'boom', attachments: [], replyTo: null };
  const said = await ann.ask(post);
  if (said.type !== 'ack') throw new Error(`not said: ${JSON.stringify(said)}`);
  const delivery = async () => JSON.stringify(await ann.asks('delivery', { channel: 'lobby', message: said.message }));
  await expect.poll(delivery).toContain('it is not taken, ***');
  expect(await delivery()).not.toContain(SECRET);
});

it('what a careless bridge says of why it does not run tells no secret to those who look after its links', async () => {
  const health = async () => JSON.stringify(await root.asks('portal-health', { channel: 'lobby' }));
  await expect.poll(health).toContain('refused: ***');
  expect(await health()).not.toContain(SECRET);
});
