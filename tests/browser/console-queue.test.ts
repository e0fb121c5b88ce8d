/// <reference lib="dom" />
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHANNEL, type ConsoleScene, goTo, openConsoleScene, queued } from './console-scene.ts';
import type { Person } from './stage.ts';

let scene: ConsoleScene;
let morgan: Person;
let ben: Person;

beforeAll(async () => {
  scene = await openConsoleScene();
  const change = { rules: { heldWords: ['followers'] } };
  const set = await scene.client('Selecta').do('set-settings', { channel: CHANNEL, change });
  if (!set.ok) throw new Error(set.say);
  morgan = await scene.at('Morgan', 'queue');
  ben = await scene.at('Ben', 'queue');
}, 60_000);
afterAll(() => scene.close(), 20_000);

/** Posts something that a rule holds. */
async function isHeld(text: string): Promise<void> {
  const done = await scene.client('Cy').post({ channel: CHANNEL, text }).done;
  expect(done).toMatchObject({ ok: true, value: { outcome: 'held' } });
  await queued(morgan.page, text).waitFor();
}
async function isThere(text: string): Promise<boolean> {
  const page = await scene.client('Ana').history(CHANNEL, null, 50);
  return page.ok && JSON.stringify(page.value.messages).includes(text);
}
async function press(person: Person, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await person.page.keyboard.press(key);
}

it('M1: held messages come by themselves and are worked off by keyboard: J and K move, A lets through, D discards', async () => {
  await isHeld('buy followers, first');
  await isHeld('buy followers, second');
  await isHeld('buy followers, third');
  await press(morgan, 'j', 'j', 'k');
  await expect.poll(() => queued(morgan.page, 'first').getAttribute('aria-current')).toBe('true');
  await press(morgan, 'a');
  await expect.poll(() => isThere('buy followers, first')).toBe(true);
  await expect.poll(() => queued(morgan.page, 'first').count()).toBe(0);
  // the next in its place has the focus, so that the next key is for it
  await expect.poll(() => queued(morgan.page, 'second').getAttribute('aria-current')).toBe('true');
  await press(morgan, 'd');
  await expect.poll(() => queued(morgan.page, 'second').count()).toBe(0);
  await expect.poll(() => queued(ben.page, 'second').count()).toBe(0);
  expect(await isThere('buy followers, second')).toBe(false);
  await queued(ben.page, 'third').waitFor();
});

it('M1: two moderators never meet: what one has chosen is marked with their name for the other, who cannot decide it', async () => {
  await press(morgan, 'j');
  await expect.poll(() => queued(morgan.page, 'third').getAttribute('aria-current')).toBe('true');
  const atBen = queued(ben.page, 'third');
  await atBen.getByText('Morgan is on it').waitFor();
  expect(await atBen.getByRole('button', { name: 'Let through' }).isDisabled()).toBe(true);
  await press(ben, 'j', 'a');
  await ben.page.getByText('Morgan is on it.', { exact: true }).waitFor();
  expect(await isThere('buy followers, third')).toBe(false);
  await press(morgan, 'a');
  await expect.poll(() => atBen.count()).toBe(0);
});

it('M1: who only has the queue before them holds nothing: what comes in next is free for the others', async () => {
  await isHeld('buy followers, fourth');
  await queued(ben.page, 'fourth').waitFor();
  await press(morgan, 'j');
  await queued(ben.page, 'fourth').getByText('Morgan is on it').waitFor();
  await press(morgan, 'd');
  await expect.poll(() => queued(ben.page, 'fourth').count()).toBe(0);
});

it('M1: a key acts on the message that was chosen, never on the one that slid into its place', async () => {
  await isHeld('buy followers, fifth');
  await isHeld('buy followers, sixth');
  await press(morgan, 'j');
  await expect.poll(() => queued(morgan.page, 'fifth').getAttribute('aria-current')).toBe('true');
  const queue = await scene.client('Selecta').ask('queue', { channel: CHANNEL });
  const message = queue.ok ? (queue.value.held[0]?.message.id ?? '') : '';
  const gone = await scene.client('Selecta').do('discard-held', { channel: CHANNEL, message, reason: null });
  expect(gone).toMatchObject({ ok: true });
  await expect.poll(() => queued(morgan.page, 'fifth').count()).toBe(0);
  await press(morgan, 'a');
  await expect.poll(() => queued(morgan.page, 'sixth').getAttribute('aria-current')).toBe('true');
  expect(await isThere('buy followers, sixth')).toBe(false);
  await press(morgan, 'j', 'a');
  await expect.poll(() => isThere('buy followers, sixth')).toBe(true);
  await expect.poll(() => queued(morgan.page, 'sixth').count()).toBe(0);
});

it('M1: T times out from the queue, by a digit, and what they wrote goes with it', async () => {
  const message = await scene.says('Cy', 'you are all rude');
  const told = await scene.client('Ana').do('report', { channel: CHANNEL, message, reason: 'calls names' });
  expect(told).toMatchObject({ ok: true });
  await queued(morgan.page, 'calls names').waitFor();
  await expect.poll(() => morgan.page.getByRole('link', { name: /Queue/ }).textContent()).toContain('1 waiting');
  await press(morgan, 'j', 't');
  const dialog = morgan.page.getByRole('dialog', { name: 'Time out Cy' });
  await dialog.waitFor();
  await press(morgan, '5');
  await expect.poll(() => dialog.count()).toBe(0);
  await expect.poll(() => queued(morgan.page, 'you are all rude').count()).toBe(0);
  await expect.poll(() => isThere('you are all rude')).toBe(false);
  const refused = await scene.client('Cy').post({ channel: CHANNEL, text: 'am I silenced' }).done;
  expect(refused).toMatchObject({ ok: false, code: 'sanctioned' });
});

it('M2: pictures wait covered; S marks one as safe and N as NSFW for everybody, and the list goes on', async () => {
  const safe = await scene.shows('Ana', 'the flyer', 31);
  await queued(morgan.page, 'the flyer').waitFor();
  const nsfw = await scene.shows('Ana', 'not for all', 32);
  await queued(morgan.page, 'not for all').waitFor();
  const thumb = queued(morgan.page, 'the flyer').getByRole('button', { name: /^Look at the picture/ });
  expect(await thumb.locator('img.covered').count()).toBe(1);
  await morgan.page.getByRole('button', { name: /^Pictures/ }).click();
  await queued(morgan.page, 'not for all').focus();
  await press(morgan, 'n');
  await expect.poll(() => queued(morgan.page, 'not for all').count()).toBe(0);
  await expect.poll(() => queued(morgan.page, 'the flyer').getAttribute('aria-current')).toBe('true');
  await press(morgan, 's');
  await morgan.page.getByText('Nothing waits here.').waitFor();
  const markOf = async (id: string): Promise<string | undefined> => {
    const found = await scene.client('Ana').message(CHANNEL, id);
    return found.ok ? found.value.message.content.attachments[0]?.mark : undefined;
  };
  await expect.poll(() => markOf(safe)).toBe('safe');
  await expect.poll(() => markOf(nsfw)).toBe('nsfw');
  await morgan.page.getByRole('button', { name: /^All/ }).click();
});

it('finds somebody by name, shows their history, and acts from there', async () => {
  const { page } = morgan;
  await goTo(page, 'People');
  await page.getByRole('searchbox', { name: 'Name' }).fill('cy');
  const list = page.getByRole('list', { name: 'People' });
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await list.getByRole('button', { name: /Cy.*timed out until/ }).click();
  const card = page.getByRole('region', { name: 'About Cy' });
  await card.getByText('Timed out').first().waitFor();
  await card.getByText('timeout', { exact: true }).first().waitFor();
  await card.getByRole('textbox', { name: 'Note for moderators' }).fill('sells followers');
  await card.getByRole('button', { name: 'Note it' }).click();
  await page.getByText('It is noted.').waitFor();
  await card.getByRole('button', { name: 'Lift the timeout' }).click();
  await card.getByRole('button', { name: '2 min' }).waitFor();
  await expect
    .poll(async () => (await scene.client('Cy').post({ channel: CHANNEL, text: 'thank you' }).done).ok)
    .toBe(true);
  await card.getByRole('button', { name: 'Ban…' }).waitFor();
  await page.getByRole('button', { name: 'Timed out', exact: true }).click();
  await page.getByText('Nobody is timed out or banned.').waitFor();
});

it('says why something is refused: a moderator may not ban unless the DJ allows it', async () => {
  const { page } = morgan;
  await page.getByRole('button', { name: 'Ban…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ban Cy?' });
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await page.getByText('The DJ has not allowed moderators to ban.').waitFor();
  await expect.poll(() => dialog.count()).toBe(0);
});

it('keeps every act in the audit log, with who did it and to whom, and hands it over as a file', async () => {
  const { page } = ben;
  await goTo(page, 'Audit log');
  await page.getByText(/Morgan timed out Cy/).waitFor();
  await page
    .getByText(/Morgan let through a message of Cy/)
    .first()
    .waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  expect((await download).suggestedFilename()).toBe(`audit-${CHANNEL}.csv`);
});

it('leaves the pages without a fault', () => {
  expect([...morgan.errors, ...ben.errors]).toEqual([]);
});
