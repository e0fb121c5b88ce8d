/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import { composer, dialog, row, say } from './acts.ts';
import { PHONE } from './chromium.ts';
import { openStage, type Person, type Stage } from './stage.ts';

let stage: Stage;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  stage = await openStage({ config: { embedBy: ['https://dj.example.org'] } });
  await stage.hub().user('Selecta', 'dj');
  ana = await stage.person('Ana');
  ben = await stage.person('Ben');
  await say(ben.page, 'good evening');
  await row(ana.page, 'good evening').waitFor();
});
afterAll(() => stage.close());

it('speaks Finnish once that is chosen, and after a reload', async () => {
  const { page } = ana;
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog(page).getByLabel('Language').selectOption('fi');
  await page.getByRole('heading', { name: 'Asetukset' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('fi');
  await page.reload();
  await page.getByRole('button', { name: 'Asetukset' }).click();
  await dialog(page).getByLabel('Kieli').selectOption('en');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.keyboard.press('Escape');
});

it('has text in four sizes, rows in two densities, and high contrast, all kept', async () => {
  const { page } = ana;
  const size = (): Promise<number> =>
    page
      .locator('.body')
      .first()
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  const ink = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).color);
  const before = await size();
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog(page).getByRole('button', { name: 'Very large' }).click();
  await dialog(page).getByRole('button', { name: 'Compact' }).click();
  await dialog(page).getByRole('button', { name: 'High contrast' }).click();
  expect(await size()).toBeGreaterThan(before * 1.4);
  await page.reload();
  await row(page, 'good evening').waitFor();
  expect(await size()).toBeGreaterThan(before * 1.4);
  expect(await ink()).toBe('rgb(0, 0, 0)');
  expect(await page.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({
    density: 'compact',
    contrast: 'more',
  });
  await page.evaluate(() => localStorage.removeItem('slipmat.text'));
});

it('asks for notifications only when they are chosen, and says how to allow what was refused', async () => {
  const { page, context } = await stage.person('Ana');
  await page.evaluate(() => {
    Object.assign(window, { asked: 0 });
    Notification.requestPermission = () => {
      Object.assign(window, { asked: Number(Reflect.get(window, 'asked')) + 1 });
      return Promise.resolve('denied');
    };
  });
  const asked = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, 'asked'));
  await page.getByRole('button', { name: 'Settings' }).click();
  expect(await asked()).toBe(0);
  await dialog(page).getByLabel('Notify me while I am not looking').selectOption('mentions');
  await dialog(page).getByText('This browser does not allow them.').waitFor();
  expect(await asked()).toBe(1);
  expect(await page.evaluate(() => localStorage.getItem('slipmat.notify'))).toBeNull();
  await context.close();
});

it('tells of a mention once a channel while nobody looks, and of nothing else', async () => {
  const { page, context } = await stage.person('Cleo');
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    localStorage.setItem('slipmat.notify', 'mentions');
    Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => false });
  });
  await page.addInitScript(() => {
    const told: string[] = [];
    class Told extends EventTarget {
      static permission = 'granted';
      constructor(title: string, { tag = '' }: NotificationOptions = {}) {
        super();
        told.push(`${tag}: ${title}`);
      }
    }
    Object.assign(window, { told, Notification: Told });
    Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => false });
  });
  await page.reload();
  await row(page, 'good evening').waitFor();
  await say(ben.page, 'nothing for Cleo');
  await say(ben.page, '@Cleo are you there');
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'told'))).toEqual(['lobby: Ben · Lobby']);
  await context.close();
});

it('a channel stands alone in a window of its own, where one may write', async () => {
  const { page, context, errors } = await stage.person('Ana', { path: '/popout/lobby' });
  await row(page, 'good evening').waitFor();
  await expect.poll(() => page.getByRole('navigation').count()).toBe(0);
  await say(page, 'from a small window');
  await row(ben.page, 'from a small window').waitFor();
  expect(errors).toEqual([]);
  await context.close();
});

it('a channel is read within another page, as a guest, in the theme that page asks for, by no other site', async () => {
  const { page, context, errors } = await stage.stranger({}, '/embed/lobby?theme=dark');
  await row(page, 'good evening').waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await expect.poll(() => composer(page).count()).toBe(0);
  await expect.poll(() => page.getByRole('button', { name: 'Sign in to chat' }).count()).toBe(0);
  await expect.poll(() => page.getByRole('link', { name: 'Open the chat' }).getAttribute('target')).toBe('_blank');
  const policy = (await fetch(`${stage.url}/embed/lobby`)).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("frame-ancestors 'self' https://dj.example.org");
  const app = (await fetch(`${stage.url}/c/lobby`)).headers.get('content-security-policy') ?? '';
  expect(app).toContain("frame-ancestors 'none'");
  expect(errors).toEqual([]);
  await context.close();
});

it('on a phone the channels come by a swipe and go by one; nothing needs a pointer that hovers', async () => {
  const { page, context, errors } = await stage.person('Ana', { view: PHONE });
  await row(page, 'good evening').waitFor();
  const swipe = (from: number, to: number): Promise<void> =>
    page.evaluate(
      ([start, end]) => {
        const target = document.querySelector('.app');
        if (target === null) throw new Error('no app');
        const touch = (x: number): Touch => new Touch({ identifier: 1, target, clientX: x, clientY: 400 });
        const at = (type: string, x: number, touches: Touch[]): boolean =>
          target.dispatchEvent(new TouchEvent(type, { bubbles: true, touches, changedTouches: [touch(x)] }));
        at('touchstart', start, [touch(start)]);
        at('touchend', end, []);
      },
      [from, to] as const,
    );
  const drawer = page.locator('.side.open');
  await swipe(8, 200);
  await drawer.waitFor();
  await swipe(240, 40);
  await expect.poll(() => drawer.count()).toBe(0);
  await swipe(200, 380);
  await expect.poll(() => drawer.count()).toBe(0);
  for (const name of ['Send', 'Insert emoji', 'Add a file', 'Channels', 'Search']) {
    const box = await page.getByRole('button', { name }).first().boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), name).toBeGreaterThanOrEqual(44);
  }
  expect(errors).toEqual([]);
  await context.close();
});

it('lists who is here and who was seen, by platform and name', async () => {
  const { page, context } = await stage.person('Ana');
  const panel = page.getByRole('complementary', { name: 'People here' });
  await panel.getByRole('button', { name: 'Ben' }).waitFor();
  await panel.getByLabel('Which people').selectOption('24');
  await panel.getByRole('heading', { name: /^Seen in the last day/ }).waitFor();
  await panel.getByLabel('Filter people').fill('ben');
  await expect.poll(() => panel.getByRole('button', { name: 'Ana' }).count()).toBe(0);
  await context.close();
});

it('leaves the pages without a fault', () => {
  expect([...ana.errors, ...ben.errors]).toEqual([]);
});
