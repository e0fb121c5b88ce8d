import { afterEach, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import { MIN, plan, reaches } from '../events/rig.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { by, openStage, type Stage, WITHIN } from './rig.ts';

const HOME = 'dj-kool' as ChannelId;
let stage: Stage | null = null;
const people: Participant[] = [];
afterEach(async () => {
  for (const one of people.splice(0)) one.close();
  await stage?.close();
});

it('M1: a moderator of one event neither sees nor decides what was done before it in the chat of the DJ', async () => {
  const opened = await openStage();
  stage = opened;
  const hub = await opened.start({ config: opened.world.config({}, HOME) });
  const kool = await participant(hub.wsUrl, await hub.user('kool', 'dj'));
  const mo = await participant(hub.wsUrl, await hub.user('mo'));
  people.push(kool, mo);
  const seenBy = async (who: Participant, channel: ChannelId) => {
    const asked = await who.client.ask('native-acts', { channel });
    return asked.ok ? asked.value.acts.map(({ id }) => id) : asked.code;
  };
  await expect.poll(() => opened.portal('south').channel, WITHIN).toBe(HOME);
  opened.tells('south', { on: 'gus', by: by('stranger'), act: 'ban' });
  await expect.poll(() => seenBy(kool, HOME), WITHIN).toHaveLength(1);
  const event = await plan(hub.hub, 'kool', 'Night', opened.clock.now() + 10 * MIN);
  await reaches(hub.hub, event.channel, 'warmup');
  expect(await opened.act('kool', 'appoint mo event', event.channel)).toContain('"Night"');
  const [act = ''] = await seenBy(kool, event.channel);
  expect(act).not.toBe('');
  expect(await seenBy(mo, event.channel)).toEqual([]);
  const dismissed = await mo.client.do('dismiss-native-act', { channel: event.channel, act });
  expect(dismissed).toMatchObject({ ok: false, code: 'decided' });
  expect(await opened.act('mo', `apply ${act} no`, event.channel)).toContain('no such act');
  expect(await seenBy(kool, HOME)).toEqual([act]);
});
