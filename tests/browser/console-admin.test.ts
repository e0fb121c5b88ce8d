/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../client/index.ts';
import { createPicky, type Picky, SECRET } from '../admin/picky.ts';
import { type Receiver, startReceiver } from '../hooks-out/receiver.ts';
import { faults, faultsOfColour } from './axe.ts';
import { DESKTOP, openContext, PHONE, type ViewOptions, watchErrors } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let picky: Picky;
let receiver: Receiver;
let ana: Client;
/** An admin's console, which all tests go on with. */
let page: Page;
const errors: (readonly string[])[] = [];

beforeAll(async () => {
  receiver = await startReceiver();
  picky = createPicky();
  stage = await openStage({
    builtIns: picky.builtIns,
    config: {
      ...picky.config,
      metricsToken: `${SECRET}-of-metrics`,
      webhooks: { privateTargets: ['loopback'] },
    },
  });
  ana = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Ana') });
  await ana.join('lobby');
  ({ page } = await enter('Root', 'admin', 'webhooks', DESKTOP));
}, 60_000);
afterAll(async () => {
  ana.close();
  await stage.close();
  receiver.stop();
}, 20_000);

/** The console of somebody who has signed in. */
async function enter(name: string, role: 'admin' | 'dj', panel: string, view: ViewOptions, theme = 'system') {
  const token = await stage.hub().user(name, role);
  const context = await openContext(stage.browser, view);
  await context.addInitScript(
    ([session, chosen]) => {
      localStorage.setItem('slipmat.session', session);
      localStorage.setItem('slipmat.theme', chosen);
      localStorage.setItem('slipmat.kept slipmat.console.channel', 'lobby');
    },
    [JSON.stringify({ token, name }), theme] as const,
  );
  const page = await context.newPage();
  errors.push(watchErrors(page));
  await page.goto(`${stage.url}/console#${panel}`);
  await main(page).getByRole('heading', { level: 2 }).waitFor();
  return { page, context };
}
/** Another part of the console that is open, as its list of parts leads there. */
async function show(page: Page, panel: string, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Parts of the console' }).locator(`a[href="#${panel}"]`).click();
  await main(page).getByRole('heading', { level: 2, name: title }).waitFor();
}
const main = (page: Page) => page.getByRole('main');
const button = (page: Page, name: string | RegExp) => main(page).getByRole('button', { name });
const sure = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true });
const secretIn = (page: Page, label: RegExp): Promise<string> =>
  main(page).getByLabel(label).and(page.locator('input')).inputValue();

describe('programs that post', () => {
  it('V2: a secret URL is made, shown once, posts, is renewed with the old one good for a while, and removed', async () => {
    await show(page, 'webhooks', 'Webhooks');
    await main(page).getByLabel('Name it posts under').fill('Tracklist');
    await button(page, 'Make a webhook').click();
    const url = await secretIn(page, /^URL of Tracklist/);
    const post = (to: string) =>
      fetch(to, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"from a program"}' });
    expect((await post(url)).status).toBeLessThan(300);
    await button(page, 'I have kept it').click();
    await expect.poll(() => main(page).getByText(url).count()).toBe(0);
    await button(page, 'New URL for Tracklist').click();
    await sure(page, 'Make it').click();
    const next = await secretIn(page, /^URL of Tracklist/);
    expect(next).not.toBe(url);
    await main(page).getByText('the old URL is good until').waitFor();
    expect((await post(url)).status).toBeLessThan(300);
    await button(page, 'Remove Tracklist').click();
    await sure(page, 'Remove').click();
    await expect.poll(() => button(page, 'Remove Tracklist').count()).toBe(0);
    expect((await post(next)).status).toBe(404);
  });
});

describe('programs that are told', () => {
  it('a URL is told what was chosen, and each delivery is seen, with its payload, and sent again', async () => {
    await show(page, 'webhooks', 'Webhooks');
    await main(page).getByLabel('URL to tell').fill(receiver.url);
    await main(page).getByLabel('reactions').check();
    await button(page, 'Subscribe').click();
    expect(await secretIn(page, /^Secret for/)).toMatch(/^whsec_/);
    await button(page, 'I have kept it').click();
    const told = receiver.got.length;
    await ana.post({ channel: 'lobby', text: 'told outside' }).done;
    await expect.poll(() => receiver.got.length).toBeGreaterThan(told);
    await button(page, 'Deliveries').click();
    const deliveries = main(page).getByRole('list', { name: 'Last deliveries' });
    await deliveries.getByText('arrived').first().waitFor();
    await deliveries.getByText('Payload').first().click();
    await deliveries.getByText('told outside').first().waitFor();
    const before = receiver.got.length;
    await deliveries.getByRole('button', { name: 'Redeliver' }).first().click();
    await expect.poll(() => receiver.got.length).toBeGreaterThan(before);
    await button(page, 'Pause').click();
    await main(page).getByText('paused', { exact: true }).waitFor();
    await button(page, 'Unsubscribe').click();
    await sure(page, 'Unsubscribe').click();
    await expect.poll(() => button(page, 'Unsubscribe').count()).toBe(0);
  });
});

it('V1: a token is made by keyboard, shown once, good for what was chosen, and revoked', async () => {
  await show(page, 'tokens', 'API tokens');
  await main(page).getByLabel('What it is for').focus();
  await page.keyboard.type('my bot');
  await main(page)
    .getByLabel(/^Write, edit and delete/)
    .focus();
  await page.keyboard.press('Space');
  await button(page, 'Make a token').focus();
  await page.keyboard.press('Enter');
  const secret = await secretIn(page, /^Token of my bot/);
  const as = (path: string, body?: object) =>
    fetch(`${stage.url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  expect((await as('/channels/lobby/messages', { text: 'I am a bot' })).status).toBe(201);
  expect((await as('/hub/health')).status).toBe(403);
  await button(page, 'Revoke my bot').focus();
  await page.keyboard.press('Enter');
  await sure(page, 'Revoke').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => button(page, 'Revoke my bot').count()).toBe(0);
  expect((await as('/channels')).status).toBe(401);
});

it('an overlay has a link with a token of its own, which shows the channel until it is revoked', async () => {
  await show(page, 'overlay', 'Overlay');
  await main(page).getByLabel('Where it is used').fill('Studio');
  await button(page, 'Make a link with a token').click();
  const link = await secretIn(page, /^Link with its token/);
  expect(new URL(link).hash).toMatch(/^#slip_/);
  const overlay = await page.context().newPage();
  const warned: string[] = [];
  overlay.on('console', (message) => warned.push(message.text()));
  await overlay.goto(link);
  const told = `on stream ${Date.now()}`;
  await ana.post({ channel: 'lobby', text: told }).done;
  await overlay.getByText(told).waitFor();
  await button(page, 'Revoke Studio').click();
  await sure(page, 'Revoke').click();
  await expect.poll(() => button(page, 'Revoke Studio').count()).toBe(0);
  await expect.poll(() => warned.join()).toContain('Signed out');
  await ana.post({ channel: 'lobby', text: 'behind the curtain' }).done;
  expect(await overlay.getByText('behind the curtain').count()).toBe(0);
  await overlay.close();
});

describe('the hub as a whole', () => {
  it('shows how each bridge fares and why one stands still, without its secret', async () => {
    await show(page, 'health', 'Health');
    await main(page).getByText('stands still until it is mended').waitFor();
    await main(page).getByText('refused: ***').waitFor();
    await main(page).getByText('live', { exact: true }).waitFor();
    expect(await page.content()).not.toContain('hunter2');
  });

  it('shows what could not be delivered, and tries it again or gives it up once it was asked', async () => {
    for (const text of ['one boom', 'two boom']) await ana.post({ channel: 'lobby', text }).done;
    await show(page, 'letters', 'Not delivered');
    await expect.poll(() => button(page, 'Try again').count()).toBe(2);
    await main(page).getByText('it is not taken, ***').first().waitFor();
    await button(page, 'Give up').first().click();
    await sure(page, 'Give up').click();
    await expect.poll(() => button(page, 'Try again').count()).toBe(1);
    picky.relax();
    await button(page, 'Try again').click();
    await main(page).getByText('Everything was delivered.').waitFor();
    await expect.poll(() => picky.posts.some((text) => text.endsWith('two boom'))).toBe(true);
  });

  it('makes DJs and admins, disables accounts and invites people; nobody can do it to themselves', async () => {
    await stage.hub().user('Kool');
    await show(page, 'accounts', 'Accounts and DJs');
    await main(page).getByLabel('Name', { exact: true }).fill('koo');
    await button(page, 'Make a DJ: Kool').click();
    await main(page).getByRole('link', { name: 'Kool' }).waitFor();
    await button(page, 'No DJ any more: Kool').click();
    await sure(page, 'No DJ any more').click();
    await main(page).getByText('(read-only)').waitFor();
    await button(page, 'Disable: Kool').click();
    await sure(page, 'Disable').click();
    await button(page, 'Enable: Kool').click();
    await button(page, 'Disable: Kool').waitFor();
    await main(page).getByLabel('Name', { exact: true }).fill('root');
    await main(page).getByText('you', { exact: true }).waitFor();
    expect(await button(page, /any more: Root|Disable: Root/).count()).toBe(0);
    await button(page, 'Invite somebody').click();
    expect(await secretIn(page, /^Invitation/)).toContain('/#invite=');
    await button(page, /^End it/).click();
    await expect.poll(() => button(page, /^End it/).count()).toBe(0);
    await show(page, 'hub-audit', 'Admin log');
    for (const what of ['made a DJ of Kool', 'disabled the account of Kool', 'ended an invitation']) {
      await expect.poll(async () => (await main(page).textContent())?.replaceAll(/\s+/g, ' ')).toContain(what);
    }
  });

  it('shows the configuration in force, where it came from, and no secret', async () => {
    await show(page, 'configuration', 'Configuration');
    const line = main(page).locator('.settings-in-force > div', { hasText: 'metricsToken' });
    await line.getByText('set, hidden').waitFor();
    await main(page).getByText('until they are erased').first().waitFor();
    await main(page).getByText('365 days').waitFor();
    expect(await page.content()).not.toContain('hunter2');
  });

  it('A1: an admin turns on reading unnoticed, and is seen once they say so', async () => {
    await show(page, 'hub-audit', 'Admin log');
    await main(page)
      .getByRole('switch', { name: /^Read public channels unnoticed/ })
      .check();
    const chat = await page.context().newPage();
    await chat.goto(`${stage.url}/c/lobby`);
    await chat.getByText('You read unnoticed here').waitFor();
    await chat.locator('li[data-message]').first().waitFor();
    const names = async () => {
      const answer = await ana.people('lobby');
      return answer.ok ? answer.value.people.map(({ name }) => name) : [];
    };
    await expect.poll(names).toContain('Ana');
    expect(await names()).not.toContain('Root');
    await chat.getByRole('button', { name: 'Show me' }).click();
    await expect.poll(names).toContain('Root');
    await expect.poll(() => chat.getByText('You read unnoticed here').count()).toBe(0);
    await chat.close();
    await main(page)
      .getByRole('switch', { name: /^Read public channels unnoticed/ })
      .uncheck();
  });

  it('shows none of that to a DJ', async () => {
    const { page: own, context } = await enter('Selecta', 'dj', 'health', DESKTOP);
    const parts = own.getByRole('navigation').getByRole('link');
    const names = await parts.allInnerTexts();
    expect(names).toContain('Webhooks');
    expect(names).not.toEqual(expect.arrayContaining(['Health']));
    expect(names).not.toEqual(expect.arrayContaining(['Configuration']));
    await context.close();
  });
});

describe('axe finds no fault', () => {
  it.each([
    ['light', 'system', '1280', DESKTOP],
    ['dark', 'system', '390', PHONE],
    ['light', 'contrast', '390', PHONE],
    ['dark', 'contrast', '1280', DESKTOP],
  ] as const)('in the panels for programs and for admins, %s, %s, at %s px', async (system, theme, _, base) => {
    // faults of structure are the same in each theme
    const examine = system === 'light' && theme === 'system' ? faults : faultsOfColour;
    const view = { ...base, isTouch: false, theme: system };
    const { page: own, context } = await enter('Root', 'admin', 'webhooks', view, theme);
    const look = async (name: string): Promise<void> => {
      expect(await examine(own), name).toEqual([]);
      const isTooWide = await own.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      expect([name, isTooWide]).toEqual([name, false]);
    };
    await main(own).getByLabel('Name it posts under').fill(`Hook ${system} ${theme}`);
    await button(own, 'Make a webhook').click();
    await button(own, 'I have kept it').waitFor();
    await look('webhooks with a secret');
    await button(own, `New URL for Hook ${system} ${theme}`).click();
    await sure(own, 'Make it').waitFor();
    await look('dialog');
    await own.keyboard.press('Escape');
    for (const [panel, title, shown] of [
      ['tokens', 'API tokens', 'A new token'],
      ['health', 'Health', 'stands still until it is mended'],
      ['letters', 'Not delivered', /delivered|Try again/],
      ['accounts', 'Accounts and DJs', 'Invitations'],
      ['configuration', 'Configuration', 'until they are erased'],
      ['hub-audit', 'Admin log', 'Read public channels unnoticed'],
      ['overlay', 'Overlay', 'Links with a token'],
    ] as const) {
      await show(own, panel, title);
      await main(own).getByText(shown).first().waitFor();
      await look(panel);
    }
    await context.close();
  });
});

it('pages complain of nothing', () => {
  expect(errors.flat()).toEqual([]);
});
