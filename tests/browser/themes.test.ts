/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixels } from '../media/rig.ts';
import { act, actFar, dialog, row, say } from './acts.ts';
import { faults } from './axe.ts';
import { DESKTOP, PHONE, type ViewOptions } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const ATTACK = '<img src=x onerror=window.hit=1>"\'><script>window.hit=1</script>';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const { page, context } = await stage.person('Ben');
  await page.locator('input[type=file]').setInputFiles({
    name: `${ATTACK.replaceAll('/', '')}.png`,
    mimeType: 'image/png',
    buffer: await pixels(80, 60, 1, 3).png().toBuffer(),
  });
  await page.getByRole('button', { name: 'Spoiler' }).waitFor();
  await say(page, 'a picture https://example.org/<b>x</b>');
  await row(page, 'a picture').waitFor();
  await page.locator('input[type=file]').setInputFiles({
    name: `${ATTACK.replaceAll('/', '')}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from('hello'),
  });
  await page.locator('.upload.ready').waitFor();
  await say(page, 'a file');
  await row(page, 'a file').waitFor();
  await context.close();
});
afterAll(() => stage.close());

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
}

/* Faults of structure show in any theme, those of colour at any width: each theme is looked at once, each width twice. */
describe('axe finds no fault', () => {
  it.each([
    ['light', 'system', '1280', DESKTOP],
    ['dark', 'system', '390', PHONE],
    ['light', 'contrast', '390', PHONE],
    ['dark', 'contrast', '1280', DESKTOP],
  ] as const)('in the chat and each of its dialogs, %s, %s, at %s px', async (system, theme, _, base) => {
    const view: ViewOptions = { ...base, isTouch: false, theme: system };
    const { page, context, errors } = await stage.person('Morgan', { role: 'admin', view });
    await page.evaluate((name) => localStorage.setItem('slipmat.theme', name), theme);
    await page.reload();
    await row(page, 'a picture').waitFor();
    const look = async (name: string): Promise<void> => {
      expect(await faults(page), name).toEqual([]);
    };
    await look('chat with a covered picture');
    await row(page, 'a picture').hover();
    await look('actions of a row');
    await act(page, 'a picture', 'More');
    await dialog(page).getByRole('button', { name: 'Ban' }).waitFor();
    await look('menu of a message');
    await close(page);
    await act(page, 'a picture', 'Delete');
    await dialog(page).getByRole('button', { name: 'Keep' }).waitFor();
    await look('deleting');
    await close(page);
    await row(page, 'a picture').getByRole('button', { name: 'Ben', exact: true }).click();
    await dialog(page).getByRole('button', { name: 'Ban' }).waitFor();
    await look('card of a person');
    await close(page);
    for (const [button, shown] of [
      ['Search', 'searchbox'],
      ['Links and files', 'heading'],
    ] as const) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await dialog(page).getByRole(shown).first().waitFor();
      await look(button);
      await close(page);
    }
    if (base === PHONE) await page.getByRole('button', { name: /^Channels/ }).click();
    for (const button of ['Private messages', 'Settings']) {
      await page.getByRole('button', { name: button }).click();
      await dialog(page).getByRole('heading').first().waitFor();
      await look(button);
      await close(page);
    }
    if (base === PHONE) await page.keyboard.press('Escape');
    const cover = page.getByRole('button', { name: /^Covered picture/ });
    await cover.click();
    await row(page, 'a picture').locator('.picture').click();
    await dialog(page).getByRole('button', { name: 'Larger' }).waitFor();
    await look('a picture in large');
    await close(page);
    expect(errors).toEqual([]);
    await context.close();
  });
});

it('axe finds no fault in reporting, a window of its own and a page within another', async () => {
  const { page, context } = await stage.person('Ana');
  await row(page, 'a file').waitFor();
  await actFar(page, 'a file', 'Report');
  await dialog(page).getByLabel('What is wrong with it').waitFor();
  expect(await faults(page)).toEqual([]);
  for (const path of ['/popout/lobby', '/embed/lobby']) {
    await page.goto(stage.url + path);
    await row(page, 'a file').waitFor();
    expect(await faults(page), path).toEqual([]);
  }
  await context.close();
});

it('what looks like markup in the name of a file or a link is shown as text, and runs nothing', async () => {
  const { page, context, errors } = await stage.person('Ana');
  await row(page, 'a file').waitFor();
  await page.getByRole('button', { name: 'Links and files' }).click();
  await dialog(page).getByRole('listitem').first().waitFor();
  await page.keyboard.press('Escape');
  const files = page.locator('li[data-message]').locator('a, img.attachment');
  const names = await files.evaluateAll((all) =>
    all.map((one) => (one instanceof HTMLImageElement ? one.alt : (one.textContent ?? ''))),
  );
  expect(names.filter((name) => name.includes('onerror=window.hit=1')).length).toBeGreaterThan(0);
  expect(await page.evaluate(() => Reflect.get(window, 'hit'))).toBeUndefined();
  expect(await page.locator('li[data-message] img:not(.attachment), li[data-message] script').count()).toBe(0);
  expect(errors).toEqual([]);
  await context.close();
});

it('needs no scrolling sideways at 320 px with text twice as large', async () => {
  const { page, context } = await stage.person('Ana', { view: { ...PHONE, width: 320, height: 640 } });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  await row(page, 'a file').waitFor();
  const isTooWide = (): Promise<boolean> =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  await expect.poll(() => isTooWide()).toBe(false);
  for (const name of ['Search', 'Links and files']) {
    await page.getByRole('button', { name, exact: true }).click();
    await dialog(page).waitFor();
    await expect.poll(() => isTooWide(), { message: name }).toBe(false);
    await close(page);
  }
  await context.close();
});
