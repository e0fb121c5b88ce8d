/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';

/* What people do in the chat, as tests say it. */
export const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^(Message|Edit)/ });
export const dialog = (page: Page): Locator => page.getByRole('dialog');
/** The row whose own text this is: a quote of it elsewhere does not count. */
export const row = (page: Page, text: string): Locator =>
  page.locator('li[data-message]', { has: page.locator('.body', { hasText: text }) });

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** Presses one of the actions beside a row. */
export async function act(page: Page, text: string, action: string): Promise<void> {
  await row(page, text).hover();
  await row(page, text).getByRole('button', { name: action }).click();
}

/** Opens the list of everything that can be done with a message, and does this. */
export async function actFar(page: Page, text: string, action: string): Promise<void> {
  await act(page, text, 'More');
  await dialog(page).getByRole('button', { name: action, exact: true }).click();
}

/** Somebody who looks elsewhere: the page is told that it has lost the focus. */
export async function lookAway(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => false });
  });
}
export async function lookBack(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => true });
    window.dispatchEvent(new Event('focus'));
  });
}
