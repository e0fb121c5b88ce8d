import { afterEach, expect, it } from 'vitest';
import type { ChannelId, EpochMs } from '../../core/domain/ids.ts';
import { LOBBY, type OrderHub, startOrderHub } from '../moderation/rig.ts';
import { movedClock, WITHIN } from '../portals/rig.ts';
import { MIN } from './rig.ts';

const DJ = 'dj-kool' as ChannelId;
let hub: OrderHub;
const clock = movedClock();
afterEach(() => hub.close());

async function start() {
  hub = await startOrderHub({ clock });
  const [kool, ann, root] = [await hub.user('kool', 'dj'), await hub.user('ann'), await hub.user('root', 'admin')];
  return { kool: await hub.as(kool), ann: await hub.as(ann), root: await hub.as(root) };
}
const soon = (ms: number) => (clock.now() + ms) as EpochMs;

it('DJs plan, change and turn their events by forms, everybody sees them, and nobody else changes them', async () => {
  const { kool, ann, root } = await start();
  const asked = { channel: DJ, title: ' Summer Night ', startsAt: soon(60 * MIN) };
  expect(await ann.do('plan-event', asked)).toMatchObject({ ok: false, code: 'forbidden' });
  expect(await kool.do('plan-event', { ...asked, channel: LOBBY })).toMatchObject({ ok: false, code: 'not-found' });
  expect(await kool.do('plan-event', { ...asked, startsAt: soon(-MIN) })).toMatchObject({ code: 'bad-request' });
  const planned = await kool.do('plan-event', asked);
  if (!planned.ok) throw new Error(planned.say);
  const { event } = planned.value;
  expect(event).toMatchObject({ title: 'Summer Night', state: 'scheduled', channel: 'live-summer-night' });
  expect(await ann.ask('events', { channel: null })).toEqual({ events: [event] });
  expect(await ann.ask('events', { channel: DJ })).toEqual({ events: [event] });
  expect(await ann.do('turn-event', { event: event.id, turn: 'cancel' })).toMatchObject({ code: 'forbidden' });
  const changed = await kool.do('change-event', { event: event.id, title: 'Night', startsAt: soon(20 * MIN) });
  expect(changed).toMatchObject({ ok: true, value: { event: { title: 'Night' } } });
  expect(hub.hub.knowledge.directory.channel(event.channel)).toMatchObject({ name: 'Night', state: 'open' });
  expect(await root.do('turn-event', { event: event.id, turn: 'start' })).toMatchObject({ ok: true });
  expect(await kool.do('turn-event', { event: event.id, turn: 'start' })).toMatchObject({ ok: false });
  expect(await kool.do('turn-event', { event: event.id, turn: 'end' })).toMatchObject({ ok: true });
  expect(await kool.do('turn-event', { event: event.id, turn: 'resume' })).toMatchObject({
    ok: true,
    value: { event: { state: 'warmup', startedAt: expect.any(Number) } },
  });
});

it('D1: moderators are appointed by a form too, and those who moderate see who does', async () => {
  const { kool, ann, root } = await start();
  const asked = { channel: DJ, target: ann.actor.user, isForEvent: false };
  expect(await ann.do('appoint', asked)).toMatchObject({ ok: false });
  expect(await kool.do('appoint', asked)).toMatchObject({ ok: true });
  expect(await kool.ask('moderators', { channel: DJ })).toEqual({
    moderators: [{ user: ann.actor.user, name: 'ann', platform: 'slipmat', event: null }],
  });
  expect(await ann.ask('moderators', { channel: DJ })).toHaveProperty('moderators.length', 1);
  await expect(ann.ask('moderators', { channel: LOBBY })).rejects.toThrow('forbidden');
  expect(await root.do('dismiss', asked)).toMatchObject({ ok: true });
  await expect(ann.ask('moderators', { channel: DJ })).rejects.toThrow('forbidden');
});

it('somebody who is a DJ no more plans nothing: what was planned is cancelled, what runs ends', async () => {
  const { kool } = await start();
  const [later, now] = [soon(120 * MIN), soon(5 * MIN)];
  await kool.do('plan-event', { channel: DJ, title: 'Later', startsAt: later });
  const planned = await kool.do('plan-event', { channel: DJ, title: 'Now', startsAt: now });
  if (!planned.ok) throw new Error(planned.say);
  await kool.do('turn-event', { event: planned.value.event.id, turn: 'start' });
  expect((await hub.hub.accounts.dismissDj('kool')).ok).toBe(true);
  const states = async () => (await kool.ask('events', { channel: null })).events.map(({ state }) => state);
  await expect.poll(states, WITHIN).toEqual(['ended']);
  expect(await kool.do('plan-event', { channel: DJ, title: 'Again', startsAt: later })).toMatchObject({
    code: 'forbidden',
  });
  for (const id of [DJ, 'crew-kool' as ChannelId]) {
    expect(hub.hub.knowledge.facts.channel(id)?.state).toBe('read-only');
  }
});
