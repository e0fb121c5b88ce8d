/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, createClient } from '../../client/index.ts';
import { contrast } from '../../web/chat/colour.ts';
import { pixels } from '../media/rig.ts';
import { act, composer, dialog, lookAway, row, say } from './acts.ts';
import { faults } from './axe.ts';
import { openStage, type Person, type Stage } from './stage.ts';

const CHANNEL = 'dj-selecta';
let stage: Stage;
let ana: Person;
let ben: Person;
let desk: Client;
beforeAll(async () => {
  stage = await openStage();
  await stage.hub().user('Selecta', 'dj');
  desk = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Root') });
  await desk.join('lobby');
  ana = await stage.person('Ana');
  ben = await stage.person('Ben');
  await say(ben.page, 'good evening');
  await row(ana.page, 'good evening').waitFor();
});
afterAll(async () => {
  desk.close();
  await stage.close();
});

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
}
async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
}
const variable = (page: Page, name: string): Promise<string> =>
  page.locator('.app').evaluate((element, wanted) => getComputedStyle(element).getPropertyValue(wanted).trim(), name);

it('of what in a channel one is told is chosen for all one’s devices, and the system tells of no more', async () => {
  const phone = await stage.person('Ana');
  await phone.page.addInitScript(() => {
    const told: string[] = [];
    class Told extends EventTarget {
      static permission = 'granted';
      constructor(title: string, { body = '' }: NotificationOptions = {}) {
        super();
        told.push(`${title}: ${body}`);
      }
    }
    localStorage.setItem('slipmat.notify', 'mentions');
    Object.assign(window, { told, Notification: Told });
  });
  await phone.page.reload();
  await row(phone.page, 'good evening').waitFor();
  const told = (): Promise<unknown> => phone.page.evaluate(() => Reflect.get(window, 'told'));
  const levelOf = (page: Page) => dialog(page).getByLabel('Notify me of #Lobby');
  await openSettings(phone.page);
  expect(await levelOf(phone.page).inputValue()).toBe('usual');
  await openSettings(ana.page);
  await levelOf(ana.page).selectOption('none');
  await expect.poll(() => levelOf(phone.page).inputValue()).toBe('none');
  await close(phone.page);
  await lookAway(phone.page);
  await say(ben.page, '@Ana one that is not told');
  await row(phone.page, 'one that is not told').waitFor();
  await levelOf(ana.page).selectOption('all');
  await openSettings(phone.page);
  await expect.poll(() => levelOf(phone.page).inputValue()).toBe('all');
  await close(phone.page);
  await say(ben.page, 'one that is told');
  await expect.poll(told).toEqual(['Ben · Lobby: one that is told']);
  await close(ana.page);
  expect(phone.errors).toEqual([]);
  await phone.context.close();
});

it('a DJ chooses the colour of the channel, which everybody sees at once, legible in each theme', async () => {
  const dj = await stage.person('Selecta', { path: `/c/${CHANNEL}` });
  await ana.page.goto(`${stage.url}/c/${CHANNEL}`);
  await composer(ana.page).waitFor();
  const usual = await variable(ana.page, '--accent');
  await openSettings(ana.page);
  expect(await dialog(ana.page).getByLabel('Hue').count()).toBe(0);
  await close(ana.page);
  await openSettings(dj.page);
  await dialog(dj.page).getByLabel('Hue').fill('300');
  await dialog(dj.page).getByRole('button', { name: 'Use this colour' }).click();
  await expect.poll(() => variable(ana.page, '--accent')).not.toBe(usual);
  for (const theme of ['Light', 'Dark', 'High contrast']) {
    await dialog(dj.page).getByRole('button', { name: theme, exact: true }).click();
    const [fill, on, ink] = [
      await variable(dj.page, '--accent'),
      await variable(dj.page, '--on-accent'),
      await variable(dj.page, '--accent-ink'),
    ];
    const ground = await dj.page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--bg'));
    expect(contrast(on, fill), theme).toBeGreaterThan(4.5);
    // a build writes `#fff`
    const [, hash = '', short] = /^(#)(\w{3})?/.exec(ground.trim()) ?? [];
    const full = ground.trim().length > 4 || short === undefined ? ground.trim() : hash + short.replace(/\w/g, '$&$&');
    expect(contrast(ink, full), theme).toBeGreaterThan(4.5);
    expect(await faults(dj.page), theme).toEqual([]);
  }
  const overlay = await dj.context.newPage();
  await overlay.goto(`${stage.url}/overlay?channel=${CHANNEL}&theme=bar`);
  const bar = overlay.locator('#overlay');
  await expect
    .poll(() => bar.evaluate((element) => element.style.getPropertyValue('--accent')))
    .toBe(await variable(dj.page, '--accent'));
  await dialog(dj.page).getByRole('button', { name: 'The usual colour' }).click();
  await expect.poll(() => variable(ana.page, '--accent')).toBe(usual);
  await expect.poll(() => bar.evaluate((element) => element.style.getPropertyValue('--accent'))).toBe('');
  expect(dj.errors).toEqual([]);
  await dj.context.close();
  await ana.page.goto(stage.url);
  await row(ana.page, 'good evening').waitFor();
});

it('how a channel is kept stands in its header', async () => {
  const change = { blur: 'all', rules: { links: 'none' } };
  expect(await desk.do('set-settings', { channel: 'lobby', change })).toMatchObject({ ok: true });
  await ben.page.reload();
  const header = ben.page.locator('header.top');
  await header.getByText('no links').waitFor();
  await header.getByText('pictures covered').waitFor();
});

it('a tone of skin is chosen once, and holds for every emoji that shows some', async () => {
  const pick = async (): Promise<void> => {
    await act(ana.page, 'good evening', 'React');
    await ana.page.getByRole('combobox', { name: 'Search emoji' }).fill('clap');
  };
  await pick();
  await dialog(ana.page).getByRole('button', { name: 'Medium dark' }).click();
  await dialog(ana.page).getByRole('option', { name: /^clap/ }).click();
  await row(ben.page, 'good evening').locator('.reaction', { hasText: '👏🏾' }).waitFor();
  await ana.page.reload();
  await row(ana.page, 'good evening').waitFor();
  await pick();
  expect(await dialog(ana.page).getByRole('option', { name: /^clap/ }).textContent()).toBe('👏🏾');
  await ana.page.getByRole('combobox', { name: 'Search emoji' }).fill('fire');
  expect(await dialog(ana.page).getByRole('option', { name: /^fire/ }).first().textContent()).toBe('🔥');
  await close(ana.page);
});

it('a picture that moves stands still for who wants that, until the pointer or the focus is on it', async () => {
  expect(await desk.do('set-settings', { channel: 'lobby', change: { blur: 'off' } })).toMatchObject({ ok: true });
  await ben.page.locator('input[type=file]').setInputFiles({
    name: 'dance.gif',
    mimeType: 'image/gif',
    buffer: await pixels(40, 30, 3, 7).gif().toBuffer(),
  });
  await ben.page.getByLabel('What dance.gif shows').fill('a dance');
  await say(ben.page, 'look at this');
  const picture = row(ana.page, 'look at this').locator('.picture');
  const source = async (): Promise<string> => (await picture.locator('img').getAttribute('src')) ?? '';
  await picture.waitFor();
  expect(await source()).toMatch(/\?thumb$/);
  const still = await ana.page.request.get(stage.url + (await source()));
  expect(still.headers()['content-type']).toBe('image/webp');
  await picture.hover();
  await expect.poll(source).not.toContain('?thumb');
  await composer(ana.page).hover();
  await expect.poll(source).toContain('?thumb');
  await picture.focus();
  await expect.poll(source).not.toContain('?thumb');
  await composer(ana.page).focus();
  await expect.poll(source).toContain('?thumb');
});

it('a picture in large comes nearer by keys and buttons, opens as it is, and can be reported', async () => {
  await row(ana.page, 'look at this').locator('.picture').click();
  const box = dialog(ana.page);
  const width = (): Promise<number> => box.locator('img').evaluate((image) => image.getBoundingClientRect().width);
  await box.getByText('Fits').waitFor();
  await ana.page.keyboard.press('+');
  await box.getByText('100 %').waitFor();
  expect(await width()).toBe(40);
  await box.getByRole('button', { name: 'Larger' }).click();
  await box.getByText('200 %').waitFor();
  expect(await width()).toBe(80);
  await ana.page.keyboard.press('-');
  await box.getByText('100 %').waitFor();
  await ana.page.keyboard.press('0');
  await box.getByText('Fits').waitFor();
  expect(await faults(ana.page)).toEqual([]);
  const original = await box.getByRole('link', { name: 'Open the original' }).getAttribute('href');
  expect((await ana.page.request.get(new URL(original ?? '', stage.url).href)).headers()['content-type']).toBe(
    'image/gif',
  );
  await box.getByRole('button', { name: 'Report' }).click();
  await box.getByLabel('What is wrong with it').fill('flickers');
  await box.getByRole('button', { name: 'Report', exact: true }).click();
  await ana.page.getByText('The moderators are told.').waitFor();
});

it('T7: lists everybody who was ever here, with the time, and who of them is here now', async () => {
  const gone = await stage.person('Cleo');
  await say(gone.page, 'just looking in');
  await row(ana.page, 'just looking in').waitFor();
  await gone.context.close();
  const panel = ana.page.getByRole('complementary', { name: 'People here' });
  const line = (name: string) => panel.getByRole('listitem').filter({ has: ana.page.getByRole('button', { name }) });
  await panel.getByRole('button', { name: 'Ben' }).waitFor();
  await expect
    .poll(async () => {
      await panel.getByLabel('Which people').selectOption('here');
      await panel.getByLabel('Which people').selectOption('ever');
      await panel.getByRole('heading', { name: /^Everybody who was here/ }).waitFor();
      return (await line('Cleo').locator('time').count()) > 0 && (await line('Ben').locator('time').count()) > 0;
    })
    .toBe(true);
  await expect.poll(() => line('Ben').locator('time').textContent()).toBe('here now');
  expect(await line('Cleo').locator('time').getAttribute('title')).toContain(String(new Date().getFullYear()));
  await panel.getByLabel('Which people').selectOption('here');
});

it('A1: an admin reads unnoticed once that is chosen, and shows themself by a button', async () => {
  expect(await ana.page.getByText('Read public channels unnoticed').count()).toBe(0);
  const here = async (): Promise<readonly string[]> => {
    const answer = await desk.people('lobby');
    return answer.ok ? answer.value.people.map(({ name }) => name) : [];
  };
  const admin = await stage.person('Morgan', { role: 'admin' });
  await expect.poll(here).toContain('Morgan');
  await openSettings(admin.page);
  const choice = dialog(admin.page).getByRole('group', { name: 'Read public channels unnoticed' });
  await choice.getByRole('button', { name: 'On' }).click();
  await admin.page.getByText('You read unnoticed here.').waitFor();
  await expect.poll(here).not.toContain('Morgan');
  await admin.page.reload();
  await admin.page.getByText('You read unnoticed here.').waitFor();
  await say(ben.page, 'nobody listens');
  await row(admin.page, 'nobody listens').waitFor();
  expect(await here()).not.toContain('Morgan');
  expect(await faults(admin.page)).toEqual([]);
  await admin.page.getByRole('button', { name: 'Show me' }).click();
  await expect.poll(here).toContain('Morgan');
  await say(admin.page, 'here I am');
  await row(ana.page, 'here I am').waitFor();
  expect(admin.errors).toEqual([]);
  await admin.context.close();
});

it('T10: what was deleted before anybody looked is no news any more', async () => {
  await ana.page.getByRole('link', { name: 'Selecta' }).click();
  await ana.page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
  await ana.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();
  const written = await desk.post({ channel: 'lobby', text: '@Ana a mistake' }).done;
  await ana.page.getByRole('link', { name: 'Lobby 1 for you unread' }).waitFor();
  if (!written.ok || written.value.message === null) throw new Error('not posted');
  await desk.redact('lobby', written.value.message);
  await ana.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();
  expect(await ana.page.title()).not.toMatch(/^\(/);
});

it('leaves the pages without a fault', () => {
  expect([...ana.errors, ...ben.errors]).toEqual([]);
});

it('a DJ gives the channel a picture, which everybody sees beside its name until it is taken away', async () => {
  const dj = await stage.person('Selecta', { path: `/c/${CHANNEL}` });
  await ana.page.goto(`${stage.url}/c/${CHANNEL}`);
  await composer(ana.page).waitFor();
  const shown = ana.page.locator('header.top img.channel-mark');
  await openSettings(dj.page);
  const field = dialog(dj.page).getByLabel('Picture of #');
  await field.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') });
  await dj.page
    .locator('.toast')
    .filter({ hasText: /picture|image/i })
    .waitFor();
  expect(await shown.count()).toBe(0);
  const buffer = await pixels(64, 64, 1, 3).png().toBuffer();
  await field.setInputFiles({ name: 'cover.png', mimeType: 'image/png', buffer });
  await shown.waitFor();
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  expect(await faults(dj.page)).toEqual([]);
  await dialog(dj.page).getByRole('button', { name: 'Remove the picture' }).click();
  await expect.poll(() => shown.count()).toBe(0);
  expect(dj.errors).toEqual([]);
  await dj.context.close();
});
