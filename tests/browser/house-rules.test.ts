/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import { openStage, type Stage } from './stage.ts';

const LOBBY = 'lobby' as ChannelId;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
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
