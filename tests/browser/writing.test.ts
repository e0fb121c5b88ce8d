/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Person, type Stage } from './stage.ts';

const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^(Message|Edit)/ });
const options = (page: Page): Locator => page.locator('.completions').getByRole('option');
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

let stage: Stage;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  stage = await openStage();
  ana = await stage.person('Ana');
  ben = await stage.person('Benjamin');
  await composer(ben.page).fill('evening');
  await composer(ben.page).press('Enter');
  await ana.page.getByText('evening').waitFor();
});
afterAll(() => stage.close());

describe('completion', () => {
  it('offers people, moved through by arrows, taken by Tab, closed by Esc, and named to a screen reader', async () => {
    const { page } = ana;
    await composer(page).pressSequentially('hey @benj');
    const first = options(page).first();
    await first.waitFor();
    await expect.poll(() => first.textContent()).toContain('Benjamin');
    const active = await composer(page).getAttribute('aria-activedescendant');
    await expect.poll(() => first.getAttribute('id')).toBe(active);
    await composer(page).press('Escape');
    await expect.poll(() => options(page).count()).toBe(0);
    await expect.poll(() => composer(page).inputValue()).toBe('hey @benj');
    await composer(page).pressSequentially('a');
    await options(page).first().waitFor();
    await composer(page).press('Tab');
    await expect.poll(() => composer(page).inputValue()).toBe('hey @Benjamin ');
    await composer(page).fill('');
  });

  it('completes a name in the middle of a word, channels, and emoji by two letters', async () => {
    const { page } = ana;
    await composer(page).fill('@Bejamin is here');
    await composer(page).evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3));
    await composer(page).click({ position: { x: 30, y: 12 } });
    await composer(page).evaluate((field: HTMLTextAreaElement) => {
      field.setSelectionRange(3, 3);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await options(page).first().waitFor();
    await composer(page).press('Enter');
    await expect.poll(() => composer(page).inputValue()).toBe('@Benjamin is here');
    await composer(page).fill('');
    await composer(page).pressSequentially('at 21:05 #lob');
    await options(page).filter({ hasText: 'Lobby' }).waitFor();
    await composer(page).press('Enter');
    await expect.poll(() => composer(page).inputValue()).toBe('at 21:05 #lobby ');
    await composer(page).pressSequentially(':fir');
    await options(page).first().waitFor();
    await composer(page).press('Enter');
    await expect.poll(() => composer(page).inputValue()).toContain('🔥');
    await composer(page).fill('');
  });
});

describe('a command', () => {
  it('is completed with its parameters, answered for its giver alone, and never posted', async () => {
    const { page } = ana;
    await composer(page).pressSequentially('/hel');
    await options(page).filter({ hasText: '/help' }).waitFor();
    await composer(page).press('Tab');
    await composer(page).press('Enter');
    await page.getByText('Only you see this.').waitFor();
    await expect.poll(() => composer(page).inputValue()).toBe('');
    await page.getByRole('button', { name: 'Close the answer' }).click();
    await expect.poll(() => page.getByText('Only you see this.').count()).toBe(0);
    expect(await ben.page.getByText('/help').count()).toBe(0);
  });

  it('is offered also when the list of them comes after its last letter', async () => {
    const { page, context } = await stage.person('Cy');
    const held: (() => void)[] = [];
    await page.routeWebSocket('**/ws', (socket) => {
      const hub = socket.connectToServer();
      hub.onMessage((data) => {
        if (String(data).startsWith('{"type":"commands"')) held.push(() => socket.send(data));
        else socket.send(data);
      });
    });
    await page.reload();
    await composer(page).pressSequentially('/hel');
    await expect.poll(() => held.length).toBe(1);
    await expect.poll(() => options(page).count()).toBe(0);
    for (const deliver of held) deliver();
    await options(page).filter({ hasText: '/help' }).waitFor();
    await context.close();
  });

  it('that the hub does not know keeps its text and says so', async () => {
    const { page } = ana;
    await composer(page).fill('/nonsense at all');
    await composer(page).press('Enter');
    await page.locator('.answer.refused').waitFor();
    await expect.poll(() => composer(page).inputValue()).toBe('/nonsense at all');
    await composer(page).fill('//shrug is no command');
    await composer(page).press('Enter');
    await ben.page.getByText('/shrug is no command').waitFor();
    expect(await ben.page.getByText('/nonsense').count()).toBe(0);
  });
});

describe('files', () => {
  it('go with the message, with words for those who cannot see them; one can be left out', async () => {
    const { page } = ana;
    await page.locator('input[type=file]').setInputFiles([
      { name: 'cat.png', mimeType: 'image/png', buffer: PIXEL },
      { name: 'leave me.png', mimeType: 'image/png', buffer: PIXEL },
    ]);
    await page.getByLabel('What cat.png shows').fill('a very small cat');
    await page.getByRole('button', { name: 'Leave out leave me.png' }).click();
    await composer(page).fill('look');
    await composer(page).press('Enter');
    await ben.page.getByRole('img', { name: 'a very small cat' }).waitFor({ state: 'attached' });
    await expect.poll(() => ben.page.locator('img.attachment').count()).toBe(1);
    await expect.poll(() => page.locator('.upload').count()).toBe(0);
  });

  it('that are pasted are taken as well, and one that the hub does not take says why', async () => {
    const { page } = ana;
    await composer(page).evaluate(
      (field, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      },
      [...PIXEL],
    );
    await page.getByLabel('What pasted.png shows').waitFor();
    await page.getByRole('button', { name: 'Leave out pasted.png' }).click();
    await page.context().route('**/api/media**', (route) => {
      return route.fulfill({ status: 413, json: { code: 'too-large', say: 'Too large. At most 1 kB are taken.' } });
    });
    await page.locator('input[type=file]').setInputFiles({ name: 'big.png', mimeType: 'image/png', buffer: PIXEL });
    await page.getByText('Too large. At most 1 kB are taken.').waitFor();
    await page.getByRole('button', { name: 'Leave out big.png' }).click();
    await page.context().unroute('**/api/media**');
  });

  it('leaves the pages without a fault', () => {
    const faults = [...ana.errors, ...ben.errors].filter((text) => !text.includes('413'));
    expect(faults).toEqual([]);
  });
});
