/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import { pixels } from '../media/rig.ts';
import { actFar, dialog, row, say } from './acts.ts';
import { openStage, type Person, type Stage } from './stage.ts';

let stage: Stage;
let ana: Person;
let ben: Person;
let mod: Person;
beforeAll(async () => {
  stage = await openStage();
  ana = await stage.person('Ana');
  ben = await stage.person('Ben');
  mod = await stage.person('Morgan', { role: 'admin' });
});
afterAll(() => stage.close());

it('reports a message from its menu, with a reason; its author is offered no such thing', async () => {
  await say(ben.page, 'buy my records');
  await row(ana.page, 'buy my records').waitFor();
  await actFar(ana.page, 'buy my records', 'Report');
  await dialog(ana.page).getByLabel('What is wrong with it').fill('it is an advert');
  await dialog(ana.page).getByRole('button', { name: 'Report', exact: true }).click();
  await ana.page.getByText('The moderators are told.').waitFor();
  await row(ben.page, 'buy my records').hover();
  await row(ben.page, 'buy my records').getByRole('button', { name: 'More' }).click();
  await dialog(ben.page).getByRole('button', { name: 'Copy link' }).waitFor();
  expect(await dialog(ben.page).getByRole('button', { name: 'Report' }).count()).toBe(0);
  await ben.page.keyboard.press('Escape');
});

it('M1: a timeout is two presses from the message, says what became of it, and can be undone at once', async () => {
  await row(mod.page, 'buy my records').waitFor();
  await actFar(mod.page, 'buy my records', '5 min');
  const undo = mod.page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  await say(ben.page, 'am I silenced');
  const failed = ben.page.locator('[data-pending=failed]');
  await failed.waitFor();
  await expect.poll(() => failed.textContent()).toMatch(/timed out|timeout/i);
  await undo.click();
  await mod.page.getByText('Ben may write here again.').waitFor();
  await failed.getByRole('button', { name: 'Retry' }).click();
  await row(ana.page, 'am I silenced').waitFor();
});

it('U5: hides whom one mutes, shows a single message on wish, and gives them back in the settings', async () => {
  await actFar(ana.page, 'am I silenced', 'Mute');
  await expect.poll(() => row(ana.page, 'am I silenced').count()).toBe(0);
  await say(ben.page, 'nobody hears me');
  await row(mod.page, 'nobody hears me').waitFor();
  await ana.page.getByRole('button', { name: 'show' }).last().click();
  await row(ana.page, 'nobody hears me').waitFor();
  await ana.page.getByRole('button', { name: 'Settings' }).click();
  const list = dialog(ana.page).getByRole('group', { name: 'Muted and blocked' });
  await list.getByText('Ben').waitFor();
  await list.getByRole('button', { name: 'Unmute' }).click();
  await expect.poll(() => list.count()).toBe(0);
  await ana.page.keyboard.press('Escape');
  await row(ana.page, 'am I silenced').waitFor();
});

it('M2: a picture is covered until somebody looks; a press shows it to that reader, a mark to everybody', async () => {
  await ben.page.locator('input[type=file]').setInputFiles({
    name: 'flyer.png',
    mimeType: 'image/png',
    buffer: await pixels(40, 30, 1, 7).png().toBuffer(),
  });
  await ben.page.getByLabel('What flyer.png shows').fill('a flyer');
  await say(ben.page, 'look at this');
  const cover = ana.page.getByRole('button', { name: 'Covered picture, nobody has looked at it yet' });
  await cover.waitFor();
  const place = await cover.locator('img').boundingBox();
  await cover.click();
  await expect.poll(() => cover.count()).toBe(0);
  expect(await row(ana.page, 'look at this').locator('img.attachment').boundingBox()).toEqual(place);
  await expect.poll(() => row(mod.page, 'look at this').locator('img.covered').count()).toBe(1);
  await actFar(mod.page, 'look at this', 'Pictures are NSFW');
  await mod.page.getByRole('button', { name: 'Covered picture, NSFW' }).waitFor();
  await ben.page.getByRole('button', { name: 'Covered picture, NSFW' }).waitFor();
  await actFar(mod.page, 'look at this', 'Pictures are safe');
  for (const { page } of [mod, ben]) {
    await expect.poll(() => row(page, 'look at this').locator('img.covered').count()).toBe(0);
  }
});

it('tells an author what became of a message that was held', async () => {
  await say(mod.page, '/shield on');
  await ana.page.getByText('shield', { exact: true }).waitFor();
  const desk = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Morgan') });
  for (const [{ page }, text, as] of [
    [ana, 'let me in', 'release-held'],
    [ben, 'keep me out', 'discard-held'],
  ] as const) {
    const held = page.locator('[data-pending=held]');
    await say(page, text);
    await held.getByText('Waiting for a moderator').waitFor();
    const queue = await desk.ask('queue', { channel: 'lobby' });
    const [waiting] = queue.ok ? queue.value.held : [];
    expect(await desk.do(as, { channel: 'lobby', message: waiting?.message.id ?? '' })).toMatchObject({ ok: true });
    await expect.poll(() => held.count()).toBe(0);
    await page.locator('.toast').first().waitFor();
  }
  desk.close();
  await row(ben.page, 'let me in').waitFor();
  expect(await row(ana.page, 'keep me out').count()).toBe(0);
  await say(mod.page, '/shield off');
});

it('leaves the pages without a fault', () => {
  expect([...ana.errors, ...ben.errors, ...mod.errors]).toEqual([]);
});
