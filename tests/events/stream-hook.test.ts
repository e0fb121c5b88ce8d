import { createHmac } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import { outcomeOf } from '../fakes/people.ts';
import { movedClock, type Rig, startRig, WITHIN } from '../portals/rig.ts';
import { MIN, notices, plan, reaches, turn, userCalled } from './rig.ts';

const SECRET = 'a secret of the streaming side';
let rig: Rig;
let clock: ReturnType<typeof movedClock>;
afterEach(() => rig.close());
const hub = () => rig.hub().hub;

async function start(): Promise<void> {
  clock = movedClock();
  rig = await startRig({ clock, extra: { streamHookSecret: SECRET } });
  await rig.native('kool', 'dj');
}

interface Sent {
  readonly secret?: string;
  readonly timestamp?: number;
  readonly body?: string;
}
/** As the streaming side sends it. @returns the status */
async function tell(stream: string, more: Record<string, unknown> = {}, sent: Sent = {}): Promise<number> {
  const body = sent.body ?? JSON.stringify({ dj: 'dj-kool', stream, at: clock.now(), ...more });
  const timestamp = sent.timestamp ?? Math.floor(clock.now() / 1_000);
  const mac = createHmac('sha256', sent.secret ?? SECRET).update(`${timestamp}.${body}`);
  const answer = await fetch(`${rig.hub().url}/api/v1/stream-hook`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'slipmat-timestamp': String(timestamp),
      'slipmat-signature': `v1=${mac.digest('hex')}`,
    },
  });
  return answer.status;
}
async function adHoc(): Promise<readonly string[]> {
  const dj = await userCalled(hub(), 'kool');
  return hub()
    .knowledge.directory.events.ofDj(dj)
    .filter(({ kind }) => kind === 'ad-hoc')
    .map(({ state }) => state);
}

it('T5: an ad hoc event starts a minute after the stream connects, in the DJ’s own chat, and ends two after it is gone', async () => {
  await start();
  const ann = await rig.native('ann', undefined, 'dj-kool');
  expect(await tell('connected')).toBe(204);
  expect(await adHoc()).toEqual([]);
  clock.ahead(1.1 * MIN);
  await expect.poll(adHoc, WITHIN).toEqual(['live']);
  const dj = await userCalled(hub(), 'kool');
  expect(hub().knowledge.directory.events.isDjLive(dj)).toBe(true);
  expect(outcomeOf(await ann.client.post({ channel: 'dj-kool', text: 'hello' }).done)).toBe('posted');
  expect(await tell('disconnected')).toBe(204);
  clock.ahead(1 * MIN);
  // back in time
  expect(await tell('connected')).toBe(204);
  clock.ahead(5 * MIN);
  await rig.restart({ clock });
  expect(await adHoc()).toEqual(['live']);
  expect(await tell('disconnected')).toBe(204);
  clock.ahead(2.1 * MIN);
  await expect.poll(adHoc, WITHIN).toEqual(['ended']);
  expect(hub().knowledge.directory.events.isDjLive(dj)).toBe(false);
  clock.ahead(31 * MIN);
  await expect.poll(adHoc, WITHIN).toEqual([]);
  const eve = await rig.native('eve', undefined, 'dj-kool');
  expect(outcomeOf(await eve.client.post({ channel: 'dj-kool', text: 'still open' }).done)).toBe('posted');
  expect(await notices(hub(), 'dj-kool')).toEqual(['event-ad-hoc', 'event-end']);
});

it('D1: a moderator of an ad hoc event acts in the DJ’s chat until it is archived, and not in the next one', async () => {
  await start();
  await rig.native('ann');
  const user = await userCalled(hub(), 'ann');
  const rank = () => {
    const place = hub().knowledge.facts.channel('dj-kool' as ChannelId);
    return place === null ? null : hub().knowledge.facts.standing(user, false, place).rank;
  };
  expect(await rig.act('kool', 'appoint ann event', 'dj-kool')).toContain('no live event');
  await tell('connected');
  clock.ahead(1.1 * MIN);
  await expect.poll(adHoc, WITHIN).toEqual(['live']);
  expect(await rig.act('kool', 'appoint ann event', 'dj-kool')).toContain('moderates in');
  expect(rank()).toBe('moderator');
  expect(await rig.act('kool', 'live end', 'dj-kool')).toContain('has ended');
  await tell('disconnected');
  expect(rank()).toBe('moderator');
  clock.ahead(31 * MIN);
  await expect.poll(rank, WITHIN).toBe('listener');
  await tell('connected');
  clock.ahead(1.1 * MIN);
  await expect.poll(adHoc, WITHIN).toEqual(['live']);
  expect(rank()).toBe('listener');
});

it('a stream that is told again, or late, changes nothing', async () => {
  await start();
  const early = clock.now() - 1_000;
  await tell('connected');
  const told = clock.now();
  await tell('disconnected', { at: told });
  await tell('disconnected', { at: told });
  await tell('connected', { at: early });
  clock.ahead(1.5 * MIN);
  await rig.restart({ clock });
  expect(await adHoc()).toEqual([]);
});

it('a planned event within the hour keeps an ad hoc one away, and 30 minutes without stream end it', async () => {
  await start();
  const event = await plan(hub(), 'kool', 'Night', clock.now() + 20 * MIN);
  await tell('connected');
  clock.ahead(2 * MIN);
  expect((await turn(hub(), 'kool', event, 'start')).ok).toBe(true);
  clock.ahead(60 * MIN);
  await tell('disconnected');
  expect(await adHoc()).toEqual([]);
  expect(hub().knowledge.directory.events.ownerOf(event.channel)?.state).toBe('live');
  clock.ahead(30.1 * MIN);
  await reaches(hub(), event.channel, 'ended');
});

it('takes what is signed, and lately, by the right secret alone', async () => {
  await start();
  const now = Math.floor(clock.now() / 1_000);
  expect(await tell('connected', {}, { secret: 'another secret of somebody' })).toBe(401);
  expect(await tell('connected', {}, { timestamp: now - 301 })).toBe(401);
  expect(await tell('connected', {}, { timestamp: now + 301 })).toBe(401);
  expect(await tell('connected', {}, { timestamp: now - 290 })).toBe(204);
  expect(await tell('sideways')).toBe(400);
  expect(await tell('connected', { at: clock.now() + 600_000 })).toBe(400);
  expect(await tell('connected', { dj: 'lobby' })).toBe(404);
  expect(await tell('connected', { dj: 'u-aaaaaaaaaaaaaaaaaaaaaaaaaa' })).toBe(404);
  expect(await tell('connected', {}, { body: '{"dj":' })).toBe(400);
  expect(await tell('connected', { dj: await userCalled(hub(), 'kool') })).toBe(204);
  const bare = await fetch(`${rig.hub().url}/api/v1/stream-hook`, { method: 'POST', body: '{}' });
  expect(bare.status).toBe(401);
});

it('takes nothing without a secret', async () => {
  clock = movedClock();
  rig = await startRig({ clock });
  await rig.native('kool', 'dj');
  expect(await tell('connected')).toBe(404);
});
