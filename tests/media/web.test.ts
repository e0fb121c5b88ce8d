/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Attachment } from '../../core/domain/content.ts';
import { openStage, type Person, type Stage } from '../browser/stage.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';
import { pixels } from './rig.ts';

let stage: Stage;
let ben: Person;
beforeAll(async () => {
  stage = await openStage();
  ben = await stage.person('Ben');
});
afterAll(async () => {
  expect(ben.errors).toEqual([]);
  await stage.close();
});

it('the chat shows pictures in their size, covers what is to be covered, and links files', async () => {
  const token = await stage.hub().user('Ana');
  const upload = async (name: string, bytes: Uint8Array): Promise<Attachment> => {
    const answer = await fetch(`${stage.url}/api/media?name=${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: Buffer.from(bytes),
    });
    return ((await answer.json()) as { readonly attachment: Attachment }).attachment;
  };
  const png = await pixels(60, 40).png().toBuffer();
  const attachments = [
    { url: (await upload('flyer.png', png)).url, alt: 'the flyer' },
    { url: (await upload('surprise.png', png)).url, alt: 'a surprise', isSpoiler: true },
    { url: (await upload('list.txt', Buffer.from('tracklist'))).url },
  ];
  const ana = await connectPeer(stage.hub().wsUrl, { token });
  await ana.ask({ type: 'join', channel: 'lobby', after: null });
  await ana.ask({ type: 'post', channel: 'lobby', key: newKey(), text: '', attachments });

  const flyer = ben.page.getByAltText('the flyer');
  await flyer.waitFor();
  await expect.poll(() => flyer.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(60);
  expect([await flyer.getAttribute('width'), await flyer.getAttribute('height')]).toEqual(['60', '40']);
  const cover = ben.page.getByRole('button', { name: 'Covered picture, Spoiler · show' });
  expect(await cover.count()).toBe(1);
  await cover.click();
  await expect.poll(() => cover.count()).toBe(0);
  expect(await ben.page.getByAltText('a surprise').isVisible()).toBe(true);
  const link = await ben.page.getByRole('link', { name: 'list.txt' }).getAttribute('href');
  expect(await (await fetch(stage.url + link)).text()).toBe('tracklist');
  await ana.close();
});
