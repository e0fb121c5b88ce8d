/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Capabilities } from '../../core/plugin/index.ts';
import { act, composer, dialog, row, say } from './acts.ts';
import { createElsewhere } from './platforms.ts';
import { openStage, type Person, type Stage } from './stage.ts';

/** Takes short lines and nothing else, as the chat of a streaming site does. */
const SHORT: Capabilities = {
  post: {
    limits: {
      text: 500,
      caption: 0,
      unit: 'code-point',
      speaker: 'prefix',
      reply: false,
      idempotent: false,
      takesSentAt: false,
      maxMedia: 0,
      maxMediaBytes: 0,
      spoiler: false,
    },
    run: async () => [],
  },
};
const elsewhere = createElsewhere(['twitch'], 'lobby', { twitch: SHORT });

let stage: Stage;
let ana: Person;
let mod: Person;
beforeAll(async () => {
  stage = await openStage({ builtIns: elsewhere.builtIns, config: elsewhere.config });
  ana = await stage.person('Ana');
  mod = await stage.person('Morgan', { role: 'admin' });
});
afterAll(() => stage.close());

it('says where a message goes, and what of it the platform cannot do, before it is done', async () => {
  const { page } = ana;
  await page.getByText('Goes to Twitch too').waitFor();
  await say(page, 'hello there');
  await row(page, 'hello there').hover();
  const button = (name: string) => row(page, 'hello there').getByRole('button', { name });
  await expect.poll(() => button('React').getAttribute('title')).toBe('React. Not shown on Twitch');
  await expect.poll(() => button('Edit').getAttribute('title')).toContain('Twitch cannot change it');
  await act(page, 'hello there', 'Edit');
  await page.getByText('Twitch cannot change it: the new text is sent there as a reply').waitFor();
  await composer(page).press('Escape');
  await act(page, 'hello there', 'Delete');
  await dialog(page).getByText('It stays on Twitch').waitFor();
  await page.keyboard.press('Escape');
});

it('counts by the platform that takes least, and says what becomes of a longer text', async () => {
  const { page } = ana;
  await composer(page).fill('ä'.repeat(399));
  await expect.poll(() => page.locator('.counter').count()).toBe(0);
  await composer(page).fill('ä'.repeat(400));
  await page.getByText('Twitch: 400 of 500').waitFor();
  await composer(page).fill('ä'.repeat(501));
  await page.getByText('Twitch takes 500 at once: it comes there in parts').waitFor();
  await composer(page).fill('ä'.repeat(1_501));
  await page.getByText('Twitch takes 500 at once: its end is left out there').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(false);
  await composer(page).fill('');
});

it('counts down to the next message in slow mode, with the text kept; moderators need not wait', async () => {
  const { page } = ana;
  await say(mod.page, '/slow 30');
  await page.getByText('Slow mode: a message each 30 s').waitFor();
  await page.getByText('slow 30 s', { exact: true }).waitFor();
  await say(page, 'the first is taken');
  await row(page, 'the first is taken').waitFor();
  const send = page.getByRole('button', { name: /^Send, in \d+ s$/ });
  await send.waitFor();
  await expect.poll(() => send.isDisabled()).toBe(true);
  await composer(page).fill('too soon');
  await composer(page).press('Enter');
  await expect.poll(() => composer(page).inputValue()).toBe('too soon');
  await expect.poll(() => page.locator('[data-pending]').count()).toBe(0);
  for (const text of ['at once', 'and again']) await say(mod.page, text);
  await row(page, 'and again').waitFor();
  await page.reload();
  await expect.poll(() => composer(page).inputValue()).toBe('too soon');
});

it('gives back what came too soon, and says when it may come', async () => {
  const { page } = ana;
  await composer(page).press('Enter');
  await page.getByText(/Slow mode: write again in \d+ s/).waitFor();
  await expect.poll(() => composer(page).inputValue()).toBe('too soon');
  await expect.poll(() => page.locator('[data-pending]').count()).toBe(0);
  await page.getByRole('button', { name: /^Send, in \d+ s$/ }).waitFor();
  await say(mod.page, '/slow off');
  await expect.poll(() => page.getByText('slow 30 s', { exact: true }).count()).toBe(0);
});

it('leaves the pages without a fault', () => {
  expect([...ana.errors, ...mod.errors]).toEqual([]);
});
