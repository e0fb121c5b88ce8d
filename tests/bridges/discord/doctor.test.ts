import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import discord from '../../../bridges/discord/index.ts';
import { INVITE_PERMISSIONS, RIGHTS } from '../../../bridges/discord/place.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { Finding } from '../../../core/plugin/index.ts';
import { type DiscordServer, startDiscord } from '../../fakes/discord-server.ts';
import { ALL_RIGHTS, CHANNEL_ID, setBotRights, THREAD_ID } from '../../fakes/discord-world.ts';

const page = readFileSync(new URL('../../../bridges/discord/README.md', import.meta.url), 'utf8');
let server: DiscordServer;
beforeEach(async () => {
  server = await startDiscord();
});
afterEach(() => server.stop());

async function look(rooms: readonly string[] = [CHANNEL_ID], token = server.world.token): Promise<readonly Finding[]> {
  const config = discord.parseConfig({ token, apiRoot: server.apiRoot });
  return (await discord.doctor?.(config, rooms as readonly RoomId[], AbortSignal.timeout(10_000))) ?? [];
}
/** What is wrong, with how to mend it. */
async function wrong(rooms?: readonly string[], token?: string): Promise<readonly string[]> {
  return (await look(rooms, token)).flatMap((one) =>
    one.level === 'ok' ? [] : [`${one.level}: ${one.what} ${one.mend}`],
  );
}

describe('doctor', () => {
  it('finds nothing wrong with a bot that is set up as the page says, in channels and threads', async () => {
    expect(await wrong([CHANNEL_ID, THREAD_ID])).toEqual([]);
    expect((await look()).length).toBeGreaterThanOrEqual(6);
  });

  it('names a wrong token, and nothing of it', async () => {
    const token = 'MTAwMDAwMDAwMDAwMDAwMDAwMQ.wrong.token';
    const [finding, ...more] = await wrong([CHANNEL_ID], token);
    expect([finding, more]).toEqual([expect.stringMatching(/^fail: Discord refuses the token.*README\.md#token/), []]);
    expect(finding).not.toContain(token);
  });

  it('names each intent that is off', async () => {
    server.world.flags = 1 << 19;
    expect(await wrong()).toEqual([expect.stringMatching(/SERVER MEMBERS is off.*README\.md#intents/)]);
    server.world.flags = 1 << 14;
    expect(await wrong()).toEqual([expect.stringMatching(/MESSAGE CONTENT is off/)]);
  });

  it('names each permission that is missing, as Discord calls it', async () => {
    setBotRights(server.world, ALL_RIGHTS & ~(1n << 29n) & ~(1n << 40n));
    expect(await wrong()).toEqual([
      expect.stringMatching(/^fail: The bot lacks "Manage Webhooks" in #booth on The Club\. .*README\.md#permissions/),
      expect.stringMatching(/^warn: The bot lacks "Timeout Members"/),
    ]);
  });

  it('names a channel that the bot does not see, with the number of the invitation', async () => {
    const [finding] = await wrong(['1000000000000000555']);
    expect(finding).toContain('does not see the channel 1000000000000000555');
    expect(finding).toContain(INVITE_PERMISSIONS);
  });

  it('names a channel that has no room for another webhook', async () => {
    for (let n = 0; n < 15; n += 1) {
      const id = `10000000000000008${String(n).padStart(2, '0')}`;
      server.world.webhooks.set(id, { id, token: 't', name: 'x', channel_id: CHANNEL_ID, application_id: null });
    }
    expect(await wrong()).toEqual([expect.stringMatching(/15 webhooks.*README\.md#webhooks/)]);
  });

  it('names a role below all others', async () => {
    for (const role of server.world.roles) if (role.name === 'Slipmat') role.position = 0;
    expect(await wrong()).toEqual([expect.stringMatching(/^warn: The bot has no role above others/)]);
  });

  it('changes nothing', async () => {
    await look();
    expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
  });
});

describe('the page', () => {
  it('has every section that a finding or an error leads to, and every permission', () => {
    for (const section of ['Token', 'Intents', 'Invite', 'Permissions', 'Webhooks'])
      expect(page).toContain(`\n## ${section}\n`);
    for (const { name } of Object.values(RIGHTS)) expect(page).toContain(name);
    expect(page).toContain(`**${INVITE_PERMISSIONS}**`);
  });
});

describe('the configuration', () => {
  it.each([
    [{}, 'token'],
    [{ token: 'Bot abcdefghijklmnopqrstuvwxyz' }, 'token'],
    [{ token: 'x'.repeat(30), guilds: ['club'] }, 'guilds.0'],
    [{ token: 'x'.repeat(30), webhookName: 'Discord Relay' }, 'webhookName'],
    [{ token: 'x'.repeat(30), colour: 'red' }, 'colour'],
  ])('%j is refused by its field %s', (config, path) => {
    expect(() => discord.parseConfig(config)).toThrow(expect.objectContaining({ name: 'ConfigError', path }));
  });
});
