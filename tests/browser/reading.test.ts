/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, composer, lookAway, lookBack, row, say } from './acts.ts';
import { openStage, type Person, type Stage } from './stage.ts';

let stage: Stage;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  stage = await openStage();
  await stage.hub().user('Selecta', 'dj');
  ana = await stage.person('Ana');
  ben = await stage.person('Ben');
});
afterAll(() => stage.close());

it('groups what one author says on end, and says the day above and the full date of each time', async () => {
  for (const text of ['one of three', 'two of three', 'three of three']) await say(ana.page, text);
  await row(ben.page, 'three of three').waitFor();
  await expect.poll(() => row(ben.page, 'one of three').locator('.name').count()).toBe(1);
  for (const text of ['two of three', 'three of three']) {
    await expect.poll(() => row(ben.page, text).locator('.name').count()).toBe(0);
    await row(ben.page, text).hover();
    await row(ben.page, text).locator('.gutter time').waitFor();
  }
  await ben.page.locator('.divider', { hasText: 'Today' }).waitFor();
  const year = String(new Date().getFullYear());
  await expect.poll(() => row(ben.page, 'one of three').locator('time').first().getAttribute('title')).toContain(year);
});

it('T10: a line stands above the first unread message until one leaves by Esc; the tab counts and has a dot', async () => {
  await lookAway(ana.page);
  for (const text of ['while away one', 'while away two']) await say(ben.page, text);
  await row(ana.page, 'while away two').waitFor();
  const divider = ana.page.locator('.divider.new');
  await divider.waitFor();
  expect(await divider.evaluate((line) => line.nextElementSibling?.textContent ?? '')).toContain('while away one');
  await expect.poll(() => ana.page.title()).toBe('(2) #Lobby - Slipmat');
  await expect.poll(() => ana.page.locator('link[rel=icon]').getAttribute('href')).toBe('/icon-unread.svg');
  await lookBack(ana.page);
  await expect.poll(() => ana.page.title()).toBe('#Lobby - Slipmat');
  await expect.poll(() => ana.page.locator('link[rel=icon]').getAttribute('href')).toBe('/icon.svg');
  await expect.poll(() => divider.count()).toBe(1);
  await composer(ana.page).press('Escape');
  await expect.poll(() => divider.count()).toBe(0);
});

it('a channel with something new is bold with a dot; a number counts only what is for the reader', async () => {
  await ana.page.goto(`${stage.url}/c/dj-selecta`);
  await ana.page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
  await ana.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();
  await say(ben.page, 'nothing for anybody');
  const lobby = ana.page.getByRole('link', { name: 'Lobby unread' });
  await lobby.waitFor();
  await expect.poll(() => lobby.locator('.count').count()).toBe(0);
  await expect.poll(() => lobby.locator('.unread-dot').count()).toBe(1);
  expect(Number(await lobby.evaluate((link) => getComputedStyle(link).fontWeight))).toBeGreaterThanOrEqual(700);
  await say(ben.page, '@Ana this is for you');
  await ana.page.getByRole('link', { name: 'Lobby 1 for you unread' }).waitFor();
  await expect.poll(() => ana.page.getByRole('navigation').getByRole('link').first().textContent()).toContain('Lobby');
});

it('Alt with Shift and an arrow goes to the channel with something new, and what names the reader stands out', async () => {
  await ana.page.keyboard.press('Alt+Shift+ArrowDown');
  await ana.page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();
  const called = row(ana.page, 'this is for you');
  await called.waitFor();
  await expect.poll(() => called.getAttribute('class')).toContain('mine-mentioned');
  expect(await called.evaluate((element) => getComputedStyle(element).boxShadow)).toContain('inset');
  expect(await row(ben.page, 'this is for you').getAttribute('class')).not.toContain('mine-mentioned');
});

it('Shift and Esc marks every channel as read', async () => {
  await ana.page.goto(`${stage.url}/c/dj-selecta`);
  await ana.page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
  await ana.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();
  await say(ben.page, 'and another thing');
  await ana.page.getByRole('link', { name: 'Lobby unread' }).waitFor();
  await ana.page.keyboard.press('Shift+Escape');
  await ana.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();
  await ana.page.goto(stage.url);
  await row(ana.page, 'and another thing').waitFor();
});

it('a draft stays with its channel', async () => {
  await composer(ana.page).fill('for the lobby alone');
  await ana.page.getByRole('link', { name: 'Selecta' }).click();
  await ana.page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
  await expect.poll(() => composer(ana.page).inputValue()).toBe('');
  await ana.page.getByRole('link', { name: 'Lobby' }).click();
  await expect.poll(() => composer(ana.page).inputValue()).toBe('for the lobby alone');
  await composer(ana.page).fill('');
});

it('nothing moves while the pointer is on the actions of a row, and it goes on where they are left', async () => {
  await say(ben.page, 'aim at this');
  await row(ana.page, 'aim at this').waitFor();
  await row(ana.page, 'aim at this').hover();
  const reply = row(ana.page, 'aim at this').getByRole('button', { name: 'Reply' });
  await reply.hover();
  const before = await reply.boundingBox();
  for (const text of ['comes in between', 'and one more']) await say(ben.page, text);
  await ana.page.getByRole('button', { name: 'Paused · 2 new messages' }).waitFor();
  expect(await reply.boundingBox()).toEqual(before);
  await reply.click();
  await ana.page.getByText('Replying to').waitFor();
  await expect.poll(() => ana.page.locator('.context').textContent()).toContain('aim at this');
  await row(ana.page, 'and one more').waitFor();
  await expect.poll(() => ana.page.locator('.pill').count()).toBe(0);
  await composer(ana.page).press('Escape');
});

it('goes on under the pointer for who has chosen so', async () => {
  await ana.page.getByRole('button', { name: 'Settings' }).click();
  await ana.page
    .getByRole('group', { name: /^Hold the list still/ })
    .getByRole('button', { name: 'Off' })
    .click();
  await ana.page.keyboard.press('Escape');
  await row(ana.page, 'and one more').hover();
  await row(ana.page, 'and one more').getByRole('button', { name: 'Reply' }).hover();
  await say(ben.page, 'moves as ever');
  await row(ana.page, 'moves as ever').waitFor();
});

it('leads to the first new message of many, and shows it', async () => {
  await ana.page.getByRole('link', { name: 'Selecta' }).click();
  await ana.page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
  for (let n = 1; n <= 45; n += 1) await say(ben.page, `news number ${n}.`);
  await ana.page.getByRole('link', { name: 'Lobby unread' }).click();
  await row(ana.page, 'news number 45.').waitFor();
  await ana.page.getByRole('button', { name: 'To the first new message' }).click();
  await ana.page.locator('.row.flash', { hasText: 'news number 1.' }).waitFor();
});

it('says who reacted, beside whatever one may do oneself', async () => {
  await ana.page.keyboard.press('End');
  await act(ana.page, 'news number 45.', 'React');
  await ana.page.getByRole('combobox', { name: 'Search emoji' }).fill('fire');
  await ana.page.keyboard.press('Enter');
  const chip = row(ben.page, 'news number 45.').locator('.reaction');
  await chip.waitFor();
  await expect.poll(() => chip.getAttribute('title')).toBe('Ana');
  await chip.click();
  await expect.poll(() => chip.getAttribute('title')).toBe('You and Ana');
});

it('leaves the pages without a fault', () => {
  expect([...ana.errors, ...ben.errors]).toEqual([]);
});
