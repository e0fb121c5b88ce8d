import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { cleanUp, newFolder, run } from './run-cli.ts';

afterEach(cleanUp);

function configured(folder: string, more: object = {}, publicUrl: string | null = null): Record<string, string> {
  const file = join(folder, 'hub.yaml');
  const settings = {
    homeserverUrl: 'http://localhost:8008',
    serverName: 'example.org',
    registration: join(folder, 'as.yaml'),
  };
  const bridges = [{ id: 'space', use: 'matrix', config: { ...settings, ...more } }];
  writeFileSync(file, stringify({ dataDir: join(folder, 'data'), port: 9999, publicUrl, bridges }));
  return { CONFIG: file };
}

it('registration writes a file that fits the configuration, for its owner alone, and keeps its secrets when made anew', async () => {
  const folder = newFolder();
  const made = await run(['registration', '--bridge', 'space'], configured(folder));
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toContain(`Wrote ${join(folder, 'as.yaml')}.`);
  const read = () => parse(readFileSync(join(folder, 'as.yaml'), 'utf8')) as Record<string, unknown>;
  const first = read();
  expect(first).toMatchObject({
    url: 'http://localhost:9999/bridges/space',
    sender_localpart: 'slipmat',
    rate_limited: false,
    receive_ephemeral: true,
    namespaces: {
      users: [{ exclusive: true, regex: '@slipmat_.*:example\\.org' }],
      aliases: [
        { exclusive: true, regex: '#slipmat_.*:example\\.org' },
        { exclusive: true, regex: '#slipmat:example\\.org' },
      ],
    },
  });
  expect(String(first.as_token).length).toBeGreaterThan(40);
  expect(first.as_token).not.toBe(first.hs_token);
  expect(statSync(join(folder, 'as.yaml')).mode & 0o777).toBe(0o600);
  expect(made.stdout + made.stderr).not.toContain(String(first.as_token));
  const again = await run(['registration'], configured(folder, { bot: 'dj' }, 'https://chat.example.org'));
  expect(again.stdout).toContain('Renewed');
  const second = read();
  expect([second.as_token, second.hs_token, second.id]).toEqual([first.as_token, first.hs_token, first.id]);
  expect([second.url, second.sender_localpart]).toEqual(['https://chat.example.org/bridges/space', 'dj']);
});

it('registration says what is wrong: no such bridge, a bridge without one, a folder that is not there', async () => {
  const folder = newFolder();
  const env = configured(folder);
  expect(await run(['registration', '--bridge', 'other'], env)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Known: space'),
  });
  const out = join(folder, 'nowhere', 'as.yaml');
  expect(await run(['registration', '--out', out], env)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Does its folder exist'),
  });
  writeFileSync(
    join(folder, 'other.yaml'),
    stringify({
      bridges: [{ id: 'tg', use: 'telegram', config: { token: '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }],
    }),
  );
  const none = await run(['registration'], { CONFIG: join(folder, 'other.yaml') });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('needs no registration') });
});
