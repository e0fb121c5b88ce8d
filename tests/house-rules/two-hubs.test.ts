import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startRedis } from '../fakes/redis-server.ts';
import { closeAll, closing, join, LOBBY, type Someone, start } from '../moderation/rig.ts';

afterEach(closeAll);
const here = { channel: LOBBY };
const posts = async (by: Someone, text: string) => {
  const said = await by.client.post({ channel: LOBBY, text }).done;
  return said.ok ? said.value.outcome : said.code;
};

it('T9: rules accepted on one hub are accepted on the other at once; of what is written meanwhile nothing stays behind', async () => {
  const redis = await startRedis();
  closing.push(() => redis.stop());
  const dataDir = mkdtempSync(path(tmpdir(), 'slipmat-rules-'));
  closing.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = { redisUrl: redis.url, dataDir };
  const [one, two] = [await start(config), await start(config)];
  const root = await join(one, 'root', 'admin');
  await root.do('set-house-rules', { ...here, text: 'Be kind.' });
  await root.do('set-settings', {
    ...here,
    change: { acceptance: 'everywhere', rules: { flood: { isOn: false, count: 8, seconds: 10 } } },
  });

  for (let round = 0; round < 5; round += 1) {
    const name = `ann${round}`;
    const [here1, here2] = [await join(one, name), await join(two, name)];
    expect(await posts(here2, `${name} first`)).toBe('held');
    // while one hub takes it, the other is written on
    const [accepted, during] = await Promise.all([
      here1.do('accept-house-rules', { ...here, version: 1 }),
      posts(here2, `${name} meanwhile`),
    ]);
    expect(accepted).toMatchObject({ ok: true });
    expect(['held', 'posted']).toContain(during);
    expect(await posts(here2, `${name} after`)).toBe('posted');
    const texts = (await here1.texts()).filter((text) => text.startsWith(name));
    expect([...texts].sort()).toEqual([`${name} after`, `${name} first`, `${name} meanwhile`]);
    expect(texts.at(-1)).toBe(`${name} after`);
  }
});
