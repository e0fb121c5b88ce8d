import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attachment } from '../../core/domain/content.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, type Frame, newKey, type Peer } from '../fakes/socket-peer.ts';
import { photo, pixels } from './rig.ts';

let hub: TestHub;
let ann: string;
let bob: string;
const peers: Peer[] = [];
beforeAll(async () => {
  hub = await startTestHub({ config: { media: { maxBytes: 300_000, uploadsPerMinute: 40 } } });
  ann = await hub.user('Ann');
  bob = await hub.user('Bob');
});
afterAll(async () => {
  for (const peer of peers) await peer.close();
  await hub.close();
});

async function connect(token: string): Promise<Peer> {
  const peer = await connectPeer(hub.wsUrl, { token });
  peers.push(peer);
  await peer.ask({ type: 'join', channel: 'lobby', after: null });
  return peer;
}

function post(bytes: Uint8Array | string, name: string | null = 'file', token: string | null = ann): Promise<Response> {
  const query = name === null ? '' : `?name=${encodeURIComponent(name)}`;
  const headers = { 'content-type': 'image/svg+xml', ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  return fetch(`${hub.url}/api/media${query}`, { method: 'POST', headers, body: Buffer.from(bytes) });
}

async function uploaded(bytes: Uint8Array | string, name = 'file', token = ann): Promise<Attachment> {
  const answer = await post(bytes, name, token);
  const body = (await answer.json()) as { readonly attachment: Attachment };
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
  return body.attachment;
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(hub.url + path, { headers, method });

describe('an upload', () => {
  it('is answered with what a post can carry', async () => {
    const kept = await uploaded(await photo(), 'auf der Tanzfläche.JPG');
    expect(kept).toEqual({
      url: expect.stringMatching(/^\/media\/[\w-]{22}\/auf%20der%20Tanzfl%C3%A4che\.JPG$/),
      name: 'auf der Tanzfläche.JPG',
      mediaType: 'image/jpeg',
      bytes: expect.any(Number),
      width: 48,
      height: 64,
      alt: null,
      isSpoiler: false,
      picture: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await uploaded('hello')).toMatchObject({ name: 'file', mediaType: 'text/plain' });
  });

  it('is for people who are signed in', async () => {
    const guest = await connectPeer(hub.wsUrl, { token: null });
    peers.push(guest);
    const { token } = await guest.next('welcome');
    for (const one of [null, 'nonsense', token]) {
      const answer = await post('hello', 'a.txt', one);
      expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'sign-in' }]);
    }
  });

  it('is refused with the reason: too large, empty, no picture that can be read, a name too long', async () => {
    const bomb = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: 'red' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    const answers = [
      await post(Buffer.alloc(300_001), 'big.bin'),
      await post(bomb, 'bomb.png'),
      await post('', 'empty.txt'),
      await post(Buffer.from('\x89PNG\r\n\x1a\nnothing', 'latin1'), 'broken.png'),
      await post('x', 'n'.repeat(301)),
    ];
    const said = await Promise.all(answers.map(async (answer) => [answer.status, await answer.json()]));
    expect(said).toMatchObject([
      [413, { code: 'too-large', say: expect.stringContaining('big.bin') }],
      [413, { code: 'too-large', say: expect.stringContaining('too many pixels') }],
      [400, { code: 'bad-request' }],
      [400, { code: 'bad-request', say: expect.stringContaining('broken.png') }],
      [400, { code: 'bad-request', field: 'name' }],
    ]);
  });

  it('is counted: a person who sends too many waits, others do not', async () => {
    const eve = await hub.user('Eve');
    const statuses: number[] = [];
    for (let n = 0; n < 41; n += 1) statuses.push((await post('x', 'a.txt', eve)).status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(40);
    const refused = await post('x', 'a.txt', eve);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toMatchObject([429, expect.any(Number)]);
    expect((await post('x', 'a.txt', bob)).status).toBe(201);
  });
});

describe('a file of the hub', () => {
  it('is shown when it is a picture, and nothing in it runs', async () => {
    const { url, bytes } = await uploaded(await pixels(600, 300).png().toBuffer(), 'flyer.png');
    const answer = await get(url);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes),
      'content-disposition': `inline; filename="flyer.png"; filename*=UTF-8''flyer.png`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': expect.stringMatching(/^private, max-age=\d+, immutable$/),
      'accept-ranges': 'bytes',
    });
    expect((await answer.arrayBuffer()).byteLength).toBe(bytes);
    const etag = answer.headers.get('etag') ?? '';
    const again = await get(url, { 'if-none-match': `"other", ${etag}` });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await get(url, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(bytes), '']);
  });

  it('is a download when it could be a page', async () => {
    for (const [text, name] of [
      ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'logo.svg'],
      ['<!doctype html><script>alert(1)</script>', 'page.html'],
    ] as const) {
      const answer = await get((await uploaded(text, name)).url);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('content-disposition')).toContain(`attachment; filename="${name}"`);
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    }
  });

  it('has a name that cannot break out of its header', async () => {
    const { url } = await uploaded('x', 'a";\r\nset-cookie: x=y; 録音.txt');
    const answer = await get(url);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="a_;set-cookie: x=y; __.txt"; filename*=UTF-8''a%22%3Bset-cookie%3A%20x%3Dy%3B%20%E9%8C%B2%E9%9F%B3.txt`,
    );
  });

  it('is given in parts to whoever asks for them', async () => {
    const sound = Buffer.concat([Buffer.from('fLaC\0\0\0\x22', 'latin1'), Buffer.alloc(92, 'm')]);
    const { url } = await uploaded(sound, 'set.flac');
    const part = async (range: string, more: Record<string, string> = {}) => {
      const answer = await get(url, { range, ...more });
      const { length } = Buffer.from(await answer.arrayBuffer());
      return [answer.status, answer.headers.get('content-range'), length];
    };
    expect(await part('bytes=0-3')).toEqual([206, 'bytes 0-3/100', 4]);
    expect(await part('bytes=90-')).toEqual([206, 'bytes 90-99/100', 10]);
    expect(await part('bytes=-5')).toEqual([206, 'bytes 95-99/100', 5]);
    expect(await part('bytes=50-5000')).toEqual([206, 'bytes 50-99/100', 50]);
    expect(await part('bytes=100-')).toEqual([416, 'bytes */100', 0]);
    expect(await part('bytes=5-3')).toEqual([200, null, 100]);
    expect(await part('bytes=0-1,4-5')).toEqual([200, null, 100]);
    expect(await part('bytes=0-3', { 'if-range': '"other"' })).toEqual([200, null, 100]);
    expect((await get(url)).headers.get('content-type')).toBe('audio/flac');
  });

  it('has a small still when it is a picture, made once', async () => {
    const moving = await uploaded(await pixels(600, 300, 2).gif({ delay: 50, colours: 8 }).toBuffer(), 'dance.gif');
    const answers = await Promise.all([1, 2, 3].map(() => get(`${moving.url}?thumb`)));
    const stills = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[0]?.headers.get('content-type')).toBe('image/webp');
    expect(stills[1]).toEqual(stills[0]);
    const { width, height, pages = 1 } = await sharp(stills[0]).metadata();
    expect([width, height, pages]).toEqual([480, 240, 1]);
    expect((await get(`${(await uploaded('no picture')).url}?thumb`)).status).toBe(404);
  });

  it('that is not there is not found, always in the same words', async () => {
    const { url } = await uploaded('gone soon', 'gone.txt');
    const [, , id = ''] = url.split('/');
    const hash = createHash('sha256').update('gone soon').digest('hex');
    unlinkSync(join(hub.dataDir, 'media', hash.slice(0, 2), hash));
    const shapes: string[] = [];
    for (const path of [
      url,
      `/media/${'A'.repeat(22)}/gone.txt`,
      '/media/short/x',
      '/media/../hub.sqlite',
      `/media/${id}%2f..%2f..%2fhub.sqlite/x`,
    ]) {
      const answer = await get(path);
      const { status, code, say } = (await answer.json()) as { status: number; code: string; say: string };
      shapes.push(`${answer.status} ${status} ${code} ${say} ${answer.headers.get('cache-control')}`);
    }
    expect(new Set(shapes)).toEqual(new Set(['404 404 not-found There is nothing here. no-store']));
  });
});

describe('a post', () => {
  it('carries files that were uploaded, described by the hub and by its author', async () => {
    const [from, to] = [await connect(ann), await connect(bob)];
    const picture = await uploaded(await pixels(30, 20).png().toBuffer(), 'a.png');
    const text = await uploaded('words', 'b.txt');
    const key = newKey();
    const attachments = [{ url: picture.url, alt: 'a dance floor', isSpoiler: true }, { url: text.url }];
    expect(await from.ask({ type: 'post', channel: 'lobby', key, text: '', attachments })).toMatchObject({
      outcome: 'posted',
    });
    const heard = await to.next('message', (frame) => frame.key === key);
    expect(heard.message.content).toEqual({
      rich: [],
      attachments: [{ ...picture, alt: 'a dance floor', isSpoiler: true }, text],
    });
  });

  it('names files of this hub alone', async () => {
    const from = await connect(ann);
    const { url } = await uploaded('words', 'b.txt');
    for (const wrong of [
      'https://elsewhere.example/a.png',
      `https://elsewhere.example${url}`,
      `/media/${'A'.repeat(22)}/b.txt`,
      '/media/x',
      'javascript:alert(1)',
    ]) {
      const attachments = [{ url }, { url: wrong }];
      expect(await from.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'x', attachments })).toMatchObject({
        type: 'error',
        code: 'bad-request',
        field: 'attachments',
      });
    }
    const many = Array.from({ length: 11 }, () => ({ url }));
    expect(
      await from.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'x', attachments: many }),
    ).toMatchObject({ code: 'bad-request', field: 'attachments' });
    const claimed = { url, name: 'other.png', mediaType: 'image/png', bytes: 1 };
    expect(
      await from.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'x', attachments: [claimed] }),
    ).toMatchObject({ code: 'bad-request' });
  });

  it('keeps its files when its words are edited', async () => {
    const from = await connect(ann);
    const file = await uploaded('words', 'b.txt');
    const posted = { type: 'post', channel: 'lobby', key: newKey(), text: 'frist', attachments: [{ url: file.url }] };
    const ack = await from.ask(posted);
    const message = ack.type === 'ack' ? ack.message : null;
    await from.ask({ type: 'edit', channel: 'lobby', key: newKey(), message, text: 'first' });
    const edit = await from.next('edit', ({ id }) => id === message);
    expect(edit.content).toEqual({ rich: [{ t: 'text', text: 'first' }], attachments: [file] });
  });

  it('stays in the order in which it was sent, also when its files take a while', async () => {
    const [from, to] = [await connect(ann), await connect(bob)];
    const { url } = await uploaded('words', 'b.txt');
    const keys = Array.from({ length: 12 }, () => newKey());
    for (const [n, key] of keys.entries()) {
      const attachments = n % 3 === 0 ? [{ url }, { url }, { url }] : [];
      from.say({ type: 'post', id: key, channel: 'lobby', key, text: `${n}`, attachments });
    }
    await to.next('message', ({ key }) => key === keys.at(-1));
    const heard = to.frames.filter((frame): frame is Frame<'message'> => frame.type === 'message');
    expect(heard.map(({ key }) => key).filter((key) => key !== null && keys.includes(key))).toEqual(keys);
  });
});
