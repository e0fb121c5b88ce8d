import { afterEach, expect, it } from 'vitest';
import type { MessageId } from '../../core/domain/ids.ts';
import { connectPeer, newKey, type Peer } from '../fakes/socket-peer.ts';
import { closeAll, closing, join, LOBBY, soon, start } from './rig.ts';

afterEach(closeAll);

const hold = async (peer: Peer, text: string): Promise<MessageId> => {
  const said = await peer.ask({ type: 'post', channel: LOBBY, key: newKey(), text });
  if (said.type !== 'ack' || said.outcome !== 'held' || said.message === null) throw new Error(JSON.stringify(said));
  return said.message;
};
const told = (peer: Peer) =>
  peer.frames.flatMap((one) => (one.type === 'self' && one.what.kind === 'told' ? [one.what] : []));

it('tells all devices of whoever wrote it, and nobody else, what became of a held message; not what they took back', async () => {
  const hub = await start();
  const root = await join(hub, 'root', 'admin');
  const token = await hub.user('ann');
  const [phone, desk] = [await connectPeer(hub.wsUrl, { token }), await connectPeer(hub.wsUrl, { token })];
  const other = await connectPeer(hub.wsUrl, { token: await hub.user('ben') });
  for (const peer of [phone, desk, other]) closing.push(() => peer.close());
  const [good, bad, own] = [
    await hold(phone, 'https://good.example'),
    await hold(phone, 'https://bad.example'),
    await hold(phone, 'https://own.example'),
  ];
  expect(await root.do('release-held', { channel: LOBBY, message: good })).toMatchObject({ ok: true });
  expect(await phone.ask({ type: 'redact', channel: LOBBY, key: newKey(), message: own })).toMatchObject({
    type: 'ack',
  });
  expect(await root.do('discard-held', { channel: LOBBY, message: bad, reason: 'spam' })).toMatchObject({ ok: true });
  const both = [
    { channel: LOBBY, message: good, became: 'released' },
    { channel: LOBBY, message: bad, became: 'discarded' },
  ];
  await soon(() => told(phone)).toMatchObject(both);
  await soon(() => told(desk)).toMatchObject(both);
  expect(JSON.stringify(told(phone))).not.toContain('root');
  expect(told(other)).toEqual([]);
});
