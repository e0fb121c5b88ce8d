import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import { mediaIdOf } from '../../core/media/media-url.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { closeAll, closing, join, LOBBY, type OrderHub, soon, start } from './rig.ts';

afterEach(closeAll);

async function upload(hub: OrderHub, name: string, body: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const headers = { authorization: `Bearer ${await hub.user('ann')}`, 'content-type': 'application/octet-stream' };
  const sent = await fetch(`${hub.url}/api/media?name=${name}`, { method: 'POST', headers, body });
  const { attachment } = (await sent.json()) as { readonly attachment: { readonly url: string } };
  return attachment.url;
}

async function picture(): Promise<Uint8Array<ArrayBuffer>> {
  const create = { width: 32, height: 24, channels: 3, background: '#f09' } as const;
  return new Uint8Array(await sharp({ create }).png().toBuffer());
}

const stores = [
  ['the embedded store', async () => ({})],
  [
    'Redis',
    async () => {
      const redis = await startRedis();
      closing.push(() => redis.stop());
      return { redisUrl: redis.url };
    },
  ],
] as const;

describe.each(stores)('the picture of a channel, with %s', (_, options) => {
  it('is set and taken away by its DJ, seen by everybody, and kept for as long as the channel has it', async () => {
    const hub = await start(await options());
    const [ann, kool] = [await join(hub, 'ann'), await join(hub, 'kool', 'dj')];
    const channel = hub.hub.knowledge.directory.channels().find(({ kind }) => kind === 'dj')?.id ?? LOBBY;
    const shown = async (id: ChannelId) =>
      (await ann.ask('channels', {})).channels.find((one) => one.id === id)?.picture ?? null;
    const fetched = async (path: string) => (await fetch(hub.url + path)).status;
    const url = await upload(hub, 'Ann%20at%20home.png', await picture());
    const text = await upload(hub, 'a.txt', 'words');

    expect(await ann.do('set-channel-picture', { channel, url })).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await kool.do('set-channel-picture', { channel: LOBBY, url })).toMatchObject({ code: 'forbidden' });
    for (const wrong of [text, 'https://example.org/a.png', '/media/AAAAAAAAAAAAAAAAAAAAAA/a.png'])
      expect(await kool.do('set-channel-picture', { channel, url: wrong })).toMatchObject({ code: 'bad-request' });
    // nobody names a file past the act that keeps it
    expect(await kool.do('set-settings', { channel, change: { picture: url } })).toMatchObject({ code: 'bad-request' });
    expect(await shown(channel)).toBeNull();

    expect(await kool.do('set-channel-picture', { channel, url })).toMatchObject({ ok: true });
    await soon(() => shown(channel)).toMatch(/^\/media\/[\w-]{22}\/picture\.png$/);
    const first = (await shown(channel)) ?? '';
    expect(await shown(LOBBY)).toBeNull();
    await kool.do('set-settings', { channel, change: { accent: 300 } });
    expect(await shown(channel)).toBe(first);
    // no message carries it, and still nothing ends it
    const { sql } = hub.hub;
    const ends = sql.build
      .selectFrom('media_links')
      .select('expires_at')
      .where('id', '=', mediaIdOf(first, null) ?? '');
    expect(await sql.read(ends.compile())).toEqual([{ expires_at: null }]);
    expect([await fetched(first), await fetched(`${first}?thumb`)]).toEqual([200, 200]);

    expect(await kool.do('set-channel-picture', { channel, url })).toMatchObject({ ok: true });
    await soon(() => shown(channel)).not.toBe(first);
    const second = (await shown(channel)) ?? '';
    expect([await fetched(first), await fetched(second)]).toEqual([404, 200]);
    expect(await kool.do('set-channel-picture', { channel, url: null })).toEqual({
      ok: true,
      value: { picture: null },
    });
    await soon(() => shown(channel)).toBeNull();
    expect(await fetched(second)).toBe(404);
    // written down with the archive, a moment later
    const reasons = async () => {
      const { acts } = await kool.ask('audit', { channel, target: null, before: null, limit: 50 });
      return acts.map(({ reason }) => reason).filter((reason) => reason?.startsWith('picture'));
    };
    await soon(reasons).toEqual(['picture removed', 'picture set', 'picture set']);
  });
});
