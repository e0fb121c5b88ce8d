import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, createClient, followQuiet, followReading } from '../../client/index.ts';
import { says } from '../reading/rig.ts';
import { type Device, type Rig, startRig, WITHIN } from '../relations/rig.ts';

let rig: Rig;
let ben: Device;
const clients: Client[] = [];
beforeAll(async () => {
  rig = await startRig('embedded');
  ben = await rig.device('ben');
});
afterAll(async () => {
  for (const client of clients) client.close();
  await rig.close();
});

async function come(name: string | null): Promise<Client> {
  const client = createClient({ url: rig.hubs[0].wsUrl, token: name === null ? null : await rig.hubs[0].user(name) });
  clients.push(client);
  const joined = await client.join('lobby');
  expect(joined.ok).toBe(true);
  return client;
}

it('U5: what one client mutes another client of the person hides, and shows again', async () => {
  const [phone, laptop] = [await come('ann'), await come('ann')];
  const quiet = followQuiet(laptop);
  let told = 0;
  quiet.on(() => {
    told += 1;
  });
  await expect.poll(() => told, WITHIN).toBeGreaterThan(0);
  expect(quiet.hides(ben.user)).toBe(false);
  await phone.do('mute', { user: ben.user });
  await expect.poll(() => quiet.hides(ben.user), WITHIN).toBe(true);
  expect(quiet.relations().muted).toMatchObject([{ user: ben.user }]);
  await phone.do('unmute', { user: ben.user });
  await expect.poll(() => quiet.hides(ben.user), WITHIN).toBe(false);
  quiet.stop();
});

it('T10: what is seen on one client is read on the other, with what is left', async () => {
  const [phone, laptop] = [await come('cat'), await come('cat')];
  const [here, there] = [followReading(phone), followReading(laptop)];
  await expect.poll(() => here.isKnown() && there.isKnown(), WITHIN).toBe(true);
  const first = await says(ben, 'one');
  here.mark('lobby', first.seq);
  await expect.poll(() => there.of('lobby')?.readUpTo, WITHIN).toBe(first.seq);
  expect(there.of('lobby')).toMatchObject({ unread: 0, mentions: 0, firstUnread: null });
  const second = await says(ben, 'hello @cat');
  const later = await come('cat');
  const afterwards = followReading(later);
  await expect
    .poll(() => afterwards.of('lobby'), WITHIN)
    .toMatchObject({
      readUpTo: first.seq,
      unread: 1,
      mentions: 1,
      firstUnread: second.seq,
    });
  for (const one of [here, there, afterwards]) one.stop();
});

it('guests are asked nothing, and mute and mark nothing', async () => {
  const guest = await come(null);
  const [quiet, reading] = [followQuiet(guest), followReading(guest)];
  reading.mark('lobby', (await says(ben, 'for all')).seq);
  reading.stop();
  expect([quiet.hides(ben.user), reading.isKnown(), reading.of('lobby')]).toEqual([false, false, null]);
});
