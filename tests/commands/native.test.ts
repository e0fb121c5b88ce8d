import { afterEach, expect, it } from 'vitest';
import { COMMANDS } from '../../core/community/commands/table.ts';
import { commandSpec } from '../../core/plugin/asked/shapes.ts';
import { type Rig, startRig, WITHIN } from '../portals/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

it('lists the commands of the one table, as the protocol has them', async () => {
  rig = await startRig();
  const ann = await rig.native('ann');
  const told = await ann.client.commands();
  if (!told.ok) throw new Error(told.say);
  expect(told.value.map(({ name }) => name)).toEqual(COMMANDS.map(({ name }) => name));
  for (const one of told.value) expect(commandSpec.parse(one)).toEqual(one);
});

it('answers whoever gave it alone, and stores nothing of it', async () => {
  rig = await startRig();
  const ann = await rig.native('ann');
  const ben = await rig.native('ben');
  const heard: unknown[] = [];
  ben.client.on('channel', (event) => heard.push(event));
  const answer = await ann.client.command('lobby', 'whois');
  expect(answer).toMatchObject({ ok: true, value: expect.stringContaining('You are ann, a listener') });
  await ben.say('over');
  await expect.poll(() => heard.length, WITHIN).toBeGreaterThan(0);
  expect(JSON.stringify(heard)).not.toContain('whois');
  expect(await rig.said()).toEqual(['over']);
});

it('refuses what is unknown, what is not for this rank, and what is asked of a channel that one cannot read', async () => {
  rig = await startRig();
  const ann = await rig.native('ann');
  expect(await ann.client.command('lobby', 'dance')).toMatchObject({ ok: false, code: 'not-found' });
  expect(await ann.client.command('nowhere', 'whois')).toMatchObject({ ok: false, code: 'not-found' });
  expect(await ann.client.command('lobby', 'bridge code')).toMatchObject({
    ok: true,
    value: expect.stringContaining('Only the DJ'),
  });
});

it('redacts the message that a command is about, by the rank of whoever gave it', async () => {
  rig = await startRig({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'floor' }] });
  const ann = await rig.native('ann');
  const root = await rig.native('root', 'admin');
  const id = await ann.say('rude');
  const ben = await rig.native('ben');
  expect(await ben.client.command('lobby', 'redact', id)).toMatchObject({ value: expect.stringContaining('Only a') });
  expect(await root.client.command('lobby', 'redact off topic', id)).toMatchObject({ value: 'It is gone.' });
  expect(await rig.said()).toEqual(['(gone)']);
  await expect.poll(() => rig.texts('floor'), WITHIN).toEqual([]);
});

it('slows somebody who gives too many', async () => {
  rig = await startRig();
  const ann = await rig.native('ann');
  const answers = await Promise.all(Array.from({ length: 25 }, () => ann.client.command('lobby', 'whois')));
  const refused = answers.filter((one) => !one.ok);
  expect(refused.length).toBe(5);
  expect(refused[0]).toMatchObject({ code: 'rate-limited' });
});
