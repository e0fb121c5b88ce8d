/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, createClient } from '../../client/index.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { openStage, type Person, type Stage } from './stage.ts';

const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^(Message|Edit)/ });
const dialog = (page: Page): Locator => page.getByRole('dialog');
async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

let stage: Stage;
let ana: Person;
let ben: Person;
let mod: Person;
beforeAll(async () => {
  stage = await openStage();
  ana = await stage.person('Ana');
  ben = await stage.person('Ben');
  mod = await stage.person('Morgan', { role: 'admin' });
  await say(ben.page, 'a link https://example.com/mix and a bassline');
  for (const { page } of [ana, mod]) await page.getByText('and a bassline').waitFor();
});
afterAll(() => stage.close());

async function cardOf(page: Page, name: string): Promise<void> {
  await page.locator('li[data-message]').getByRole('button', { name, exact: true }).first().click();
  await dialog(page).waitFor();
}

it('U3: the card of a person opens a conversation with them, which waits until they accept', async () => {
  await cardOf(ana.page, 'Ben');
  await dialog(ana.page).getByRole('button', { name: 'Message' }).click();
  await expect.poll(() => dialog(ana.page).count()).toBe(0);
  await expect.poll(() => new URL(ana.page.url()).pathname).not.toBe('/');
  await say(ana.page, 'a word in private');
  await ben.page.getByRole('button', { name: 'Private messages' }).click();
  const accept = dialog(ben.page).getByRole('button', { name: 'Accept' });
  // people of one hub who have met need no invitation everywhere; where one is asked for, it is given here
  await Promise.race([accept.waitFor(), ben.page.getByText('Nobody waits').waitFor()]);
  if ((await accept.count()) > 0) await accept.click();
  else {
    await ben.page.keyboard.press('Escape');
    await ben.page.getByRole('navigation', { name: 'Channels' }).getByRole('link', { name: 'Ana' }).click();
  }
  await ben.page.getByText('a word in private').waitFor();
  expect(await mod.page.getByText('a word in private').count()).toBe(0);
  for (const { page } of [ana, ben]) await page.goto(stage.url);
  for (const { page } of [ana, ben]) await page.getByText('and a bassline').waitFor();
});

/** A second device of somebody, without a page. */
async function deviceOf(name: string, role?: 'dj'): Promise<Client> {
  const client = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user(name, role) });
  const joined = await client.join('lobby');
  if (!joined.ok) throw new Error(joined.say);
  return client;
}

it('whoever is asked into a private channel is told at once, and sees how many wait for an answer', async () => {
  const [asked, asking] = await Promise.all([deviceOf('Ben'), deviceOf('Morgan')]);
  const user = asked.you()?.user;
  if (user === undefined) throw new Error('Ben is nobody');
  const told = ben.page.getByText('Morgan invites you to After hours.').waitFor();
  const [made] = await Promise.all([asking.do('create-private', { name: 'After hours', users: [user] }), told]);
  expect(made).toMatchObject({ ok: true });
  await ben.page.getByRole('button', { name: 'Private messages 1 for you' }).click();
  await dialog(ben.page).getByRole('button', { name: 'Decline' }).click();
  await ben.page.getByRole('button', { name: 'Private messages', exact: true }).waitFor();
  await dialog(ben.page).getByText('Nobody waits for your answer.').waitFor();
  await ben.page.keyboard.press('Escape');
  for (const client of [asked, asking]) client.close();
});

it('the directory has live events in the order in which they start, each with its time', async () => {
  const kool = await deviceOf('Kool', 'dj');
  const own = kool.channels().find(({ kind, name }) => kind === 'dj' && name === 'Kool');
  if (own === undefined) throw new Error('Kool has no channel');
  const day = 86_400_000;
  const first = (Date.now() + day) as EpochMs;
  const second = (first + day) as EpochMs;
  for (const [title, startsAt] of [
    ['Second night', second],
    ['First night', first],
  ] as const) {
    expect(await kool.do('plan-event', { channel: own.id, title, startsAt })).toMatchObject({ ok: true });
  }
  kool.close();
  await ana.page
    .getByRole('link', { name: /^(First|Second) night/ })
    .nth(1)
    .waitFor();
  await ana.page.keyboard.press('Control+k');
  const rows = dialog(ana.page).getByRole('listitem').filter({ hasText: 'night' });
  await expect.poll(() => rows.locator('b').allTextContents()).toEqual(['First night', 'Second night']);
  const times = rows.locator('time');
  await expect
    .poll(() => times.evaluateAll((all) => all.map((one) => one.getAttribute('datetime'))))
    .toEqual([first, second].map((at) => new Date(at).toISOString()));
  await ana.page.keyboard.press('Escape');
});

it('U4: one writes notes to oneself', async () => {
  await ana.page.getByRole('button', { name: 'Private messages' }).click();
  await dialog(ana.page).getByRole('button', { name: 'Notes to yourself' }).click();
  await expect.poll(() => new URL(ana.page.url()).pathname).not.toBe('/');
  await say(ana.page, 'buy that record');
  await ana.page.getByText('buy that record').waitFor();
  await ana.page.goto(stage.url);
  await ana.page.getByText('and a bassline').waitFor();
});

it('search finds words and leads to them', async () => {
  await ana.page.getByRole('button', { name: 'Search' }).click();
  await dialog(ana.page).getByRole('searchbox').fill('bassline');
  const hit = dialog(ana.page).getByRole('button', { name: /Ben.*bassline/ });
  await hit.waitFor();
  await hit.click();
  await expect.poll(() => dialog(ana.page).count()).toBe(0);
  await ana.page.locator('.row.flash').waitFor();
});

it('T8: links stand in a list', async () => {
  await ana.page.getByRole('button', { name: 'Links and files' }).click();
  await expect
    .poll(
      async () => {
        const link = dialog(ana.page).getByRole('link', { name: /example\.com\/mix/ });
        if ((await link.count()) > 0) return link.getAttribute('href');
        await dialog(ana.page).getByRole('button', { name: 'Links', exact: true }).click();
        await dialog(ana.page).getByRole('button', { name: 'All', exact: true }).click();
        return null;
      },
      { interval: 500 },
    )
    .toContain('example.com/mix');
  await ana.page.keyboard.press('Escape');
});

it('M1: a moderator times somebody out from their card in two presses, and lifts it', async () => {
  await cardOf(mod.page, 'Ben');
  await dialog(mod.page).getByLabel('Reason').fill('too loud');
  await dialog(mod.page).getByRole('button', { name: '2 min' }).click();
  await dialog(mod.page).getByRole('button', { name: 'Lift the timeout' }).waitFor();
  await say(ben.page, 'can you hear me');
  await ben.page.locator('[data-pending=failed]').waitFor();
  await dialog(mod.page).getByRole('button', { name: 'Lift the timeout' }).click();
  await dialog(mod.page).getByRole('button', { name: '2 min' }).waitFor();
  await mod.page.keyboard.press('Escape');
});

it('leaves the pages without a fault', () => {
  expect([...ana.errors, ...ben.errors, ...mod.errors]).toEqual([]);
});
