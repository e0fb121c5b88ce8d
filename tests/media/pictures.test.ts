import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeId } from '../../core/domain/ids.ts';
import { mediaIdOf } from '../../core/media/media-url.ts';
import type { StoredMedia } from '../../core/media/rows.ts';
import type { MediaSource } from '../../core/plugin/media.ts';
import { type MediaRig, openRig, pixels, standingClock, streamOf } from './rig.ts';

const MINUTE = 60_000;
const clock = standingClock();
let rig: MediaRig;
const more: MediaRig[] = [];
beforeEach(async () => {
  rig = await openRig({ clock });
});
afterEach(async () => {
  for (const one of more.splice(0)) await one.close();
  await rig.close();
});

async function stored(url: string | null): Promise<StoredMedia> {
  const found = await rig.store.rows.find(mediaIdOf(url ?? '', null) ?? '');
  if (found === null) throw new Error(`nothing behind ${url}`);
  return found;
}

/** A picture that counts how often it is fetched, and waits until it is let go. */
function counted(bytes: Uint8Array | null): { readonly source: MediaSource; fetches(): number; release(): void } {
  const gate = Promise.withResolvers<void>();
  let fetches = 0;
  return {
    fetches: () => fetches,
    release: gate.resolve,
    source: {
      kind: 'stream',
      async open(signal) {
        fetches += 1;
        await gate.promise;
        if (bytes === null) throw new Error('gone');
        return streamOf(bytes).open(signal);
      },
    },
  };
}

describe('small pictures', () => {
  it('are fetched once for all who ask, then known', async () => {
    const face = counted(await pixels(300, 600).png().toBuffer());
    const asks = Array.from({ length: 20 }, () => rig.port.picture('ann/1', face.source));
    face.release();
    const [first, ...others] = await Promise.all(asks);
    expect(first).toMatch(/^\/media\/[\w-]{22}\/avatar\.webp$/);
    expect(new Set(others)).toEqual(new Set([first]));
    expect(await rig.port.picture('ann/1', face.source)).toBe(first);
    expect(face.fetches()).toBe(1);
  });

  it('are kept small: avatars within 256 pixels, emotes within 128, moving ones go on moving', async () => {
    const big = await pixels(300, 600).png().toBuffer();
    const avatar = await stored(await rig.port.picture('a', streamOf(big)));
    expect(avatar).toMatchObject({ mediaType: 'image/webp', width: 128, height: 256 });
    const emote = await stored(await rig.port.picture('a', streamOf(big), 'emote'));
    expect(emote).toMatchObject({ width: 64, height: 128 });
    const dance = await pixels(200, 200, 3).gif({ delay: 50 }).toBuffer();
    const moving = await stored(await rig.port.picture('b', streamOf(dance), 'emote'));
    expect(moving).toMatchObject({ mediaType: 'image/webp', width: 128, height: 128, frames: 3 });
    const { pages } = await sharp(readFileSync(rig.store.vault.pathOf(moving.hash))).metadata();
    expect(pages).toBe(3);
    const tiny = await stored(await rig.port.picture('c', streamOf(await pixels(28, 28).png().toBuffer()), 'emote'));
    expect(tiny).toMatchObject({ width: 28, height: 28 });
  });

  it('are asked for again only after a while when they could not be had, and longer each time', async () => {
    const gone = counted(null);
    gone.release();
    const ask = (): Promise<string | null> => rig.port.picture('gone', gone.source);
    expect(await ask()).toBeNull();
    expect(await ask()).toBeNull();
    expect(gone.fetches()).toBe(1);
    clock.ahead(MINUTE);
    await ask();
    expect(gone.fetches()).toBe(2);
    clock.ahead(MINUTE - 1_000);
    await ask();
    expect(gone.fetches()).toBe(2);
    clock.ahead(MINUTE + 1_000);
    await ask();
    expect(gone.fetches()).toBe(3);
  });

  it('are waited for a moment; a slow one is there for the next who asks', async () => {
    const slow = counted(await pixels(20, 20).png().toBuffer());
    const asked = rig.port.picture('slow', slow.source);
    await expect.poll(slow.fetches).toBe(1);
    clock.ahead(2_000);
    expect(await asked).toBeNull();
    slow.release();
    await expect.poll(() => rig.files().length).toBe(1);
    await expect
      .poll(() => rig.store.rows.findPicture(JSON.stringify([...['room-one', 'avatar', 'slow']])))
      .not.toBeNull();
    expect(await rig.port.picture('slow', slow.source)).toMatch(/^\/media\//);
    expect(slow.fetches()).toBe(1);
  });

  it('are told apart by bridge, and known to another hub on the same data', async () => {
    const png = await pixels(20, 20).png().toBuffer();
    const here = await rig.port.picture('same', streamOf(png));
    const other = await rig.store.port('room-two' as BridgeId).picture('same', streamOf(png));
    expect(other).not.toBe(here);
    expect(rig.files()).toHaveLength(1);
    const second = await openRig({ clock, dataDir: rig.dataDir });
    more.push(second);
    const again = counted(png);
    expect(await second.port.picture('same', again.source)).toBe(here);
    expect(again.fetches()).toBe(0);
  });

  it('are one link when two hubs fetch the same at once', async () => {
    const second = await openRig({ clock, dataDir: rig.dataDir });
    more.push(second);
    const png = await pixels(20, 20).png().toBuffer();
    const [one, two] = [counted(png), counted(png)];
    const asks = [rig.port.picture('race', one.source), second.port.picture('race', two.source)];
    await expect.poll(() => one.fetches() + two.fetches()).toBe(2);
    one.release();
    two.release();
    let urls = await Promise.all(asks);
    // one of them may have found the database busy for too long: it asks again after a while
    const again = async (): Promise<boolean> => {
      if (!urls.includes(null)) return true;
      clock.ahead(MINUTE);
      urls = await Promise.all([rig.port.picture('race', one.source), second.port.picture('race', two.source)]);
      return false;
    };
    await expect.poll(again).toBe(true);
    expect(urls[1]).toBe(urls[0]);
  });

  it('are pictures: nothing else is kept in their place', async () => {
    expect(await rig.port.picture('page', streamOf(Buffer.from('<html>not found</html>')))).toBeNull();
    expect(rig.files()).toEqual([]);
  });
});
