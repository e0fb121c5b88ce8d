import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from '../fakes/socket-peer.ts';
import { says } from '../reading/rig.ts';
import { type Device, type Rig, startRig, WITHIN } from '../relations/rig.ts';

/** Every row of every table, as text. */
function rowsIn(dataDir: string): readonly string[] {
  const db = new Database(join(dataDir, 'hub.sqlite'), { readonly: true });
  try {
    const tables = db.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) =>
      db
        .prepare(`select * from "${name}"`)
        .all()
        .map(
          (row) => `${name}: ${JSON.stringify(row, (_, value) => (Buffer.isBuffer(value) ? value.toString() : value))}`,
        ),
    );
  } finally {
    db.close();
  }
}

/** Every key with its value, as text; entries of a stream one by one. */
async function keysIn(url: string | null): Promise<readonly string[]> {
  if (url === null) return [];
  const redis = new Redis(url);
  try {
    const found: string[] = [];
    for (const key of await redis.keys('*')) {
      const type = await redis.type(key);
      const value =
        type === 'stream'
          ? (await redis.xrange(key, '-', '+')).map(([, fields]) => fields.join(' '))
          : type === 'hash'
            ? Object.entries(await redis.hgetall(key)).map(String)
            : type === 'zset'
              ? await redis.zrange(key, '0', '-1')
              : type === 'set'
                ? await redis.smembers(key)
                : type === 'list'
                  ? await redis.lrange(key, 0, -1)
                  : [(await redis.get(key)) ?? ''];
      found.push(...value.map((one) => `${key}: ${one}`));
    }
    return found;
  } finally {
    redis.disconnect();
  }
}

for (const kind of ['embedded', 'redis'] as const) {
  describe(`on the ${kind} store`, () => {
    let rig: Rig;
    let root: Device;
    let ben: Device;
    beforeAll(async () => {
      rig = await startRig(kind);
      await rig.hubs[0].user('kool', 'dj');
      root = await rig.device('rooty-mcadmin', rig.other, 'admin');
      ben = await rig.device('ben');
      await ben.join();
      await says(ben, 'anybody here?');
    });
    afterAll(() => rig.close());

    const traces = async (): Promise<readonly string[]> => {
      const all = [...rowsIn(rig.hubs[0].dataDir), ...(await keysIn(rig.redisUrl))];
      return all.filter((one) => one.includes(root.user) || one.includes('rooty-mcadmin'));
    };
    const metrics = async () => {
      const pages = await Promise.all(rig.hubs.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
      return pages.join('\n');
    };
    const people = async () => JSON.stringify(await ben.ask({ type: 'people', channel: 'lobby' }));
    const seen = async () => JSON.stringify(await ben.asks('seen', { channel: 'lobby' }));

    it('A1: an admin reads a public channel and leaves no trace but the audit; others see nothing of it', async () => {
      // sessions and roles name the admin already
      const { shards } = rig.other.hub.live.store.log;
      const changes = () =>
        rowsIn(rig.hubs[0].dataDir).filter(
          (row) => row.startsWith('entries: ') && row.includes('"kind":"change"') && row.includes(root.user),
        );
      await expect.poll(() => new Set(changes()).size, WITHIN).toBeGreaterThanOrEqual(shards);
      const before = new Set(await traces());
      const labels = await metrics();
      const heard = ben.frames.length;
      await root.join('lobby', { unnoticed: true });
      const { seq } = await says(ben, 'who is there?');
      await root.next('message', (frame) => frame.seq === seq);
      root.say({ type: 'typing', id: 'typing', channel: 'lobby', on: true });
      expect(await root.does('mark-read', { channel: 'lobby', seq })).toEqual({});
      const { hub } = rig.other;
      // everything that is gathered has been told and kept by now: the beat, what was read, who was seen
      await hub.knowledge.tail.reached(0, (await hub.live.store.log.heads())[0] as never);
      await expect.poll(seen, WITHIN).toContain('ben');
      rig.forward(15_000);
      const other = await rig.device('late');
      await other.join();
      await expect.poll(people, WITHIN).toContain('late');
      await expect.poll(seen, WITHIN).toContain('late');
      await other.does('mark-read', { channel: 'lobby', seq });
      const kept = async () =>
        rowsIn(rig.hubs[0].dataDir).some((row) => row.includes('read_markers') && row.includes(other.user));
      await expect.poll(kept, WITHIN).toBe(true);

      for (const told of [await people(), await seen()]) {
        expect(told).not.toContain(root.user);
        expect(told).not.toContain('rooty');
      }
      expect(JSON.parse(await people())).toMatchObject({ guests: 0 });
      expect(JSON.stringify(ben.frames.slice(heard))).not.toMatch(new RegExp(`${root.user}|rooty|typing`));
      expect(await metrics()).not.toMatch(new RegExp(`${root.user}|rooty|unnoticed`));
      expect(labels).not.toContain('unnoticed');
      const left = (await traces()).filter((one) => !before.has(one));
      expect(left.filter((one) => !one.includes('unnoticed'))).toEqual([]);
    });

    it('A1: what they would be seen by is refused until they show themselves', async () => {
      const { id } = await says(ben, 'look at this');
      const write = (frame: object) => root.ask({ channel: 'lobby', key: newKey(), ...frame });
      const post = await write({ type: 'post', text: 'hello' });
      expect(post).toMatchObject({ type: 'error', code: 'forbidden', say: expect.stringContaining('/show') });
      expect(await write({ type: 'react', message: id, emoji: '👍', on: true })).toMatchObject({ type: 'error' });
      // moderating shows nobody who did it
      expect(await write({ type: 'redact', message: id })).toMatchObject({ type: 'ack' });
      expect(await people()).not.toContain('rooty');
      // at whichever hub: nothing is undone by this, so that it can be asked until word has come there
      const again = await rig.device('rooty-mcadmin', rig.hubs[0], 'admin');
      const undo = { type: 'react', channel: 'lobby', message: id, emoji: '👍', on: false };
      await expect.poll(() => again.refusal({ ...undo, key: newKey() }), WITHIN).toBe('forbidden');
      const late = { type: 'post', channel: 'lobby', text: 'by another door' };
      expect(await again.refusal({ ...late, key: newKey() })).toBe('forbidden');
      expect(await again.does('mark-read', { channel: 'lobby', seq: 1 })).toEqual({});
      expect(await people()).not.toContain('rooty');
      expect(await again.gives('show')).toContain('seen here from now on');
      expect(await again.refusal({ ...undo, key: newKey() })).not.toBe('forbidden');
      await root.next('self', ({ what }) => what.kind === 'shown' && what.channel === 'lobby');
      await expect.poll(people, WITHIN).toContain(root.user);
      expect(await write({ type: 'post', text: 'hello' })).toMatchObject({ type: 'ack' });
      expect(await root.gives('show')).toContain('as everybody is');
    });

    it('A1: other admins find it in the audit, moderators of the channel do not', async () => {
      const chief = await rig.device('chief', rig.hubs[0], 'admin');
      const acts = async () => JSON.stringify(await chief.asks('audit', { channel: null }));
      await expect.poll(acts, WITHIN).toMatch(/"act":"unnoticed"/);
      expect(await acts()).toContain(root.user);
      await rig.hubs[0].hub.accounts.makeModerator('ben', 'lobby' as never, null);
      await expect
        .poll(
          () =>
            ben.asks('audit', { channel: 'lobby' }).then(
              () => true,
              () => false,
            ),
          WITHIN,
        )
        .toBe(true);
      expect(JSON.stringify(await ben.asks('audit', { channel: 'lobby' }))).not.toContain('unnoticed');
    });

    it('A1: nobody else reads unnoticed, and nobody at all in a closed channel', async () => {
      const unnoticed = (channel: string) => ({ type: 'join', channel, after: null, unnoticed: true });
      expect(await ben.refusal(unnoticed('lobby'))).toBe('forbidden');
      const guest = await rig.device(null);
      expect(await guest.refusal(unnoticed('lobby'))).toBe('forbidden');
      const crew = await root.refusal(unnoticed('crew-kool'));
      expect(['forbidden', 'not-found']).toContain(crew);
      // who is no admin any more is seen
      const second = await rig.device('second', rig.other, 'admin');
      await second.join('lobby', { unnoticed: true });
      expect(await people()).not.toContain('second');
      await rig.hubs[0].hub.accounts.setAdmin('second', false);
      await expect.poll(people, WITHIN).toContain(second.user);
    });
  });
}
