import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Attachment } from '../../core/domain/content.ts';
import { type MediaRig, openRig, photo, pixels, type Source, standingClock, startSource, streamOf } from './rig.ts';

let rig: MediaRig;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  rig = await openRig({ maxBytes: 200_000, maxPixels: 1_000_000 });
});
afterAll(() => rig.close());
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serve(...args: Parameters<typeof startSource>): Promise<Source> {
  const source = await startSource(...args);
  opened.push(source);
  return source;
}
async function bytesAt(attachment: Attachment): Promise<Buffer> {
  return readFileSync(await rig.file(attachment));
}

describe('a picture', () => {
  it('loses everything but the picture, and stands as it is to be seen', async () => {
    const original = await photo();
    expect(original.includes('secret-owner')).toBe(true);
    expect((await sharp(original).metadata()).exif).toBeDefined();
    const kept = await rig.kept(original, { name: 'IMG_1.JPG', alt: 'a dance floor' });
    expect(kept).toMatchObject({ mediaType: 'image/jpeg', width: 48, height: 64, alt: 'a dance floor' });
    const stored = await bytesAt(kept);
    expect(stored.length).toBe(kept.bytes);
    expect(stored.includes('secret-owner')).toBe(false);
    const { exif, icc, xmp, orientation, width, height } = await sharp(stored).metadata();
    expect({ exif, icc, xmp, orientation, width, height }).toEqual({ width: 48, height: 64 });
  });

  it('brings nothing along that hides behind its end or in its comments', async () => {
    const png = await pixels(20, 10).png().withXmp('<x>secret-xmp</x>').toBuffer();
    const gif = await pixels(20, 10, 2).gif().toBuffer();
    // a comment block in front of the end of the animation
    const comment = Buffer.from('\x21\xfe\x0bsecret-note\x00', 'latin1');
    const noted = Buffer.concat([gif.subarray(0, -1), comment, gif.subarray(-1)]);
    const jpeg = await photo();
    for (const bytes of [png, noted, jpeg]) {
      const hiding = Buffer.concat([bytes, Buffer.from('<script>secret-tail</script>')]);
      expect(/secret/.test(hiding.toString('latin1'))).toBe(true);
      const stored = await bytesAt(await rig.kept(hiding));
      expect(/secret/.test(stored.toString('latin1'))).toBe(false);
    }
  });

  it('moves on when it moved before, at the same pace', async () => {
    for (const [type, delay] of [
      ['gif', [100, 200, 300]],
      ['webp', [80, 80, 400]],
    ] as const) {
      const moving = await pixels(30, 20, 3)
        .toFormat(type, { delay: [...delay], loop: 2 })
        .toBuffer();
      const kept = await rig.kept(moving);
      expect(kept).toMatchObject({ mediaType: `image/${type}`, width: 30, height: 20 });
      expect(await rig.row(kept)).toMatchObject({ frames: 3 });
      const stored = await sharp(await bytesAt(kept)).metadata();
      expect(stored).toMatchObject({ pages: 3, delay, loop: 2 });
    }
  });

  it('becomes WebP when it is AVIF, which few take', async () => {
    const kept = await rig.kept(await pixels(40, 30).avif().toBuffer(), { name: 'new.avif' });
    expect(kept).toMatchObject({ mediaType: 'image/webp', name: 'new.webp', width: 40, height: 30 });
  });

  it('is told by its bytes, whatever its name and its sender say', async () => {
    const png = await pixels(4, 4).png().toBuffer();
    const source = await serve((_request, response) => response.setHeader('content-type', 'text/html').end(png));
    expect(await rig.kept(`${source.url}/x.exe`, { name: 'x.exe' })).toMatchObject({
      mediaType: 'image/png',
      name: 'x.exe.png',
    });
  });

  it('is refused when it unpacks to more than may be, before it is unpacked', async () => {
    const bomb = await sharp({ create: { width: 4_000, height: 4_000, channels: 3, background: 'red' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(100_000);
    const before = rig.files();
    const taken = await rig.put(bomb, { name: 'red.png' });
    expect(taken).toEqual({ ok: false, code: 'too-large', say: 'red.png (too many pixels)' });
    expect(rig.files()).toEqual(before);
  });

  it('becomes its first frame when it has more frames, or all of them more pixels, than may be', async () => {
    const frames = await pixels(2, 2, 10_000).gif({ delay: 20 }).toBuffer();
    const wide = await pixels(300, 200, 20).gif({ delay: 20, colours: 4 }).toBuffer();
    const roomy = await openRig({ maxPixels: 1_000_000 });
    opened.push(roomy);
    for (const gif of [frames, wide]) {
      const kept = await roomy.kept(gif, { name: 'long.gif' });
      expect(await roomy.row(kept)).toMatchObject({ mediaType: 'image/gif', frames: 1 });
    }
  });

  it('is refused when it is cut off or only begins like one', async () => {
    const jpeg = await pixels(400, 300).jpeg({ quality: 95 }).toBuffer();
    const broken = [
      jpeg.subarray(0, jpeg.length / 2),
      Buffer.from('\x89PNG\r\n\x1a\n and then something else', 'latin1'),
    ];
    for (const bytes of broken) {
      expect(await rig.put(bytes)).toMatchObject({ ok: false, code: 'unsupported' });
    }
    expect(rig.drafts()).toEqual([]);
  });
});

describe('a file', () => {
  const kinds: readonly (readonly [string, string | Buffer, string])[] = [
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'text/plain'],
    ['a page', '<!doctype html><script>alert(1)</script>', 'text/plain'],
    ['text', 'naïve café 🎧\n', 'text/plain'],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]), 'application/octet-stream'],
    ['a PDF', '%PDF-1.7\n…', 'application/pdf'],
    ['an MP3 with tags', Buffer.from('ID3\x04\x00rest', 'latin1'), 'audio/mpeg'],
    ['an MP3 without tags', Buffer.from([0xff, 0xfb, 0x90, 0x64, 0, 0]), 'audio/mpeg'],
    ['a voice note', Buffer.from(`OggS${'\0'.repeat(24)}OpusHead`, 'latin1'), 'audio/ogg'],
    ['a FLAC', Buffer.from('fLaC\0\0\0\x22', 'latin1'), 'audio/flac'],
    ['a film', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'), 'video/mp4'],
    ['a WebM', Buffer.from('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm', 'latin1'), 'video/webm'],
    ['a picture that cannot be cleaned', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'image/heic'],
    ['text in UTF-16', Buffer.from('\ufeffhello', 'utf16le'), 'application/octet-stream'],
  ];
  it.each(kinds)('that is %s is known by its bytes', async (_what, bytes, type) => {
    const kept = await rig.kept(Buffer.from(bytes), { name: 'x.svg' });
    expect(kept).toMatchObject({ mediaType: type, width: null, height: null });
    expect(await bytesAt(kept)).toEqual(Buffer.from(bytes));
  });

  it('is stored once however often it comes, each time under an id of its own', async () => {
    const bytes = Buffer.from('the same set list');
    const before = rig.files().length;
    const both = await Promise.all([rig.kept(bytes, { name: 'a.txt' }), rig.kept(bytes, { name: 'b.txt' })]);
    const third = await rig.kept(bytes, { isSpoiler: true });
    expect(rig.files()).toHaveLength(before + 1);
    expect(new Set([...both, third].map(({ url }) => url)).size).toBe(3);
    expect(both.map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
    expect(third.isSpoiler).toBe(true);
  });

  it('is opened again by its URL, also by a whole one, and not once it is gone', async () => {
    const { url } = await rig.kept(Buffer.from('tracklist'), { name: 'list.txt' });
    for (const form of [url, `https://hub.example${url}`]) {
      const found = await rig.port.open(form);
      expect(found).toMatchObject({ mediaType: 'text/plain', name: 'list.txt', bytes: 9 });
      const chunks: Uint8Array[] = [];
      for await (const chunk of found?.stream ?? []) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe('tracklist');
    }
    for (const form of [`https://elsewhere.example${url}`, `/media/${'A'.repeat(22)}/list.txt`, '/etc/passwd', '']) {
      expect(await rig.port.open(form)).toBeNull();
    }
  });

  const names: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ann\\set.txt', 'set.txt'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['two\nlines\r.txt', 'twolines.txt'],
    ['..', 'file'],
    ['', 'file'],
    ['.htaccess', 'htaccess'],
    [`${'long '.repeat(60)}.flac`, `${'long '.repeat(8)}lon.flac`],
    ['録音🎧.txt', '録音🎧.txt'],
    ['\ud800half.txt', '\ufffdhalf.txt'],
  ];
  it.each(names)('called %j is kept as %j', async (name, expected) => {
    const kept = await rig.kept(Buffer.from('some text'), { name });
    expect(kept.name).toBe(expected);
    expect(kept.url).toMatch(/^\/media\/[A-Za-z0-9_-]{22}\/[A-Za-z0-9%._~-]+$/);
    expect(kept.name.length).toBeLessThanOrEqual(48);
  });
});

describe('a source', () => {
  it('that says it is too large is not asked, or not read', async () => {
    const source = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 200_001 });
      response.write('x');
    });
    expect(await rig.put(`${source.url}/a`, { name: 'set.flac', bytes: 96_000_000 })).toEqual({
      ok: false,
      code: 'too-large',
      say: 'set.flac (96 MB, too large)',
    });
    expect(source.asked).toEqual([]);
    expect(await rig.put(`${source.url}/b`)).toMatchObject({ ok: false, code: 'too-large' });
  });

  it('that never ends is cut off', async () => {
    const source = await serve((_request, response) => {
      const more = (): void =>
        void (response.destroyed || response.write(Buffer.alloc(16_384), () => setImmediate(more)));
      more();
    });
    expect(await rig.put(source.url)).toMatchObject({ ok: false, code: 'too-large' });
    expect(await rig.put(Buffer.alloc(200_001, 'x'))).toMatchObject({ ok: false, code: 'too-large' });
    expect(rig.drafts()).toEqual([]);
  });

  it('that sends nothing, less than it said, packed bytes or an error is not believed', async () => {
    const source = await serve(({ url }, response) => {
      switch (url) {
        case '/none':
          response.end();
          return;
        case '/less':
          response.writeHead(200, { 'content-length': 100 });
          response.write('half', () => response.destroy());
          return;
        case '/packed':
          response.writeHead(200, { 'content-encoding': 'gzip' });
          response.end(gzipSync(Buffer.alloc(10_000_000)));
          return;
        default:
          response.writeHead(404).end('{"error":"gone"}');
      }
    });
    const before = rig.files();
    const codes: string[] = [];
    for (const path of ['/none', '/less', '/packed', '/gone']) {
      const taken = await rig.put(source.url + path);
      codes.push(taken.ok ? 'taken' : taken.code);
    }
    expect(codes).toEqual(['unsupported', 'unreachable', 'unreachable', 'unreachable']);
    expect(rig.files()).toEqual(before);
    expect(rig.drafts()).toEqual([]);
  });

  it('that falls silent is given up, and so is one that trickles', async () => {
    const clock = standingClock();
    const slow = await openRig({ clock });
    opened.push(slow);
    let isTrickling = false;
    const source = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('x');
      const trickle = setInterval(() => isTrickling && response.write('x'), 5);
      response.once('close', () => clearInterval(trickle));
    });
    const silent = slow.put(source.url);
    await expect.poll(() => (slow.drafts().length > 0 ? clock.ahead(20_000) : source.asked.length)).not.toBe(0);
    expect(await silent).toMatchObject({ ok: false, code: 'unreachable' });
    isTrickling = true;
    const trickling = slow.put(source.url);
    await expect.poll(() => slow.drafts().length).toBe(1);
    for (let seconds = 0; seconds < 61; seconds += 5) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.ahead(5_000);
    }
    expect(await trickling).toMatchObject({ ok: false, code: 'unreachable' });
    await expect.poll(() => slow.drafts()).toEqual([]);
  });

  it('whose stream ignores that it is cut off holds nothing up', async () => {
    const stop = new AbortController();
    const hanging = rig.port.put(
      {
        source: {
          kind: 'stream',
          open: async () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
        },
        name: 'x',
        bytes: null,
        alt: null,
        isSpoiler: false,
      },
      stop.signal,
    );
    await expect.poll(() => rig.drafts().length).toBe(1);
    stop.abort();
    expect(await hanging).toMatchObject({ ok: false, code: 'unreachable' });
    await expect.poll(() => rig.drafts()).toEqual([]);
  });

  it('that fails to open is unreachable, and its error goes no further', async () => {
    const source = { kind: 'stream', open: () => Promise.reject(new Error('https://x/bot123:token/file')) } as const;
    const taken = await rig.put(Buffer.alloc(0), { source, name: 'a.txt' });
    expect(taken).toEqual({ ok: false, code: 'unreachable', say: 'a.txt (could not be loaded)' });
    expect(await rig.kept(Buffer.from('fine'), { source: streamOf(Buffer.from('fine')) })).toMatchObject({ bytes: 4 });
  });
});
