/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import { type Client, createClient } from '../../client/index.ts';
import { plainText } from '../../core/domain/content.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import type { HistoryMessage, ListedChannel } from '../../core/domain/wire.ts';
import { pixels, type Source, startSource, THIS_MACHINE } from '../media/rig.ts';
import { dialog, row } from './acts.ts';
import { DESKTOP, openContext } from './chromium.ts';
import { type HostilePlace, openHostilePlaces } from './hostile-places.ts';
import { NAMES, PAYLOADS } from './payloads.ts';
import { openStage, type Stage } from './stage.ts';
import { noteAt, strangers, watchContext } from './watched.ts';

/** Behind its token, so that a row is found whatever became of the payload in front. */
const token = (place: string, at: number): string => `said on ${place} as ${at}.`;
const PICTURE = '<img src=x onerror=hit(2)>';

/** What is to be read in parts of the console. */
const IN_CONSOLE: Readonly<Record<string, string>> = {
  '#queue': `${PICTURE} held on irc`,
  '#house-rules': PICTURE,
  '#library': `${PICTURE} is a title`,
  '#audit': PICTURE,
};

let stage: Stage;
let places: readonly HostilePlace[];
let site: Source;
let root: Client;
let found: readonly string[];
let chat: Page;
let overlay: Page;
let desk: Page;

beforeAll(async () => {
  places = await openHostilePlaces();
  site = await startSource((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<title>${PICTURE.replace(/</g, '&lt;')} is a title</title>`);
  });
  const irc = async () => ({ default: (await import('../../examples/irc/src/index.ts')).default });
  stage = await openStage({
    outside: THIS_MACHINE,
    builtIns: { surfaces: bridges.surfaces, bridges: { ...bridges.bridges, irc } },
    config: {
      bridges: places.map(({ link }) => link.bridge),
      portals: places.map(({ link }) => ({ channel: 'lobby', direction: 'in', ...link.portal })),
    },
  });
  for (const place of places) place.connect(stage.url);
  const hub = stage.hub();
  await hub.user('Kool', 'dj');
  const session = { token: await hub.user('Root'), name: 'Root' };
  root = createClient({ url: hub.wsUrl, token: session.token });
  const joined = await root.join('lobby');
  if (!joined.ok) throw new Error(joined.say);

  const context = await openContext(stage.browser, DESKTOP);
  found = await watchContext(context, stage.url);
  await context.addInitScript((kept) => {
    // an empty page has no storage
    if (location.protocol !== 'about:') localStorage.setItem('slipmat.session', kept);
  }, JSON.stringify(session));
  [chat, overlay, desk] = [await context.newPage(), await context.newPage(), await context.newPage()];
  await Promise.all([
    chat.goto(stage.url),
    overlay.goto(`${stage.url}/overlay?channel=lobby&max=200&images=safe&avatars=1&times=1`),
    desk.goto(`${stage.url}/console`),
  ]);
  await chat.getByRole('textbox', { name: /^Message/ }).waitFor();
});
afterAll(async () => {
  root.close();
  await stage.close();
  await site.close();
  await Promise.all(places.map((place) => place.stop()));
});

/** Nothing has happened that text does not do, on any page. */
async function isCalm(): Promise<void> {
  for (const page of [chat, overlay, desk]) expect(await strangers(page)).toEqual([]);
  expect(found).toEqual([]);
}

async function close(): Promise<void> {
  await chat.keyboard.press('Escape');
  await expect.poll(() => dialog(chat).count()).toBe(0);
}

/** As the hub has it, by the words behind. */
async function messages(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const all: { name: string; text: string }[] = [];
  let before: number | null = null;
  for (;;) {
    const page = await root.history('lobby', before, 100);
    if (!page.ok) throw new Error(page.say);
    const last = page.value.messages.at(-1);
    all.push(
      ...page.value.messages.map(({ message }) => ({
        name: message.author.name,
        text: plainText(message.content.rich),
      })),
    );
    if (page.value.isEnd || last === undefined) return all;
    before = last.seq;
  }
}

it('is text in the chat and on the overlay, in names and messages from every platform', async () => {
  for (const place of places) {
    for (const [at, payload] of PAYLOADS.entries()) {
      const text = `${payload} ${token(place.name, at)}`;
      // Twitch and IRC take no more in one message
      place.says(NAMES[at % NAMES.length] ?? 'x', place.name === 'irc' ? text.slice(-380) : text.slice(-480));
    }
  }
  const wanted = places.flatMap(({ name }) => PAYLOADS.map((_, at) => token(name, at)));
  await expect
    .poll(async () => {
      const all = await messages();
      return wanted.filter((one) => !all.some(({ text }) => text.includes(one)));
    })
    .toEqual([]);
  for (const { name } of places) {
    const last = token(name, PAYLOADS.length - 1);
    await row(chat, last).waitFor();
    await overlay.locator('.row', { hasText: last }).waitFor();
    // what it was written as is what is read, in name and text
    const second = row(chat, token(name, 1)).locator('.body');
    await second.waitFor();
    expect(await second.textContent(), name).toContain(PICTURE);
    expect(await overlay.locator('.row', { hasText: token(name, 1) }).textContent(), name).toContain(PICTURE);
  }
  // every row of the overlay stands there, with the names as the hub has them
  const names = new Set((await messages()).map(({ name }) => name));
  expect(names.has(PICTURE)).toBe(true);
  await isCalm();
});

it('is text in quotes of answers and in the names of files', async () => {
  const bytes = await pixels(20, 20, 1, 3).png().toBuffer();
  const asked = places.map((place) => [place, place.says('asker', `${PICTURE} who asks on ${place.name}`)] as const);
  for (const { name } of places) await row(chat, `who asks on ${name}`).waitFor();
  for (const [place, question] of asked) {
    place.says('answerer', `an answer on ${place.name}`, question);
    place.posts?.('poster', { name: `${PICTURE}.png`, bytes });
  }
  for (const { name } of places) await row(chat, `an answer on ${name}`).locator('.quote').waitFor();
  const quotes = await chat.locator('.quote').allTextContents();
  expect(quotes.filter((one) => one.includes('<img src=x')).length).toBe(places.length);
  const posters = places.filter(({ posts }) => posts !== null).length;
  await expect.poll(() => chat.locator('img.attachment').count()).toBe(posters);
  await isCalm();
});

it('what is taken away on its platform is gone from the overlay before the next message shows', async () => {
  for (const place of places) {
    const id = place.says('asker', `goes again on ${place.name}`);
    await overlay.getByText(`goes again on ${place.name}`).waitFor();
    const atNext = await noteAt(overlay, `comes after it on ${place.name}`);
    place.takesAway(id);
    place.says('asker', `comes after it on ${place.name}`);
    await overlay.getByText(`comes after it on ${place.name}`).waitFor();
    expect((await atNext())?.join(), place.name).not.toContain(`goes again on ${place.name}`);
  }
});

it('is text in what comes by webhooks, in every form that is taken', async () => {
  const made = await root.do('make-webhook', { channel: 'lobby', name: PICTURE });
  if (!made.ok) throw new Error(made.say);
  const forms = [
    { text: `${PICTURE} by hook one` },
    { username: PICTURE, content: `${PICTURE} by hook two`, embeds: [{ title: PICTURE, description: PICTURE }] },
    { username: PICTURE, text: `${PICTURE} by hook three`, attachments: [{ fallback: PICTURE, text: PICTURE }] },
  ];
  for (const form of forms) {
    const answer = await fetch(stage.url + made.value.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    });
    expect(answer.ok).toBe(true);
  }
  for (const words of ['by hook one', 'by hook two', 'by hook three']) {
    await row(chat, words).waitFor();
    await overlay.locator('.row', { hasText: words }).waitFor();
  }
  await isCalm();
});

it('is text in titles of links, the library, the search, the people and the card of somebody', async () => {
  await root.post({ channel: 'lobby', text: `${site.url}/page` }).done;
  await expect
    .poll(async () => {
      const listed = await root.ask('library', { channel: 'lobby', text: 'is a title' });
      return listed.ok ? listed.value.items.length : 0;
    })
    .toBe(1);
  await chat.getByRole('button', { name: 'Links and files' }).click();
  await dialog(chat).getByText(`${PICTURE} is a title`).waitFor();
  await isCalm();
  await close();
  await chat.getByRole('button', { name: 'Search', exact: true }).click();
  await dialog(chat).getByRole('searchbox').fill('who asks on');
  await dialog(chat).getByText('who asks on matrix').waitFor();
  await isCalm();
  await close();
  const panel = chat.getByRole('complementary', { name: 'People here' });
  await panel.getByLabel('Which people').selectOption('ever');
  await panel.getByRole('button', { name: PICTURE }).first().waitFor();
  await panel.getByRole('button', { name: PICTURE }).first().click();
  await dialog(chat).getByRole('heading', { name: PICTURE }).waitFor();
  await isCalm();
  await close();
});

it('is text in names of channels and shows, in house rules, and in reasons', async () => {
  const opened = await root.do('create-private', { name: PICTURE, users: [] });
  if (!opened.ok) throw new Error(opened.say);
  await chat.getByRole('link', { name: PICTURE }).waitFor();
  const dj = (await mine()).find(({ kind }) => kind === 'dj');
  if (dj === undefined) throw new Error('no channel of a DJ');
  const planned = await root.do('plan-event', {
    channel: dj.id,
    title: PICTURE,
    startsAt: (Date.now() + 600_000) as EpochMs,
  });
  expect(planned.ok).toBe(true);
  expect((await root.do('set-house-rules', { channel: 'lobby', text: PICTURE })).ok).toBe(true);
  const { author } = (await saidOn('twitch')).message;
  const of = { channel: 'lobby', target: author.user, minutes: 5, reason: PICTURE };
  expect(await root.do('sanction', { ...of, act: 'timeout', redactMinutes: null })).toMatchObject({ ok: true });
  await chat.getByRole('button', { name: /^People/ }).waitFor();
  await isCalm();
});

it('is text in the console: live, what waits, what is reported, the audit', async () => {
  const ben = createClient({ url: stage.hub().wsUrl, token: await stage.hub().user('Ben') });
  await ben.join('lobby');
  const report = { channel: 'lobby', message: (await saidOn('matrix')).message.id, reason: PICTURE };
  expect(await ben.do('report', report)).toMatchObject({ ok: true });
  expect((await root.do('set-shield', { channel: 'lobby', isOn: true })).ok).toBe(true);
  for (const place of places) place.says(PICTURE, `${PICTURE} held on ${place.name}`);
  await expect
    .poll(async () => {
      const queue = await root.ask('queue', { channel: 'lobby' });
      return queue.ok ? queue.value.held.length : 0;
    })
    .toBe(places.length);
  await desk.getByRole('combobox', { name: 'Channel' }).selectOption('lobby');
  const parts = desk.getByRole('navigation').locator('a[href^="#"]');
  const all = await parts.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(all).toEqual(expect.arrayContaining(Object.keys(IN_CONSOLE)));
  for (const href of all) {
    await desk.locator(`nav a[href="${href}"]`).click();
    await desk.locator(`nav a[href="${href}"][aria-current=page]`).waitFor();
    const words = IN_CONSOLE[href];
    if (words !== undefined) await desk.locator('main').getByText(words).first().waitFor();
    await isCalm();
  }
  ben.close();
});

/** The newest message of somebody there. */
async function saidOn(platform: string): Promise<HistoryMessage> {
  const page = await root.history('lobby', null, 100);
  const found = page.ok ? page.value.messages.find(({ message }) => message.author.platform === platform) : undefined;
  if (found === undefined) throw new Error(`nobody on ${platform}`);
  return found;
}

async function mine(): Promise<readonly ListedChannel[]> {
  const answer = await root.ask('channels', {});
  return answer.ok ? answer.value.channels : [];
}
