/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import type { ChannelId } from '../../core/domain/ids.ts';
import { row, say } from './acts.ts';
import { openStage, type Person, type Stage } from './stage.ts';

const LOBBY = 'lobby' as ChannelId;
let stage: Stage;
/** Who came before there were rules. */
let cleo: Person;
beforeAll(async () => {
  stage = await openStage();
  cleo = await stage.person('Cleo');
});
afterAll(() => stage.close());

async function setRules(text: string): Promise<void> {
  const { hub } = stage.hub();
  const found = await hub.accounts.findByName('Root');
  if (found === null) throw new Error('no admin');
  const actor = { ...found, name: 'Root', avatarUrl: null, isGuest: false, isBot: false };
  const answer = await hub.linking.act(actor, { channel: LOBBY, text: `rules ${text}`, replyTo: null });
  if (!answer.ok || !answer.value.say.startsWith('Set')) throw new Error(JSON.stringify(answer));
}

it('T9: the rules are shown by themselves, can be put off, and by keyboard alone are accepted', async () => {
  const { page, errors } = await stage.person('Ana');
  const dialog = page.getByRole('dialog', { name: 'Rules of this channel' });
  await setRules('Be kind.');
  await dialog.getByText('Be kind.').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  await page.reload();
  await page.getByRole('textbox', { name: /^Message/ }).waitFor();
  await expect.poll(() => dialog.count()).toBe(0);

  await setRules('Be kinder.');
  await dialog.getByText('Be kinder.').waitFor();
  await dialog.getByRole('button', { name: 'Accept' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog.count()).toBe(0);
  await page.reload();
  await page.getByRole('textbox', { name: /^Message/ }).waitFor();
  await expect.poll(() => dialog.count()).toBe(0);
  expect(errors).toEqual([]);
});

it('T9: what waits for the rules says so, and not that a moderator will look', async () => {
  const { page, errors } = cleo;
  const { hub } = stage.hub();
  const desk = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Root') });
  expect((await desk.join(LOBBY)).ok).toBe(true);
  expect(await desk.do('set-settings', { channel: LOBBY, change: { acceptance: 'everywhere' } })).toMatchObject({
    ok: true,
  });
  desk.close();
  await expect.poll(() => hub.knowledge.facts.settings(LOBBY).acceptance).toBe('everywhere');
  const dialog = page.getByRole('dialog', { name: 'Rules of this channel' });
  await dialog.getByRole('button', { name: 'Later' }).click();
  await say(page, 'let me in');
  const held = page.locator('[data-pending=held]');
  await held.getByText('Waiting until you accept the rules of this channel').waitFor();
  await expect.poll(() => dialog.count()).toBe(0);
  await page.getByRole('button', { name: 'Rules of this channel' }).click();
  await dialog.getByRole('button', { name: 'Accept' }).click();
  await row(page, 'let me in').waitFor();
  expect(errors).toEqual([]);
});
