import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../../bridges/twitch/index.ts';
import { textOf } from '../../../core/contract/port-double.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { Finding } from '../../../core/plugin/bridge.ts';
import { type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';
import { ALL_SCOPES } from '../../fakes/twitch-world.ts';

let twitch: FakeTwitch;
beforeEach(async () => {
  twitch = await startTwitch();
});
afterEach(() => twitch.stop());

async function examine(
  rooms: readonly string[] = ['1001', 'mc_ann'],
  fields: object = {},
): Promise<readonly Finding[]> {
  const config = plugin.parseConfig(twitch.config(fields));
  const findings = await plugin.doctor?.(config, rooms as readonly RoomId[], new AbortController().signal);
  return findings ?? expect.fail('it has no doctor');
}
const bad = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ level, what }) => (level === 'ok' ? [] : [`${level}: ${what}`]));

describe('the doctor', () => {
  it('finds nothing wrong where all is well, and leaves all as it was', async () => {
    const findings = await examine();
    expect(bad(findings)).toEqual([]);
    expect(findings.map(({ what }) => what)).toEqual([
      'the token is that of slipmat_bot',
      ...ALL_SCOPES.toSorted((a, b) => a.localeCompare(b)).map((): unknown => expect.stringContaining('scope ')),
      'the bot is a moderator of dj_kool',
      'the bot is a moderator of mc_ann',
      'the chat takes the login',
    ]);
    expect(twitch.helix.requests.filter((one) => !one.startsWith('GET'))).toEqual([]);
    expect(twitch.irc.heard.filter((line) => line.startsWith('JOIN'))).toEqual([]);
    await expect.poll(twitch.irc.connections).toBe(0);
  });

  it('names each scope that is missing, and what it is for', async () => {
    const { access } = twitch.world.authorize(twitch.bot, ['user:write:chat']);
    expect(bad(await examine(undefined, { accessToken: access }))).toEqual([
      'fail: the token lacks the scope chat:read: no reading the chat',
      'warn: the token lacks the scope moderator:manage:chat_messages: no removing messages',
      'warn: the token lacks the scope moderator:manage:banned_users: no timeouts and bans',
      'warn: the token lacks the scope user:read:moderated_channels: no knowing where the bot is a moderator',
    ]);
  });

  it('says where the bot is no moderator, and which channel is none', async () => {
    twitch.world.moderators.delete(`1002/${twitch.bot}`);
    expect(bad(await examine(['1001', 'mc_ann', 'nobody_there', '99']))).toEqual([
      'warn: the bot is no moderator of mc_ann: it may post 20 messages in 30 s and cannot moderate',
      'fail: there is no Twitch channel "nobody_there"',
      'fail: there is no Twitch channel "99"',
    ]);
  });

  it('warns of a bot that is the broadcaster', async () => {
    const { access } = twitch.world.authorize('1001');
    expect(bad(await examine(['1001'], { accessToken: access }))).toEqual([
      'warn: the bot uses the account of the channel dj_kool itself: what you write there is not relayed',
    ]);
  });

  it('tells an ended token from one of another application, and a refused login', async () => {
    twitch.irc.refuseLogins();
    expect(bad(await examine())).toEqual(['fail: the chat refuses the login']);
    expect(bad(await examine(undefined, { clientId: 'another' }))).toEqual([
      'fail: the access token was made for another application than clientId',
    ]);
    twitch.world.tokens.clear();
    expect(bad(await examine())).toEqual(['warn: the access token of the configuration has ended or was revoked']);
    expect(twitch.helix.requests).not.toContain('POST /oauth2/token');
  });

  it('says what cannot be reached', async () => {
    await twitch.irc.stop();
    expect(bad(await examine())).toEqual(['fail: the chat cannot be reached']);
    await twitch.helix.stop();
    expect(bad(await examine())).toMatchObject([expect.stringContaining('fail: the token check of Twitch')]);
  });

  it('links each mend to a part of the page that is there, and shows no secret', async () => {
    const all: Finding[] = [];
    const { access } = twitch.world.authorize('1001', ['user:read:moderated_channels']);
    all.push(...(await examine([], {})), ...(await examine(['1001', 'x_y', 'mc_ann'], { accessToken: access })));
    twitch.world.moderators.clear();
    twitch.irc.refuseLogins();
    all.push(...(await examine()), ...(await examine([], { clientId: 'another' })));
    twitch.world.tokens.clear();
    all.push(...(await examine()));
    await twitch.helix.stop();
    all.push(...(await examine()));
    const page = readFileSync(new URL('../../../bridges/twitch/README.md', import.meta.url), 'utf8');
    const anchors = new Set([...page.matchAll(/^## (.+)$/gm)].map(([, name]) => (name ?? '').toLowerCase()));
    const mends = all.flatMap((one) => (one.level === 'ok' ? [] : [one.mend]));
    const links = mends.map((mend) => /bridges\/twitch\/README\.md#([\w-]+)$/.exec(mend)?.[1]);
    expect([...new Set(links)].sort()).toEqual([
      'account',
      'application',
      'channels',
      'moderator',
      'network',
      'tokens',
    ]);
    expect(links.filter((one) => one === undefined || !anchors.has(one))).toEqual([]);
    const said = textOf(all);
    for (const secret of [access, twitch.tokens.access, twitch.tokens.refresh, twitch.world.clientSecret]) {
      expect(said).not.toContain(secret);
    }
  });
});
