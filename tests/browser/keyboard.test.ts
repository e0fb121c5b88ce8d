/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { composer, dialog, row } from './acts.ts';
import { openStage, type Person, type Stage } from './stage.ts';

let stage: Stage;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  stage = await openStage();
  await stage.hub().user('Selecta', 'dj');
  ben = await stage.person('Ben');
  await composer(ben.page).fill('which label is this');
  await composer(ben.page).press('Enter');
  ana = await stage.person('Ana');
  await row(ana.page, 'which label is this').waitFor();
});
afterAll(() => stage.close());

/** Presses a key so often until what has the focus is called so. */
async function press(page: Page, key: string, until: RegExp, most = 40): Promise<void> {
  for (let count = 0; count < most; count += 1) {
    await page.keyboard.press(key);
    if (until.test(await focused(page))) return;
  }
  throw new Error(`never came to ${until}, stands on ${await focused(page)}`);
}
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    const label = at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : null;
    return at?.getAttribute('aria-label') ?? label ?? at?.textContent ?? '';
  });

it('the ten acts that people do most need no pointer: nothing here is clicked', async () => {
  const { page } = ana;
  const { keyboard } = page;
  await expect.poll(() => focused(page)).toBe('Message Lobby');

  // 1 write
  await keyboard.type('hello by keys');
  await keyboard.press('Enter');
  await row(ben.page, 'hello by keys').waitFor();
  // 2 change what one wrote last
  await keyboard.press('ArrowUp');
  await page.getByText('Editing your message').waitFor();
  await expect.poll(() => focused(page)).toBe('Edit your message');
  await keyboard.type(' alone');
  await keyboard.press('Enter');
  await row(ben.page, 'hello by keys alone').waitFor();
  // 3 go to a message and answer it
  await press(page, 'Shift+Tab', /^Ana, .*hello by keys alone$/);
  await keyboard.press('ArrowUp');
  await expect.poll(() => focused(page)).toMatch(/^Ben, .*which label is this$/);
  await press(page, 'Tab', /^Reply$/);
  await keyboard.press('Enter');
  await page.getByText('Replying to').waitFor();
  await expect.poll(() => focused(page)).toBe('Message Lobby');
  await keyboard.type('an early one');
  await keyboard.press('Enter');
  await row(ben.page, 'an early one').locator('.quote').waitFor();
  // 4 react
  await press(page, 'Shift+Tab', /an early one$/);
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await press(page, 'Tab', /^React$/);
  await keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Search emoji' }).waitFor();
  await keyboard.type('fire');
  await keyboard.press('Enter');
  await row(ben.page, 'which label is this').locator('.reaction').waitFor();
  // 5 another channel, and back
  await keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Filter channels' }).waitFor();
  await keyboard.type('selec');
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
  await keyboard.press('Alt+ArrowUp');
  await page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();
  // 6 search
  await keyboard.press('Control+Shift+f');
  await dialog(page).getByRole('searchbox').waitFor();
  await keyboard.type('label');
  await dialog(page).getByText('which label is this').waitFor();
  await keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
  // 7 who somebody is
  await keyboard.press('Escape');
  await press(page, 'Shift+Tab', /^(Ana|Ben), /);
  await press(page, 'ArrowUp', /which label is this$/);
  await press(page, 'Tab', /^Ben$/);
  await keyboard.press('Enter');
  await dialog(page).getByRole('button', { name: 'Mention' }).waitFor();
  await keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
  // 8 tell moderators of a message, by the list of all that can be done with it
  await keyboard.press('Escape');
  await expect.poll(() => focused(page)).toBe('Message Lobby');
  await press(page, 'Shift+Tab', /^(Ana|Ben), /);
  await press(page, 'ArrowUp', /which label is this$/);
  await press(page, 'Tab', /^More$/);
  await keyboard.press('Enter');
  await dialog(page).getByRole('button', { name: 'Report' }).waitFor();
  await press(page, 'Tab', /^Report$/);
  await keyboard.press('Enter');
  await dialog(page).getByLabel('What is wrong with it').waitFor();
  await press(page, 'Tab', /^What is wrong with it/);
  await keyboard.type('off the topic');
  await keyboard.press('Enter');
  await page.getByText('The moderators are told.').waitFor();
  await expect.poll(() => dialog(page).count()).toBe(0);
  // 9 delete; the focus comes back from the dialog first
  await expect.poll(() => focused(page)).toMatch(/which label is this$/);
  await keyboard.press('Escape');
  await expect.poll(() => focused(page)).toBe('Message Lobby');
  await press(page, 'Shift+Tab', /an early one$/);
  await press(page, 'Tab', /^Delete$/);
  await keyboard.press('Enter');
  await dialog(page).getByRole('button', { name: 'Delete' }).waitFor();
  await press(page, 'Tab', /^Delete$/, 5).catch(() => {});
  await keyboard.press('Enter');
  await expect.poll(() => row(ben.page, 'an early one').count()).toBe(0);
  await expect.poll(() => dialog(page).count()).toBe(0);
  // 10 the settings, and the list of keys
  await keyboard.press('Escape');
  await press(page, 'Shift+Tab', /^Settings$/);
  await keyboard.press('Enter');
  await press(page, 'Tab', /^Dark$/);
  await keyboard.press('Enter');
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
  await keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect([...ana.errors, ...ben.errors]).toEqual([]);
});

it('shows where the focus is, wherever it goes', async () => {
  const { page } = ana;
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
  for (let count = 0; count < 15; count += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === null || at === document.body) return true;
      const isOutlined = (element: Element): boolean => {
        const { outlineStyle, boxShadow, borderColor } = getComputedStyle(element);
        return outlineStyle !== 'none' || boxShadow !== 'none' || borderColor.includes('201');
      };
      return isOutlined(at) || (at.parentElement !== null && isOutlined(at.parentElement));
    });
    expect(seen, await focused(page)).toBe(true);
  }
});
