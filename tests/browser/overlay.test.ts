/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, createClient } from '../../client/index.ts';
import { DESKTOP, openContext, watchErrors } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';
import { noteAt } from './watched.ts';

const NASTY = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "javascript:alert('1')",
  '<svg/onload=alert(1)>',
  '{{constructor.constructor("alert(1)")()}}',
];

let stage: Stage;
let ana: Client;
const errors: (readonly string[])[] = [];

beforeAll(async () => {
  stage = await openStage();
  ana = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Ana') });
  await ana.join('lobby');
});
afterAll(async () => {
  ana.close();
  await stage.close();
});

/** An overlay as OBS opens it, whose clock on the wall the test may put forward. */
async function overlay(search = ''): Promise<Page> {
  const context = await openContext(stage.browser, DESKTOP);
  await context.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + Number(sessionStorage.getItem('ahead') ?? 0);
  });
  const page = await context.newPage();
  errors.push(watchErrors(page));
  await page.goto(`${stage.url}/overlay?channel=lobby${search}`);
  return page;
}

const texts = (page: Page): Promise<string[]> => page.locator('.row .text').allTextContents();

async function say(text: string): Promise<string> {
  const written = await ana.post({ channel: 'lobby', text }).done;
  if (!written.ok || written.value.message === null) throw new Error(`not posted: ${text}`);
  return written.value.message;
}

it('shows what is said with its platform and name, on nothing, and whatever is in it as text', async () => {
  const page = await overlay();
  await say('hello stream');
  await page.getByText('hello stream').waitFor();
  await expect.poll(() => page.locator('.row .name').first().textContent()).toBe('Ana');
  await expect.poll(() => page.locator('.row .platform').first().textContent()).toBe('SL');
  const behind = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(behind).toBe('rgba(0, 0, 0, 0)');
  for (const text of NASTY) await say(text);
  await expect.poll(async () => (await texts(page)).slice(-NASTY.length)).toEqual(NASTY);
  expect(await page.locator('.row script, .row img, .row svg, .row a').count()).toBe(0);
  expect(errors.flat()).toEqual([]);
  await page.context().close();
});

it('shows a message that was deleted no longer before the next one shows, and one in its delay never', async () => {
  const [now, later] = await Promise.all([overlay(), overlay('&delay=3')]);
  await later.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    new MutationObserver(() => {
      for (const one of document.querySelectorAll('.row .text')) seen.add(one.textContent ?? '');
    }).observe(document.body, { childList: true, subtree: true });
  });
  const id = await say('this goes');
  await now.getByText('this goes').waitFor();
  const atNext = await noteAt(now, 'after the deletion');
  expect((await ana.redact('lobby', id)).ok).toBe(true);
  await say('after the deletion');
  await now.getByText('after the deletion').waitFor();
  expect(await atNext()).toEqual(expect.arrayContaining(['after the deletion']));
  expect(await atNext()).not.toContain('this goes');
  await later.getByText('after the deletion').waitFor();
  const seen = await later.evaluate(() => [...Reflect.get(window, 'seen')]);
  expect(seen).toContain('after the deletion');
  expect(seen).not.toContain('this goes');
  expect(errors.flat()).toEqual([]);
  await Promise.all([now.context().close(), later.context().close()]);
});

it('outlives ten restarts of the hub and an hour put forward, and shows each message once, in order', async () => {
  const page = await overlay('&max=200');
  const said: string[] = [];
  await say('the first');
  await page.getByText('the first').waitFor();
  for (let round = 0; round < 10; round += 1) {
    if (round === 5) await page.evaluate(() => sessionStorage.setItem('ahead', String(3_600_000)));
    await stage.stopHub();
    await stage.startHub();
    ana.retryNow();
    said.push(`round ${round}`);
    await say(`round ${round}`);
  }
  const rounds = async () => (await texts(page)).filter((text) => text.startsWith('round '));
  await expect.poll(rounds, { timeout: 60_000 }).toEqual(said);
  await page.context().close();
});

it('looks as its link says, and names what it cannot use without standing still', async () => {
  const page = await overlay('&demo=1&size=40&dir=down&badges=0&bg=102030ff&max=2&nonsense=1&anim=wild');
  await expect.poll(() => page.locator('.row').count()).toBe(2);
  const look = await page.locator('#overlay').evaluate((element) => {
    const { fontSize, backgroundColor } = getComputedStyle(element);
    return { fontSize, backgroundColor };
  });
  expect(look).toEqual({ fontSize: '40px', backgroundColor: 'rgb(16, 32, 48)' });
  await expect.poll(() => page.locator('.platform').count()).toBe(0);
  await page.context().close();
});

type Look = readonly [of: string, what: string, looks: string | number];
/** What each option of a link does to made-up rows. */
const LOOKS: readonly (readonly [link: string, ...Look[]])[] = [
  [
    'align=right&font=Noto%20Sans&size=40&line=2&weight=800&shadow=0&ink=ff0000&bg=102030ff&dir=row&anim=none',
    ['#overlay', 'text-align', 'right'],
    ['#overlay', 'font-family', '"Noto Sans", "Noto Color Emoji", sans-serif'],
    ['#overlay', 'line-height', '80px'],
    ['#overlay', 'font-weight', '800'],
    ['#overlay', 'text-shadow', 'none'],
    ['#overlay', 'color', 'rgb(255, 0, 0)'],
    ['#overlay', 'background-color', 'rgb(16, 32, 48)'],
    ['#overlay', 'flex-direction', 'row'],
    ['#overlay[data-anim=none]', 'count', 1],
  ],
  [
    'theme=bubbles&colors=0&avatars=1&times=1&emoji=1&images=safe',
    ['.row', 'border-radius', '16.8px'],
    ['.name', 'color', 'rgb(255, 255, 255)'],
    ['.avatar', 'count', 1],
    ['.time', 'count', 5],
    ['.emoji', 'count', 1],
    ['.attachment', 'count', 1],
  ],
  [
    'theme=bar&avatars=0&times=0&badges=0&emoji=0&images=off',
    ['.row', 'border-left-style', 'solid'],
    ['.avatar, .time, .platform, .badge, .emoji, .attachment', 'count', 0],
    ['.row', 'count', 5],
  ],
  ['max=3', ['.row', 'count', 3]],
  ['platforms=twitch', ['.row', 'count', 1]],
  ['hide=user:mia', ['.row', 'count', 4]],
];

it('looks as each option of its link says', async () => {
  const page = await overlay('&demo=1');
  for (const [link, ...looks] of LOOKS) {
    await page.goto(`${stage.url}/overlay?demo=1&${link}`);
    await page.locator('.row').first().waitFor();
    for (const [of, what, wanted] of looks) {
      const at = page.locator(of);
      const seen =
        what === 'count'
          ? await at.count()
          : await at.first().evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), what);
      expect(seen, `${link}: ${what} of ${of}`).toBe(wanted);
    }
  }
  expect(errors.at(-1)).toEqual([]);
  await page.context().close();
});

it('may be shown in a frame by pages of this hub alone', async () => {
  const { headers } = await fetch(`${stage.url}/overlay`);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  const chat = await fetch(`${stage.url}/`);
  expect(chat.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});
