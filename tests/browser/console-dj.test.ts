/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeIn } from '../portals/rig.ts';
import { CHANNEL, type ConsoleScene, comesToShow, goTo, openConsoleScene, ROOM } from './console-scene.ts';
import type { Person } from './stage.ts';

let scene: ConsoleScene;
let dj: Person;
let page: Page;

beforeAll(async () => {
  scene = await openConsoleScene();
  dj = await scene.at('Selecta', 'live');
  page = dj.page;
}, 60_000);
afterAll(() => scene.close(), 20_000);

const portal = (room: string): Locator =>
  page.getByRole('list', { name: 'Linked rooms' }).locator('.portal', { hasText: room });
const toast = (say: string | RegExp): Promise<void> => page.locator('.toast', { hasText: say }).first().waitFor();
const textsIn = (room: string): readonly string[] => scene.room.posts(room).map(({ text }) => text);

it('links a room by a code that is written there, sends a test, and shows that all is well', async () => {
  await goTo(page, 'Platforms');
  const card = page.getByRole('region', { name: 'Link a room' });
  await card.getByLabel('Platform').selectOption('fake');
  await card.getByRole('button', { name: 'Make a code' }).click();
  const command = await card.locator('code').textContent();
  expect(command).toMatch(/^!bridge /);
  expect(await card.textContent()).toMatch(/before \d\d:\d\d/);
  scene.room.setRole(ROOM, 'owner', 'owner');
  scene.room.userPosts(ROOM, 'owner', `!bridge ${codeIn(command ?? '')}`);
  await comesToShow(page, portal(ROOM));
  await portal(ROOM).getByRole('button', { name: 'Send a test' }).click();
  await toast('The test has arrived in the room.');
  expect(textsIn(ROOM).some((text) => text.includes('A test from the chat'))).toBe(true);
  await comesToShow(page, portal(ROOM).locator('.state.ok'));
});

it('shows what waits while a room does not answer, and what to do once it takes nothing', async () => {
  const letGo = scene.room.stall(ROOM);
  await scene.says('Ana', 'is anybody there');
  await comesToShow(page, portal(ROOM).locator('.figures div', { hasText: /waiting\s*1/ }));
  letGo();
  await comesToShow(page, portal(ROOM).locator('.figures div', { hasText: /waiting\s*0/ }));
  expect(textsIn(ROOM).some((text) => text.includes('is anybody there'))).toBe(true);
  scene.room.failNext('room-gone', 1, ROOM);
  await scene.says('Ana', 'still there');
  await portal(ROOM)
    .getByText(/Mend it, then pause and resume the link/)
    .waitFor({ timeout: 45_000 });
});

it('pauses, turns and ends a link in its place; what is refused says why', async () => {
  await portal(ROOM).getByRole('button', { name: 'Pause' }).click();
  await comesToShow(page, portal(ROOM).locator('.state.paused'));
  await portal(ROOM).getByRole('button', { name: 'Resume' }).click();
  await comesToShow(page, portal(ROOM).locator('.state.ok'));
  await portal(ROOM)
    .getByLabel(/^Messages/)
    .selectOption('in');
  await toast('Saved.');
  await expect.poll(() => portal(ROOM).getByRole('button', { name: 'Send a test' }).count()).toBe(0);
  await portal(ROOM)
    .getByLabel(/^Acts of moderation/)
    .selectOption('bans');
  await toast(/somebody who administers it must allow them there/);
  await portal(ROOM).getByRole('button', { name: 'End the link…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect.poll(() => dialog.count()).toBe(0);
  expect(await portal(ROOM).count()).toBe(1);
  await portal(ROOM).getByRole('button', { name: 'End the link…' }).click();
  await dialog.getByRole('button', { name: 'End it' }).click();
  await expect.poll(() => portal(ROOM).count()).toBe(0);
});

it('T9: writes the house rules beside what people will see, and tells how many have accepted each version', async () => {
  await goTo(page, 'House rules');
  const rules = page.getByRole('textbox', { name: 'Rules' });
  await rules.fill('Be kind.\nNo sales.');
  await page.getByRole('region', { name: 'Preview' }).getByText('No sales.').waitFor();
  await page.getByRole('button', { name: 'Save as version 1' }).click();
  await toast('Saved. Everybody is asked again.');
  const accepted = await scene.client('Ana').do('accept-house-rules', { channel: CHANNEL, version: 1 });
  expect(accepted).toMatchObject({ ok: true });
  const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
  await comesToShow(page, versions.filter({ hasText: 'Version 1' }).getByText('1 accepted'));
  await rules.fill('Be kinder.');
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await versions.filter({ hasText: 'Version 2' }).getByText('0 accepted').waitFor();
  await page.getByLabel('People accept them').selectOption('off');
  await toast('Saved.');
});

it('draws messages per platform, and has the same as a table for whoever cannot see it', async () => {
  await scene.elsewhere.says('discord', 'tamsin', 'evening all');
  await goTo(page, 'Activity');
  await page.getByRole('button', { name: '2 hours' }).click();
  const chart = page.getByRole('region', { name: 'Messages per platform' }).first();
  await comesToShow(page, chart.locator('.legend', { hasText: /Discord 1/ }));
  expect(await chart.locator('rect.mark-slipmat').count()).toBeGreaterThan(0);
  await chart.getByText('As a table').click();
  await chart.getByRole('columnheader', { name: 'Discord' }).waitFor();
  expect(await chart.getByRole('row').count()).toBe(25);
});

it('T8: goes through what was posted, takes it along as a file, and takes out what should not stand there', async () => {
  await scene.says('Ana', 'see https://example.org/release');
  await scene.says('Cy', 'see https://example.org/advert');
  await goTo(page, 'Library');
  const list = page.getByRole('list', { name: 'Links and files' });
  const items = list.getByRole('listitem');
  await comesToShow(page, items.filter({ hasText: 'advert' }));
  await page.getByRole('searchbox').fill('advert');
  await expect.poll(() => items.count()).toBe(1);
  await items.getByRole('button', { name: 'Take out…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take it out' }).click();
  await page.getByText('Nothing has been posted.').waitFor();
  await page.getByRole('searchbox').fill('');
  await comesToShow(page, items.filter({ hasText: 'release' }));
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
});

// the rooms of a DJ are at a show until it is over: it comes last
it('T5: plans a show, changes it, begins and ends it, and keeps it among those that were', async () => {
  await goTo(page, 'Live');
  await page.getByRole('textbox', { name: 'Title' }).fill('Dub session');
  await page.getByLabel('Starts').fill(new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 16));
  await page.getByRole('button', { name: 'Plan it' }).click();
  const show = page.getByRole('list', { name: 'Shows now and next' }).getByRole('listitem');
  await show.filter({ hasText: 'Dub session' }).filter({ hasText: 'planned' }).waitFor();
  await show.getByRole('button', { name: 'Change' }).click();
  await show.getByRole('textbox', { name: 'Title' }).fill('Long dub session');
  await show.getByRole('button', { name: 'Save' }).click();
  await show.filter({ hasText: 'Long dub session' }).waitFor();
  await show.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the show' }).click();
  const over = page.getByRole('list', { name: 'Shows that are over' }).getByRole('listitem');
  await over.filter({ hasText: 'Long dub session' }).filter({ hasText: 'cancelled' }).waitFor();
  await page.getByRole('textbox', { name: 'Title' }).fill('Right now');
  await page.getByRole('button', { name: 'Go live now' }).click();
  await show.filter({ hasText: 'Right now' }).filter({ hasText: 'live' }).waitFor();
});

it('D1: appoints a moderator by name, in general or for the show that is on, and dismisses them', async () => {
  await goTo(page, 'Moderators');
  const form = page.getByRole('region', { name: 'Appoint somebody' });
  await form.getByLabel('For how long').selectOption('event');
  await form.getByLabel('Name').fill('Ana');
  await form.getByRole('button', { name: 'Appoint Ana' }).click();
  const ofShow = page.getByRole('region', { name: 'For one show' });
  await ofShow.getByText('Ana').waitFor();
  await ofShow.getByText('for Right now').waitFor();
  await form.getByLabel('For how long').selectOption('general');
  await form.getByLabel('Name').fill('cy');
  await form.getByRole('button', { name: 'Appoint Cy' }).click();
  const general = page.getByRole('region', { name: 'In general' });
  await general.getByText('Cy').waitFor();
  await general.getByRole('button', { name: 'Dismiss Cy' }).click();
  await expect.poll(() => general.getByText('Cy').count()).toBe(0);
  await ofShow.getByRole('button', { name: 'Dismiss Ana' }).click();
  await ofShow.getByText('Nobody.').waitFor();
  await goTo(page, 'Live');
  await page.getByRole('button', { name: 'End the show' }).click();
  await page.getByText('ended, the chat stays open for a while').waitFor();
});

it('shows moderators no panel of the DJ’s, and of the others what they may do alone', async () => {
  const morgan = await scene.at('Morgan', 'platforms');
  const nav = morgan.page.getByRole('navigation', { name: 'Parts of the console' });
  await expect.poll(() => nav.getByRole('link').count()).toBeGreaterThan(0);
  for (const name of ['Platforms', 'Overlay']) expect(await nav.getByRole('link', { name }).count()).toBe(0);
  // what stands in the address opens nothing that is not theirs
  await morgan.page.getByRole('heading', { level: 2, name: 'Live' }).waitFor();
  expect(await morgan.page.getByRole('button', { name: 'Plan it' }).count()).toBe(0);
  await goTo(morgan.page, 'House rules');
  await morgan.page.getByText('Be kinder.').first().waitFor();
  expect(await morgan.page.getByRole('textbox', { name: 'Rules' }).count()).toBe(0);
  await goTo(morgan.page, 'Moderators');
  await morgan.page.getByRole('region', { name: 'In general' }).getByText('Morgan').waitFor();
  expect(await morgan.page.getByRole('button', { name: /^Dismiss/ }).count()).toBe(0);
  expect(morgan.errors).toEqual([]);
  await morgan.context.close();
});

it('leaves the page without a fault', () => {
  expect(dj.errors).toEqual([]);
});
