/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults, faultsOfColour } from './axe.ts';
import { PHONE } from './chromium.ts';
import { CHANNEL, type ConsoleScene, comesToShow, goTo, openConsoleScene, queued, ROOM } from './console-scene.ts';

let scene: ConsoleScene;

/** Something in every panel. */
beforeAll(async () => {
  scene = await openConsoleScene();
  const dj = scene.client('Selecta');
  const done = async (answer: Promise<{ readonly ok: boolean }>): Promise<void> => {
    expect(await answer).toMatchObject({ ok: true });
  };
  await scene.link(ROOM);
  await done(dj.do('set-settings', { channel: CHANNEL, change: { acceptance: 'off', rules: { heldWords: ['buy'] } } }));
  await done(dj.do('set-house-rules', { channel: CHANNEL, text: 'Be kind.' }));
  await done(dj.do('plan-event', { channel: CHANNEL, title: 'Dub', startsAt: (Date.now() + 86_400_000) as never }));
  const over = await dj.do('plan-event', {
    channel: CHANNEL,
    title: 'X',
    startsAt: (Date.now() + 86_400_000) as never,
  });
  if (over.ok) await done(dj.do('turn-event', { event: over.value.event.id, turn: 'cancel' }));
  await done(scene.client('Cy').post({ channel: CHANNEL, text: 'buy records' }).done);
  const message = await scene.says('Cy', 'rude, see https://example.org/x');
  await done(scene.client('Ana').do('report', { channel: CHANNEL, message, reason: 'rude' }));
  await scene.shows('Ana', 'the flyer', 41);
  await scene.elsewhere.says('discord', 'tamsin', 'evening');
  const target = scene.idOf('Cy');
  await done(scene.client('Morgan').do('note', { channel: CHANNEL, target, text: 'sells things' }));
  const timeout = { target, act: 'timeout', minutes: 10, reason: 'adverts' } as const;
  await done(scene.client('Morgan').do('sanction', { channel: CHANNEL, ...timeout }));
}, 60_000);
afterAll(() => scene.close(), 20_000);

/** Each panel, and what tells that it is filled. */
const PANELS: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ['Live', (page) => page.getByRole('heading', { name: 'Dub' }).waitFor()],
  ['Queue', (page) => queued(page, 'the flyer').waitFor()],
  ['People', (page) => page.getByRole('list', { name: 'People' }).getByText('Cy').waitFor()],
  ['Modes', (page) => page.getByText('Shield mode').waitFor()],
  ['House rules', (page) => page.getByText('Version 1', { exact: true }).waitFor()],
  ['Moderators', (page) => page.getByRole('button', { name: 'Dismiss Morgan' }).waitFor()],
  ['Platforms', (page) => comesToShow(page, page.locator('.state.ok'))],
  ['Activity', (page) => comesToShow(page, page.locator('rect.mark-slipmat'))],
  ['Library', (page) => comesToShow(page, page.getByRole('button', { name: 'Take out…' }))],
  ['Audit log', (page) => comesToShow(page, page.getByText(/Morgan timed out Cy/))],
  ['Overlay', (page) => page.getByText('Copy the link').waitFor()],
];

/** Windows above the page: where, what opens them, and their name. */
const DIALOGS: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ['Live', (page) => page.getByRole('button', { name: 'Cancel…' }).click()],
  [
    'Queue',
    async (page) => {
      await queued(page, 'the flyer').focus();
      await page.keyboard.press('t');
    },
  ],
  ['Platforms', (page) => page.getByRole('button', { name: 'End the link…' }).first().click()],
  ['Library', (page) => page.getByRole('button', { name: 'Take out…' }).first().click()],
];

/** In high contrast, which is the same page in other colours. */
async function inContrast(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => {
    document.documentElement.dataset.contrast = 'more';
  });
  const found = await faultsOfColour(page);
  await page.evaluate(() => {
    delete document.documentElement.dataset.contrast;
  });
  return found;
}

describe('axe finds no fault in the console, with and without high contrast', () => {
  it.each([
    ['light', '1280', {}],
    ['dark', '390', PHONE],
  ] as const)('%s, at %s px', async (theme, width, view) => {
    const { page, context, errors } = await scene.at('Selecta', 'live', { ...view, isTouch: false, theme });
    const isTooWide = (): Promise<boolean> =>
      page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    const look = async (name: string): Promise<void> => {
      expect(await faults(page), name).toEqual([]);
      expect(await inContrast(page), `${name}, high contrast`).toEqual([]);
    };
    for (const [title, isFilled] of PANELS) {
      await goTo(page, title);
      await isFilled(page);
      await look(title);
      expect([title, await isTooWide()]).toEqual([title, false]);
    }
    await goTo(page, 'People');
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Cy/ }).click();
    await page.getByRole('region', { name: 'About Cy' }).getByText('Wrote last').waitFor();
    await look('a person');
    if (width === '390') await page.getByRole('button', { name: 'Back' }).click();
    for (const [title, open] of DIALOGS) {
      await goTo(page, title);
      await PANELS.find(([name]) => name === title)?.[1](page);
      await open(page);
      await page.getByRole('dialog').waitFor();
      await look(`a window of ${title}`);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    }
    expect(errors).toEqual([]);
    await context.close();
  });
});
