import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Participant } from '../fakes/people.ts';
import { upload, WITHIN } from '../library/rig.ts';
import { idOf, type Rig, startRig } from '../sanctions/rig.ts';
import { lookOf, mark, pictures, png, postPicture } from './rig.ts';

const MINUTE = 60_000;

describe.each(['embedded', 'redis'] as const)('what is said of pictures, on %s:', (kind) => {
  let rig: Rig;
  afterEach(() => rig.close());
  const start = async (isTwo = false) => {
    rig = await startRig(kind, { isTwo, config: { accounts: { signUp: 'open' }, library: { titles: false } } });
    return { root: await rig.come('root', { role: 'admin' }), ann: await rig.come('ann'), ben: await rig.come('ben') };
  };
  const files = (): readonly string[] => {
    const media = join(rig.hub.dataDir, 'media');
    return readdirSync(media).flatMap((part) => (part === 'tmp' ? [] : readdirSync(join(media, part))));
  };
  const urls = async (who: Participant): Promise<readonly string[]> =>
    (await who.page()).flatMap(({ message }) => message.content.attachments.map(({ url }) => url));

  it('M2: pictures of newcomers are blurred until one is said to be safe, by its bytes: before and after', async () => {
    const { root, ann, ben } = await start();
    const first = await postPicture(rig, ann, 'ann', await png());
    await postPicture(rig, root, 'root', await png(1));
    await postPicture(rig, ben, 'ben', await png());
    expect(await pictures(root)).toEqual(['blurred', 'open', 'blurred']);
    const heard: string[] = [];
    ann.client.on('channel', (event) => {
      if (event.type === 'mark') heard.push(event.mark);
    });
    expect(await mark(root, first, 'safe')).toBe('The picture of ann is marked as safe everywhere.');
    expect(await pictures(ann)).toEqual(['open safe', 'open', 'open safe']);
    await expect.poll(() => heard, WITHIN).toEqual(['safe', 'safe']);
    await postPicture(rig, ben, 'ben', await png());
    expect((await pictures(ann)).at(-1)).toBe('open safe');
    await root.client.do('set-settings', { channel: 'lobby', change: { blur: 'off' } });
    await postPicture(rig, ben, 'ben', await png(2));
    expect((await pictures(ann)).at(-1)).toBe('open');
    await root.client.do('set-settings', { channel: 'lobby', change: { blur: 'all' } });
    rig.forward(60 * MINUTE);
    await postPicture(rig, ben, 'ben', await png(3));
    expect((await pictures(ann)).at(-1)).toBe('blurred');
  });

  it('M2: what is marked NSFW is covered before and after, in history, in the library and for who comes back; undone by safe', async () => {
    const { root, ann, ben } = await start();
    const first = await postPicture(rig, ann, 'ann', await png());
    const own = await postPicture(rig, ben, 'ben', await png(), { isSpoiler: true, text: 'careful' });
    expect(await mark(root, first, 'nsfw')).toBe('The picture of ann is marked as NSFW everywhere.');
    expect(await pictures(ann)).toEqual(['covered nsfw', 'covered nsfw']);
    await postPicture(rig, ben, 'ben', await png());
    const views: string[] = [];
    ann.client.on('channel', (event) => {
      if (event.type === 'message') views.push(...event.message.content.attachments.map(lookOf));
    });
    await postPicture(rig, ben, 'ben', await png());
    await expect.poll(() => views, WITHIN).toEqual(['covered nsfw']);
    const items = async () => {
      const answer = await ann.client.ask('library', { channel: 'lobby' });
      return answer.ok && answer.value.items.map(({ attachment, count }) => [attachment && lookOf(attachment), count]);
    };
    await expect.poll(items, WITHIN).toEqual([['covered nsfw', 4]]);
    expect(await mark(root, own, 'safe')).toContain('safe');
    expect(await pictures(ann)).toEqual(['open safe', 'covered safe', 'open safe', 'open safe']);
    expect(await mark(ann, first, 'nsfw')).toBe('forbidden');
    expect(await mark(root, await root.say('no picture'), 'nsfw')).toBe('not-found');
    expect(await rig.give(root, 'nsfw', { replyTo: first })).toContain('NSFW');
    expect((await pictures(ann))[0]).toBe('covered nsfw');
    expect(await rig.give(ann, 'safe', { replyTo: first })).not.toContain('marked');
    const audit = await root.client.ask('audit', { channel: 'lobby' });
    const acts = audit.ok ? audit.value.acts.map(({ act, target }) => [act, target?.user]) : [];
    expect(acts).toContainEqual(['mark-nsfw', idOf(ann)]);
  });

  it('M2: what is removed is gone at once with its bytes and the messages that showed it, and is taken no more', async () => {
    const { root, ann, ben } = await start();
    const first = await postPicture(rig, ann, 'ann', await png());
    await postPicture(rig, ben, 'ben', await png(), { text: 'look' });
    await postPicture(rig, ben, 'ben', await png(1));
    const [url = '', again = '', other = ''] = await urls(root);
    expect((await fetch(`${rig.hub.url}${url}?thumb`)).status).toBe(200);
    expect(await mark(root, first, 'remove')).toBe('The picture of ann is removed, and not taken again everywhere.');
    for (const gone of [url, `${url}?thumb`, again]) expect((await fetch(`${rig.hub.url}${gone}`)).status).toBe(404);
    expect((await fetch(`${rig.hub.url}${other}`)).status).toBe(200);
    expect(await pictures(root)).toEqual([null, null, 'blurred']);
    expect(files()).toHaveLength(1);
    await expect(upload(rig.hub.url, await rig.hub.user('ben'), 'x.png', await png())).rejects.toThrow(
      'removed by a moderator',
    );
    expect(files()).toHaveLength(1);
    const audit = await root.client.ask('audit', { channel: 'lobby' });
    const acts = audit.ok ? audit.value.acts.map(({ act }) => act) : [];
    await expect.poll(() => acts).toContain('mark-remove');
    await rig.restart();
    await expect(upload(rig.hub.url, await rig.hub.user('ben'), 'x.png', await png())).rejects.toThrow(
      'removed by a moderator',
    );
  });

  it('M2: what a DJ’s moderators say holds in the channels of that DJ alone; nobody removes what their own rank has posted', async () => {
    const { root, ann } = await start();
    const kool = await rig.come('kool', { role: 'dj', channel: 'dj-kool' });
    const mo = await rig.come('mo', { channel: 'dj-kool' });
    await rig.moderator('mo', 'dj-kool');
    const there = await postPicture(rig, ann, 'ann', await png(), { channel: 'dj-kool' });
    await postPicture(rig, ann, 'ann', await png());
    expect(await mark(mo, there, 'nsfw', 'dj-kool')).toBe('The picture of ann is marked as NSFW here.');
    const inDj = async () => {
      const page = await kool.client.history('dj-kool', null, 10);
      return (
        page.ok && page.value.messages.map(({ message }) => message.content.attachments.map(lookOf).join() || null)
      );
    };
    expect(await inDj()).toEqual(['covered nsfw']);
    expect(await pictures(root)).toEqual(['blurred']);
    const djs = await postPicture(rig, kool, 'kool', await png(), { channel: 'dj-kool' });
    expect(await mark(mo, djs, 'remove', 'dj-kool')).toBe('forbidden');
    expect(await mark(mo, there, 'remove', 'dj-kool')).toBe('forbidden');
    expect(await mark(kool, there, 'remove', 'dj-kool')).toContain('removed');
    expect(await inDj()).toEqual([null, null]);
    const [url = ''] = await urls(root);
    expect((await fetch(`${rig.hub.url}${url}`)).status).toBe(200);
    expect(await postPicture(rig, ann, 'ann', await png(), { channel: 'dj-kool' })).toBe('against-rules');
    expect(await postPicture(rig, ann, 'ann', await png())).toMatch(/^[0-9a-f-]{36}$/);
    const lobby = (await root.page())[0]?.message.id ?? '';
    expect(await mark(root, lobby, 'safe')).toContain('everywhere');
    expect(await postPicture(rig, ann, 'ann', await png(), { channel: 'dj-kool' })).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('M2: a picture that the hub has written comes back as the same one', async () => {
    const { root, ann } = await start();
    const photo = await (await import('../media/rig.ts')).photo();
    const first = await postPicture(rig, ann, 'ann', photo);
    expect(await mark(root, first, 'nsfw')).toContain('NSFW');
    const [url = ''] = await urls(root);
    const written = Buffer.from(await (await fetch(`${rig.hub.url}${url}`)).arrayBuffer());
    expect(written.equals(photo)).toBe(false);
    await postPicture(rig, ann, 'ann', written);
    expect(await pictures(root)).toEqual(['covered nsfw', 'covered nsfw']);
  });

  it('a deleted message takes its file along a while later, unless another message has the same one', async () => {
    const { root, ann } = await start();
    const one = await postPicture(rig, ann, 'ann', await png(), { text: 'one' });
    const two = await postPicture(rig, ann, 'ann', await png(), { text: 'two' });
    await postPicture(rig, ann, 'ann', await png(1), { text: 'three' });
    const [url = '', other = ''] = await urls(root);
    await ann.client.redact('lobby', one);
    const status = async (of: string): Promise<number> => (await fetch(`${rig.hub.url}${of}`)).status;
    const ends = async () => {
      const { sql } = rig.hub.hub;
      return (await sql.read(sql.build.selectFrom('media_links').select('expires_at').compile())).filter(
        ({ expires_at }) => expires_at !== null,
      ).length;
    };
    await expect.poll(ends, WITHIN).toBe(1);
    expect(await status(url)).toBe(200);
    rig.forward(6 * MINUTE);
    expect(await status(url)).toBe(404);
    expect(await status(other)).toBe(200);
    await root.client.redact('lobby', two);
    await expect.poll(ends, WITHIN).toBe(2);
    rig.forward(6 * MINUTE);
    expect(await status(other)).toBe(404);
  });
});

it('M2: two hubs say the same of a picture, before and after', async () => {
  const rig = await startRig('redis', { isTwo: true });
  try {
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann', { at: 'other' });
    const first = await postPicture({ hub: rig.other }, ann, 'ann', await png());
    expect(await mark(root, first, 'nsfw')).toContain('NSFW');
    await postPicture({ hub: rig.other }, ann, 'ann', await png());
    for (const who of [root, ann]) expect(await pictures(who)).toEqual(['covered nsfw', 'covered nsfw']);
    expect(await mark(root, first, 'remove')).toContain('removed');
    await expect(upload(rig.other.url, await rig.other.user('ann'), 'x.png', await png())).rejects.toThrow('removed');
    for (const who of [root, ann]) await expect.poll(() => pictures(who), WITHIN).toEqual([null, null]);
  } finally {
    await rig.close();
  }
});

it('M2: what waits for a moderator is shown by what was said of its picture meanwhile; what is never shown leaves no file', async () => {
  const rig = await startRig('embedded');
  try {
    const root = await rig.come('root', { role: 'admin' });
    const ann = await rig.come('ann');
    const hold = (heldWords: readonly string[]) =>
      root.client.do('set-settings', { channel: 'lobby', change: { rules: { heldWords } } });
    const shown = await postPicture(rig, root, 'root', await png());
    await hold(['wait']);
    const texts = ['wait one', 'wait two'];
    for (const text of texts) await postPicture(rig, ann, 'ann', await png(), { text });
    await postPicture(rig, ann, 'ann', await png(1), { text: 'wait three' });
    await mark(root, shown, 'nsfw');
    const queue = await root.client.ask('queue', { channel: 'lobby' });
    const [one, two, three] = queue.ok ? queue.value.held.map(({ message }) => message) : [];
    if (one === undefined || two === undefined || three === undefined) throw new Error('not held');
    const heard: string[] = [];
    ann.client.on('channel', (event) => {
      if (event.type === 'message') heard.push(...event.message.content.attachments.map(lookOf));
    });
    await root.client.do('release-held', { channel: 'lobby', message: one.id ?? null });
    await expect.poll(() => heard, WITHIN).toEqual(['covered nsfw']);
    await mark(root, shown, 'remove');
    await root.client.do('release-held', { channel: 'lobby', message: two.id ?? null });
    await expect.poll(async () => (await root.page()).at(-1)?.message.content.attachments, WITHIN).toEqual([]);
    await root.client.do('discard-held', { channel: 'lobby', message: three.id ?? null, reason: null });
    const url = three.content.attachments[0]?.url ?? '';
    const status = async () => (await fetch(`${rig.hub.url}${url}`)).status;
    expect(await status()).toBe(200);
    const { sql } = rig.hub.hub;
    const ends = sql.build.selectFrom('media_links').select('id').where('expires_at', 'is not', null);
    await expect.poll(async () => (await sql.read(ends.compile())).length, WITHIN).toBe(1);
    rig.forward(6 * MINUTE);
    expect(await status()).toBe(404);
  } finally {
    await rig.close();
  }
});
