/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import { openStage, type Person, type Stage } from './stage.ts';

const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^(Message|Edit)/ });
/** The row whose own text this is: a quote of it elsewhere does not count. */
const row = (page: Page, text: string): Locator =>
  page.locator('li[data-message]', { has: page.locator('.body', { hasText: text }) });
async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** When the hub ends its connections, as another client sees it. */
async function openWitness(wsUrl: string): Promise<{ readonly closed: Promise<number> }> {
  const socket = new WebSocket(wsUrl);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send(JSON.stringify({ type: 'hello', version: 1, token: null }));
  return { closed: new Promise((resolve) => socket.addEventListener('close', () => resolve(performance.now()))) };
}

describe('a lost connection', () => {
  let stage: Stage;
  let ana: Person;
  let ben: Person;
  beforeAll(async () => {
    stage = await openStage();
    ana = await stage.person('Ana');
    ben = await stage.person('Ben');
    // Everything under /api/ fails from here on: what follows goes by the socket alone.
    for (const { context } of [ana, ben]) {
      await context.route('**/api/**', (route) =>
        route.fulfill({ status: 503, json: { code: 'unavailable', say: 'Away.' } }),
      );
    }
  });
  afterAll(() => stage.close());

  it('T3: with the HTTP API away, people go on talking', async () => {
    await say(ana.page, 'no need for HTTP');
    await row(ben.page, 'no need for HTTP').waitFor();
    await row(ben.page, 'no need for HTTP').hover();
    await row(ben.page, 'no need for HTTP').getByRole('button', { name: 'React' }).click();
    await ben.page.getByRole('option', { name: 'thumbs up' }).click();
    await row(ana.page, 'no need for HTTP').locator('.reaction').waitFor();
  });

  it('is told within 3 s with a countdown and a way to retry at once', async () => {
    const witness = await openWitness(stage.hub().wsUrl);
    const stopping = stage.stopHub();
    const at = await witness.closed;
    await ana.page.getByText('Connection lost.').waitFor({ timeout: Math.max(1, at + 3_000 - performance.now()) });
    await stopping;
    await ana.page.getByRole('button', { name: 'Retry now' }).waitFor();
    await ana.page.getByText(/Trying again (now|in \d+ s)/).waitFor();
  });

  it('leaves the composer usable: what is written waits and is sent once the hub is back', async () => {
    await say(ana.page, 'written in the dark');
    await ana.page.locator('[data-pending=sending]', { hasText: 'written in the dark' }).waitFor();
    await expect.poll(() => composer(ana.page).inputValue()).toBe('');
    await stage.startHub();
    await ana.page
      .getByRole('button', { name: 'Retry now' })
      .click({ timeout: 3_000 })
      .catch(() => undefined);
    await row(ben.page, 'written in the dark').waitFor();
    await row(ana.page, 'written in the dark').waitFor();
    await expect.poll(() => row(ana.page, 'written in the dark').count()).toBe(1);
    await expect.poll(() => ana.page.locator('[data-pending]').count()).toBe(0);
    await expect.poll(() => ana.page.locator('.banner').count()).toBe(0);
  });

  it('resumes without a gap and without a double', async () => {
    await say(ben.page, 'before the second fall');
    await row(ana.page, 'before the second fall').waitFor();
    await stage.stopHub();
    await ana.page.getByText('Connection lost.').waitFor();
    await stage.startHub();
    const token = await stage.hub().user('Cy');
    const cy = createClient({ url: stage.hub().wsUrl, token });
    for (let count = 1; count <= 30; count += 1) await cy.post({ channel: 'lobby', text: `missed ${count}.` }).done;
    cy.close();
    await row(ana.page, 'missed 30.').waitFor();
    const texts = await ana.page.locator('li[data-message] .body').allTextContents();
    const missed = texts.filter((text) => text.startsWith('missed'));
    expect(missed).toEqual(Array.from({ length: 30 }, (_, at) => `missed ${at + 1}.`));
    expect(texts.filter((text) => text === 'before the second fall')).toHaveLength(1);
  });

  it('keeps what waits over a reload of the page', async () => {
    let isCut = true;
    await ben.page.routeWebSocket('**/ws', (socket) => {
      if (isCut) socket.close();
      else socket.connectToServer();
    });
    await stage.stopHub();
    await say(ben.page, 'kept over the reload');
    await ben.page.locator('[data-pending]', { hasText: 'kept over the reload' }).waitFor();
    await stage.startHub();
    await ben.page.reload();
    await ben.page.getByText('Connection lost.').waitFor();
    isCut = false;
    await row(ana.page, 'kept over the reload').waitFor();
    await row(ben.page, 'kept over the reload').waitFor();
    await expect.poll(() => row(ana.page, 'kept over the reload').count()).toBe(1);
  });
});

describe('a post that is turned down', () => {
  let stage: Stage;
  let ana: Person;
  beforeAll(async () => {
    stage = await openStage({ config: { limits: { postsPerSecond: 1, postBurst: 1, apiPerMinute: 10_000 } } });
    ana = await stage.person('Ana');
  });
  afterAll(() => stage.close());

  /** More than one a second: how many that takes depends on how fast this machine types. */
  async function sayTooMuch(what: string): Promise<void> {
    const failed = ana.page.locator('[data-pending=failed]');
    for (let n = 1; n <= 100 && (await failed.count()) === 0; n += 1) await say(ana.page, `${what} ${n}.`);
  }

  it('stays with its text, a red mark, Retry and Delete; Retry sends it', async () => {
    await sayTooMuch('first');
    const failed = ana.page.locator('[data-pending=failed]').first();
    await failed.getByText(/^Not sent:/).waitFor();
    const text = await failed.locator('.body').textContent();
    await expect
      .poll(
        async () => {
          const retry = ana.page
            .locator('[data-pending=failed]', { hasText: text ?? '' })
            .getByRole('button', { name: 'Retry' });
          if ((await retry.count()) > 0) await retry.click();
          return row(ana.page, text ?? '').count();
        },
        { interval: 700 },
      )
      .toBe(1);
  });

  it('is given up with Delete', async () => {
    await sayTooMuch('second');
    const failed = ana.page.locator('[data-pending=failed]');
    await failed.first().waitFor();
    await expect
      .poll(async () => {
        if ((await failed.count()) > 0) await failed.first().getByRole('button', { name: 'Delete' }).click();
        return failed.count();
      })
      .toBe(0);
  });
});

describe('a long conversation', () => {
  let stage: Stage;
  let ana: Person;
  const total = 420;
  beforeAll(async () => {
    stage = await openStage();
    const cy = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Cy') });
    const posts = Array.from({ length: total }, (_, at) => cy.post({ channel: 'lobby', text: `line ${at + 1}.` }).done);
    await Promise.all(posts);
    cy.close();
    ana = await stage.person('Ana');
  });
  afterAll(() => stage.close());

  const scroller = (page: Page): Locator => page.locator('.scroller');
  const distance = (page: Page): Promise<number> =>
    scroller(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
  const topOf = (page: Page, text: string): Promise<number> =>
    row(page, text).evaluate((element) => Math.round(element.getBoundingClientRect().top));

  it('opens at its end', async () => {
    await row(ana.page, `line ${total}.`).waitFor();
    await expect.poll(() => distance(ana.page)).toBeLessThan(2);
  });

  it('loads history on the way up, to the very beginning, without moving what is on screen', async () => {
    await expect
      .poll(
        async () => {
          const box = await scroller(ana.page).boundingBox();
          await ana.page.mouse.move((box?.x ?? 0) + 100, (box?.y ?? 0) + 100);
          await ana.page.mouse.wheel(0, -2_500);
          return row(ana.page, 'line 1.').first().isVisible();
        },
        { interval: 60 },
      )
      .toBe(true);
    await ana.page.getByText('This is where #Lobby begins.').waitFor();
    const numbers = (await ana.page.locator('li[data-message] .body').allTextContents()).map((text) =>
      Number(/\d+/.exec(text)?.[0]),
    );
    expect(numbers.length).toBeLessThanOrEqual(600);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => at + 1));
  });

  it('holds still while others talk, counts them, and End leads to the newest', async () => {
    await scroller(ana.page).evaluate((element) => element.scrollBy(0, 400));
    const anchor = 'line 15.';
    await row(ana.page, anchor).first().waitFor();
    const before = await topOf(ana.page, anchor);
    const cy = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Cy') });
    for (const text of ['news one', 'news two', 'news three']) await cy.post({ channel: 'lobby', text }).done;
    const pill = ana.page.getByRole('button', { name: '3 new messages' });
    await pill.waitFor();
    expect(await topOf(ana.page, anchor)).toBe(before);
    expect(await row(ana.page, 'news three').count()).toBe(0);
    await expect.poll(() => ana.page.title()).toBe('(3) #Lobby - Slipmat');
    await ana.page.keyboard.press('End');
    await row(ana.page, 'news three').waitFor();
    await expect.poll(() => pill.count()).toBe(0);
    await expect.poll(() => distance(ana.page)).toBeLessThan(2);
    await expect.poll(() => ana.page.title()).toBe('#Lobby - Slipmat');
    cy.close();
  });

  it('stays at the bottom through a burst, with at most 200 rows drawn', async () => {
    const cy = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Cy') });
    const texts = Array.from({ length: 400 }, (_, at) => `burst ${at + 1}. ${at === 200 ? 'long '.repeat(400) : ''}`);
    await Promise.all(texts.map((text) => cy.post({ channel: 'lobby', text: text.trim() }).done));
    await row(ana.page, 'burst 400.').waitFor();
    await expect.poll(() => ana.page.locator('li[data-message]').count()).toBeLessThanOrEqual(200);
    await expect.poll(() => distance(ana.page)).toBeLessThan(2);
    await expect.poll(() => ana.page.locator('.pill').count()).toBe(0);
    cy.close();
  });

  it('follows a quote to a message that has to be loaded first', async () => {
    const cy = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Cy') });
    const asked = await cy.post({ channel: 'lobby', text: 'the old question' }).done;
    if (!asked.ok) throw new Error(asked.say);
    const filler = Array.from({ length: 300 }, (_, at) => cy.post({ channel: 'lobby', text: `filler ${at}.` }).done);
    await Promise.all(filler);
    await cy.post({ channel: 'lobby', text: 'the late answer', replyTo: asked.value.message }).done;
    cy.close();
    await ana.page.reload();
    await row(ana.page, 'the late answer').waitFor();
    expect(await row(ana.page, 'the old question').count()).toBe(0);
    await ana.page.locator('.quote', { hasText: 'the old question' }).click();
    await ana.page.locator('.row.flash', { hasText: 'the old question' }).waitFor();
    await expect.poll(() => distance(ana.page)).toBeGreaterThan(1_000);
    await ana.page.keyboard.press('Escape');
    await row(ana.page, 'the late answer').waitFor();
    await expect.poll(() => distance(ana.page)).toBeLessThan(2);
  });
});
