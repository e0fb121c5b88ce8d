import { afterEach, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, ChannelId } from '../../core/domain/ids.ts';
import { MIN, plan, reaches, turn } from '../events/rig.ts';
import { type DiscordServer, startDiscord } from '../fakes/discord-server.ts';
import { CHANNEL_ID, BEN as DISCORD_BEN } from '../fakes/discord-world.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { participant } from '../fakes/people.ts';
import { movedClock } from '../portals/rig.ts';
import { actAs, WITHIN } from './rig.ts';
import { reachOf, setUp } from './set-up.ts';

const HOME = 'dj-kool' as ChannelId;
const BEN = userIdOf('discord', DISCORD_BEN.id as AccountId);
let discord: DiscordServer | null = null;
let hub: TestHub | null = null;
const closing: (() => void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await hub?.close();
  await discord?.stop();
});

it('M1: a ban by a moderator of one event reaches no Discord server without consent, and with it ends there with the event', async () => {
  const server = await startDiscord();
  discord = server;
  const clock = movedClock();
  const config = { token: server.world.token, apiRoot: server.apiRoot };
  const start = (dataDir?: string) =>
    startTestHub({
      clock,
      ...(dataDir === undefined ? {} : { dataDir }),
      config: {
        bridges: [{ id: 'discord', use: 'discord', required: true, config }],
        portals: [{ channel: HOME, bridge: 'discord', room: CHANNEL_ID }],
      },
    });
  const started = await start();
  hub = started;
  const kool = await participant(started.wsUrl, await started.user('kool', 'dj'));
  closing.push(() => kool.close());
  await started.user('mo');
  await setUp(started, { accounts: { user: BEN, name: 'Ben', at: { discord: DISCORD_BEN.id } } });
  const event = await plan(started.hub, 'kool', 'Night', clock.now() + 10 * MIN);
  await reaches(started.hub, event.channel, 'warmup');
  expect(await actAs(started, 'kool', 'appoint mo event', event.channel)).toContain('"Night"');
  expect(await actAs(started, 'mo', `ban ${BEN}`, event.channel)).toContain('has not allowed moderators to ban');
  for (const channel of [HOME, event.channel]) {
    expect(await kool.client.do('set-settings', { channel, change: { moderatorsMayBan: true } })).toMatchObject({
      ok: true,
    });
  }
  expect(await actAs(started, 'mo', `ban ${BEN} rude`, event.channel)).toBe(
    'Ben is banned in the chats of this DJ until the live event is archived. Discord: by the hub, native acts are not allowed there',
  );
  expect([...server.world.banned]).toEqual([]);
  // an administrator of that server allows it
  await reachOf(started, 'discord', 'bans');
  await expect.poll(() => [...server.world.banned], WITHIN).toEqual([DISCORD_BEN.id]);
  await turn(started.hub, 'kool', event, 'start');
  await turn(started.hub, 'kool', event, 'end');
  expect([...server.world.banned]).toEqual([DISCORD_BEN.id]);
  // its cooldown passes while no hub runs, for a clock that jumps would take the leases away
  await started.stop();
  clock.ahead(31 * MIN);
  hub = await start(started.dataDir);
  await reaches(hub.hub, event.channel, 'archived');
  await expect.poll(() => [...server.world.banned], WITHIN).toEqual([]);
  const bans = server.requests.filter(({ path }) => path.includes('/bans/')).map(({ method }) => method);
  expect(bans).toEqual(['PUT', 'DELETE']);
});
