/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import { faults } from './axe.ts';
import { DESKTOP, PHONE, type ViewOptions } from './chromium.ts';
import { createElsewhere } from './platforms.ts';
import { openStage, type Stage } from './stage.ts';

const PASSWORD = 'a long enough password';

async function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

describe('the door', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ isAdminMade: false });
  });
  afterAll(() => stage.close());

  async function fill(page: Page, name: string, password: string): Promise<void> {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.locator('button[type=submit]').click();
  }

  it('tells that there is no administrator yet, and the one-time link makes one', async () => {
    const { page, context, errors } = await stage.stranger();
    await page.getByText('This hub has no administrator yet.').waitFor();
    const link = stage.hub().hub.firstAdminLink;
    if (link === null) throw new Error('no link');
    // In the tab that stands at the door already: only what is behind `#` changes.
    await page.goto(link);
    await page.getByRole('heading', { name: 'Become the administrator' }).waitFor();
    await fill(page, 'Root', PASSWORD);
    await page.getByRole('textbox', { name: 'Message Lobby' }).waitFor();
    expect(page.url()).not.toContain('claim');
    // Opened again, from the history or a note, it takes nobody to a form that cannot work.
    await page.goto(link);
    await page.getByText('That link has been used').waitFor();
    await page.getByRole('textbox', { name: 'Message Lobby' }).waitFor();
    expect(page.url()).not.toContain('claim');
    const stranger = await stage.stranger({}, new URL(link).hash);
    await stranger.page.getByText('That link has been used').waitFor();
    await stranger.page.getByText('You are reading as a guest.').waitFor();
    await stranger.context.close();
    expect(errors).toEqual([]);
    await context.close();
  });

  it('lets a guest read at once and sign up from there', async () => {
    const { page, context } = await stage.stranger();
    await page.getByText('You are reading as a guest.').waitFor();
    await page.getByRole('button', { name: 'Sign in to chat' }).click();
    await page.getByRole('button', { name: 'Create an account' }).click();
    await fill(page, 'Ana', PASSWORD);
    const field = page.getByRole('textbox', { name: 'Message Lobby' });
    await field.fill('made it in');
    await field.press('Enter');
    await page.locator('li[data-message]', { hasText: 'made it in' }).waitFor();
    await page.reload();
    await field.waitFor();
    await context.close();
  });

  it('says what is wrong without leaving the form, and signs in', async () => {
    const { page, context } = await stage.stranger();
    await page.getByRole('button', { name: 'Sign in to chat' }).click();
    await fill(page, 'Ana', 'not the password');
    await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Ana');
    await fill(page, 'Ana', PASSWORD);
    await page.getByRole('textbox', { name: 'Message Lobby' }).waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out Ana' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => localStorage.getItem('slipmat.session'))).toBeNull();
    await context.close();
  });

  it('takes an invitation from the link', async () => {
    const { secret } = await stage.hub().hub.accounts.createInvite(60_000);
    const { page, context } = await stage.stranger({}, `/#invite=${secret}`);
    await page.getByText('You have been invited.').waitFor();
    await fill(page, 'Cy', PASSWORD);
    await page.getByRole('textbox', { name: 'Message Lobby' }).waitFor();
    expect(page.url()).not.toContain('invite');
    await context.close();
  });

  it('leads to the field at fault, and an invitation does not sign anyone out', async () => {
    const { secret } = await stage.hub().hub.accounts.createInvite(60_000);
    const { page, context } = await stage.person('Fay');
    await page.goto(`${stage.url}/#invite=${secret}`);
    await page.getByText('You have been invited.').waitFor();
    await fill(page, 'Fay', PASSWORD);
    await page.getByText('is taken').waitFor();
    await expect.poll(() => page.locator(':focus').getAttribute('name')).toBe('name');
    await page.getByRole('button', { name: 'Stay as Fay' }).click();
    await page.getByRole('textbox', { name: 'Message Lobby' }).waitFor();
    expect(page.url()).not.toContain('invite');
    await context.close();
  });

  it('is where one stands again when the session has ended elsewhere', async () => {
    const ana = await stage.person('Dee');
    await stage.hub().hub.accounts.disable('Dee');
    await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await ana.context.close();
  });
});

describe('for everyone', () => {
  let stage: Stage;
  const elsewhere = createElsewhere(['twitch']);
  beforeAll(async () => {
    stage = await openStage({ builtIns: elsewhere.builtIns, config: elsewhere.config });
    const root = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Root', 'admin') });
    const text = 'look: `code` and ||a secret|| and https://example.org/a?b=c\n> quoted\n```\nsome code\n```';
    const first = await root.post({ channel: 'lobby', text }).done;
    if (!first.ok || first.value.message === null) throw new Error('not posted');
    await root.post({ channel: 'lobby', text: `w${'i'.repeat(300)}de`, replyTo: first.value.message }).done;
    await root.react('lobby', first.value.message, '🔥', true);
    await elsewhere.says('twitch', 'vinylrat', 'hello from Twitch');
    root.close();
  });
  afterAll(() => stage.close());

  it('says in words where a message comes from', async () => {
    const { page, context } = await stage.person('Ana');
    const row = page.locator('li[data-message]', { hasText: 'hello from Twitch' });
    await row.getByText('from Twitch', { exact: true }).waitFor();
    await expect.poll(() => row.getAttribute('aria-label')).toMatch(/^vinylrat, Twitch, .*: hello from Twitch$/);
    await context.close();
  });

  for (const theme of ['light', 'dark'] as const) {
    for (const [size, base] of [
      ['1280', DESKTOP],
      ['390', PHONE],
    ] as const) {
      const view: ViewOptions = { ...base, theme };

      it(`has no fault that axe finds: sign-in, chat and dialogs, ${theme}, ${size} px`, async () => {
        const guest = await stage.stranger(view);
        await guest.page.getByRole('button', { name: 'Sign in to chat' }).click();
        await guest.page.getByRole('heading', { name: 'Sign in' }).waitFor();
        expect(await faults(guest.page)).toEqual([]);
        await guest.page.getByRole('button', { name: 'Create an account' }).click();
        expect(await faults(guest.page)).toEqual([]);
        await guest.context.close();

        const { page, context, errors } = await stage.person('Ana', { view });
        const row = page.locator('li[data-message]', { hasText: 'hello from Twitch' });
        await row.waitFor();
        await row.focus();
        expect(await faults(page), 'chat').toEqual([]);
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
        expect(await faults(page), 'keys').toEqual([]);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Channels' }).waitFor();
        expect(await faults(page), 'directory').toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Insert emoji' }).click();
        await page.getByRole('combobox', { name: 'Search emoji' }).waitFor();
        expect(await faults(page), 'emoji').toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: /^People/ }).click();
        expect(await faults(page), 'people').toEqual([]);
        await expect.poll(() => isTooWide(page)).toBe(false);
        expect(errors).toEqual([]);
        await context.close();
      });
    }
  }

  it('needs no scrolling sideways at 320 and 390 px, long words and all', async () => {
    for (const width of [320, 390]) {
      const { page, context } = await stage.person('Ana', { view: { ...PHONE, width, height: 640 } });
      await page.locator('li[data-message]', { hasText: 'hello from Twitch' }).waitFor();
      await expect.poll(() => isTooWide(page), { message: `${width} px` }).toBe(false);
      const wide = await page.locator('.scroller').evaluate((element) => element.scrollWidth > element.clientWidth);
      expect(wide, `list at ${width} px`).toBe(false);
      await page.getByRole('button', { name: 'Channels' }).click();
      await page.getByRole('link', { name: 'Lobby' }).waitFor();
      await expect.poll(() => isTooWide(page), { message: `drawer at ${width} px` }).toBe(false);
      await page.keyboard.press('Escape');
      await context.close();
    }
  });

  it('offers the actions of a message on a long press', async () => {
    const { page, context } = await stage.person('Ana', { view: PHONE });
    const row = page.locator('li[data-message]', { hasText: 'hello from Twitch' });
    await row.dispatchEvent('pointerdown', { pointerType: 'touch', clientX: 100, clientY: 300, bubbles: true });
    const sheet = page.getByRole('dialog', { name: 'vinylrat' });
    await sheet.getByRole('button', { name: 'Reply' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await sheet.getByRole('button', { name: 'React: fire' }).click();
    await row.locator('.reaction').waitFor();
    await context.close();
  });

  it('remembers the theme one has chosen', async () => {
    const { page, context } = await stage.person('Ana');
    const theme = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset.theme);
    await expect.poll(() => theme()).toBe('light');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect.poll(() => theme()).toBe('dark');
    await page.reload();
    await expect.poll(() => theme()).toBe('dark');
    await context.close();
  });
});
