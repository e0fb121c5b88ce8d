import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import telegram from '../../../bridges/telegram/index.ts';
import { textOf } from '../../../core/contract/port-double.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { Finding } from '../../../core/plugin/bridge.ts';
import { ConfigError } from '../../../core/plugin/errors.ts';
import { ADMIN_RIGHTS, BOT, type FakeChat, member } from '../../fakes/telegram-chats.ts';
import { startTelegram, type TelegramServer } from '../../fakes/telegram-server.ts';

const ROOM = '-1001000000001' as RoomId;
let server: TelegramServer;
let chat: FakeChat;
beforeEach(async () => {
  server = await startTelegram();
  chat = server.group(Number(ROOM), { title: 'Vinyl Heads' });
});
afterEach(() => server.stop());

async function look(rooms: readonly RoomId[] = [ROOM], fields: object = {}): Promise<readonly Finding[]> {
  const config = telegram.parseConfig({ token: server.token, apiRoot: server.url, ...fields });
  return (await telegram.doctor?.(config, rooms, AbortSignal.timeout(10_000))) ?? [];
}
const troubles = (found: readonly Finding[]) =>
  found.filter(({ level }) => level !== 'ok').map(({ level, what }) => `${level} ${what}`);
const asMember = (fields: object) => chat.members.set(BOT.id, member(BOT, fields));

describe('the doctor', () => {
  it('has nothing to say where all is well', async () => {
    const found = await look();
    expect(troubles(found)).toEqual([]);
    expect(textOf(found)).toContain('Vinyl Heads');
  });

  it('names a token that is refused, and does not show it', async () => {
    server.refuseToken();
    const found = await look();
    expect(troubles(found)).toEqual(['fail Telegram refuses the token']);
    expect(textOf(found)).not.toContain(server.token);
  });

  it('tells a token that is refused from a Telegram that is out of reach', async () => {
    const found = await look([ROOM], { apiRoot: 'http://127.0.0.1:9' });
    expect(troubles(found)).toEqual(['fail Telegram gave no answer to getMe (ECONNREFUSED)']);
    expect(textOf(found)).not.toContain(server.token);
  });

  it('names a webhook that is in the way', async () => {
    server.setWebhook('https://example.com/hook');
    expect(troubles(await look())).toEqual([expect.stringContaining('a webhook is set')]);
  });

  it('names privacy mode where it hides what people write', async () => {
    asMember({ status: 'member' });
    expect(troubles(await look())).toEqual([expect.stringMatching(/^warn .*no administrator/)]);
    server.setPrivacy(true);
    expect(troubles(await look()).at(-1)).toMatch(/^fail privacy mode hides what people write in "Vinyl Heads"/);
  });

  it('names each right that is missing', async () => {
    asMember({ status: 'administrator', ...ADMIN_RIGHTS, can_restrict_members: false });
    expect(troubles(await look())).toEqual([expect.stringMatching(/can_restrict_members .*no timeouts and bans/)]);
  });

  it('names a chat that it is not in, and a room that is none', async () => {
    asMember({ status: 'left' });
    const found = troubles(await look([ROOM, '-5' as RoomId, '@vinyl' as RoomId]));
    expect(found).toEqual([
      'fail the bot is not in "Vinyl Heads" (-1001000000001)',
      expect.stringContaining('room -5: Telegram refused getChat'),
      'fail room @vinyl is not the number of a chat',
    ]);
  });

  it('leads from each trouble to a heading that is there', async () => {
    const readme = readFileSync(new URL('../../../bridges/telegram/README.md', import.meta.url), 'utf8');
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    server.setPrivacy(true);
    server.setWebhook('https://example.com/hook');
    const found: Finding[] = [];
    for (const fields of [
      { status: 'left' },
      { status: 'member' },
      { status: 'restricted' },
      { status: 'administrator' },
    ]) {
      asMember(fields);
      found.push(...(await look([ROOM, '@x' as RoomId, '-5' as RoomId])));
    }
    server.refuseToken();
    found.push(...(await look()));
    const anchors = found.flatMap((one) => ('mend' in one ? [one.mend.split('README.md#')[1]] : []));
    expect(anchors.length).toBeGreaterThan(8);
    for (const anchor of anchors) expect(headings).toContain(anchor);
  });
});

it('refuses a config and names the field, never its value', () => {
  const refused = (config: object): unknown => {
    try {
      return telegram.parseConfig(config);
    } catch (error) {
      return error;
    }
  };
  const good = { token: '1:secret' };
  const cases = [
    [{}, 'token'],
    [{ token: 'not-a-t0ken' }, 'token'],
    [{ ...good, apiRoot: 'ftp://wrong.example' }, 'apiRoot'],
    [{ ...good, pollSeconds: 9_999 }, 'pollSeconds'],
    [{ ...good, tokn: 'x' }, 'tokn'],
  ] as const;
  for (const [config, path] of cases) {
    const error = refused(config);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ path });
    expect(textOf(error)).not.toMatch(/not-a-t0ken|wrong\.example|9999|1:secret/);
  }
  expect(refused({ ...good, apiRoot: 'http://127.0.0.1:8081/' })).toMatchObject({ apiRoot: 'http://127.0.0.1:8081' });
});
