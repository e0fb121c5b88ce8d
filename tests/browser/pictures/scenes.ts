/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { dialog, row } from '../acts.ts';
import { CHANNEL, type Name, OTHER } from './cast.ts';
import { CREW, LAST_WORDS } from './evening.ts';

/** One page of the product, or one thing that stands open on it. */
export interface Scene {
  /** What its pictures are called: `<name>-<light|dark>-<1280|390>.webp`. */
  readonly name: string;
  readonly title: string;
  /** For those who do not see it. */
  readonly shows: string;
  /** Null: a guest. */
  readonly who: Name | null;
  readonly path: string;
  /** From the page as it opens to what is shown. */
  readonly go: (page: Page, isPhone: boolean) => Promise<void>;
}

const HERE = `/c/${CHANNEL}`;

async function talked(page: Page): Promise<void> {
  await row(page, LAST_WORDS).waitFor();
  await row(page, LAST_WORDS).locator('.reaction').first().waitFor();
}
async function press(page: Page, name: string | RegExp, isExact = true): Promise<void> {
  await page
    .getByRole('button', typeof name === 'string' ? { name, exact: isExact } : { name })
    .first()
    .click();
}
async function more(page: Page, text: string, isPhone: boolean): Promise<void> {
  const target = row(page, text);
  await target.scrollIntoViewIfNeeded();
  if (isPhone) {
    await target.dispatchEvent('pointerdown', { pointerType: 'touch', clientX: 100, clientY: 300, bubbles: true });
  } else {
    await target.hover();
    await target.getByRole('button', { name: 'More' }).click();
  }
  await dialog(page).getByRole('button', { name: 'Copy link' }).waitFor();
}
async function inDrawer(page: Page, isPhone: boolean, button: string | RegExp): Promise<void> {
  if (isPhone) await press(page, /^Channels/);
  await press(page, button);
  await dialog(page).getByRole('heading').first().waitFor();
}
async function card(page: Page, name: string): Promise<void> {
  await page.locator('li[data-message]').getByRole('button', { name, exact: true }).last().click();
  await dialog(page).getByRole('button', { name: 'Message' }).waitFor();
}

function scene(name: string, title: string, shows: string, rest: Pick<Scene, 'who' | 'go'> & { path?: string }): Scene {
  return { name, title, shows, path: HERE, ...rest };
}

export const SCENES: readonly Scene[] = [
  scene(
    'chat',
    'The chat',
    'The chat of a DJ’s channel, with people from Slipmat, Discord, Twitch, Telegram and Matrix',
    {
      who: 'Ana',
      async go(page, isPhone) {
        await talked(page);
        if (!isPhone) await page.getByRole('heading', { name: /^Here now/ }).waitFor();
      },
    },
  ),
  scene('channels', 'Channels on a phone, the directory elsewhere', 'The list of channels', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      if (isPhone) await press(page, /^Channels/);
      else {
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Channels' }).waitFor();
      }
    },
  }),
  scene('people', 'Who is here', 'The list of people in the channel, over all platforms', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      if (isPhone) await press(page, /^People/);
      await page.getByRole('heading', { name: /^Here now/ }).waitFor();
    },
  }),
  scene('person', 'The card of a person', 'A card with what one can do about a person', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      await card(page, 'tamsin');
    },
  }),
  scene(
    'person-moderator',
    'The card as moderators see it',
    'A card with timeouts, notes and what is known of a person',
    {
      who: 'Nils',
      async go(page) {
        await talked(page);
        await page.locator('li[data-message]').getByRole('button', { name: 'loudmouth', exact: true }).last().click();
        await dialog(page).getByRole('button', { name: '2 min' }).waitFor();
      },
    },
  ),
  scene('menu', 'What can be done with a message', 'The menu of a message', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      await more(page, 'my neighbours know', isPhone);
    },
  }),
  scene('moderate', 'The menu as moderators see it', 'The menu of a message with deleting, timeouts and a ban', {
    who: 'Nils',
    async go(page, isPhone) {
      await talked(page);
      await more(page, 'my neighbours know', isPhone);
    },
  }),
  scene('emoji', 'Choosing an emoji', 'The emoji to choose from', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      await press(page, 'Insert emoji');
      await page.getByRole('combobox', { name: 'Search emoji' }).waitFor();
    },
  }),
  scene('completion', 'Commands are completed', 'Commands offered while one is typed, with what they do', {
    who: 'Nils',
    async go(page) {
      await talked(page);
      const field = page.getByRole('textbox', { name: /^Message/ });
      const offered = page.getByRole('option').first();
      // what there is to offer is fetched with the first sign
      for (let tries = 0; tries < 20 && !(await offered.isVisible()); tries += 1) {
        await field.fill('');
        await field.pressSequentially('/t', { delay: 200 });
      }
      await offered.waitFor();
    },
  }),
  scene('search', 'Search', 'A search with what it has found', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      await press(page, 'Search');
      await dialog(page).getByRole('searchbox').fill('kitchen');
      await dialog(page)
        .getByRole('button', { name: /Nils.*kitchen/ })
        .first()
        .waitFor();
    },
  }),
  scene('library', 'Links and files', 'The links and files of the channel in a list', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      await press(page, 'Links and files');
      await dialog(page).getByRole('link').first().waitFor();
    },
  }),
  scene('lightbox', 'A picture in large', 'A picture in large over the chat', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      const picture = row(page, 'Tonight:');
      await picture.scrollIntoViewIfNeeded();
      await picture.locator('.picture').click();
      await dialog(page).getByRole('button', { name: 'Full size' }).waitFor();
    },
  }),
  scene('cover', 'A picture that nobody has looked at yet', 'A covered picture of a newcomer in the chat', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      await row(page, 'my copy').scrollIntoViewIfNeeded();
      await row(page, 'my copy')
        .getByRole('button', { name: /^Covered picture/ })
        .waitFor();
    },
  }),
  scene('report', 'Reporting a message', 'A form that asks what is wrong with a message', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      await more(page, 'my neighbours know', isPhone);
      await dialog(page).getByRole('button', { name: 'Report', exact: true }).click();
      await dialog(page).getByLabel('What is wrong with it').waitFor();
    },
  }),
  scene('house-rules', 'House rules', 'The rules of a channel, to be accepted', {
    who: 'Ana',
    path: `/c/${OTHER}`,
    async go(page) {
      await page.getByRole('dialog', { name: 'Rules of this channel' }).waitFor();
    },
  }),
  scene('private', 'A private conversation', 'A conversation between two people', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      if (isPhone) await press(page, /^Channels/);
      await page
        .getByRole('navigation', { name: 'Channels' })
        .getByRole('link', { name: /^Jo Okafor/ })
        .click();
      await row(page, 'Nils made soup').waitFor();
    },
  }),
  scene('requests', 'Who would like to write to you', 'Invitations to private channels', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      await inDrawer(page, isPhone, /^Private messages/);
      await dialog(page).getByRole('button', { name: 'Accept' }).waitFor();
    },
  }),
  scene('crew', 'The crew channel', 'The channel of a DJ and the moderators', {
    who: 'Selecta',
    path: `/c/${CREW}`,
    async go(page) {
      await row(page, 'one more record').waitFor();
    },
  }),
  scene('settings', 'Settings', 'The settings of the chat', {
    who: 'Ana',
    async go(page, isPhone) {
      await talked(page);
      await inDrawer(page, isPhone, 'Settings');
    },
  }),
  scene('keys', 'Keys', 'All keys of the chat', {
    who: 'Ana',
    async go(page) {
      await talked(page);
      await row(page, LAST_WORDS).focus();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
  }),
  scene('guest', 'As a guest', 'The chat as somebody without an account sees it', { who: null, go: talked }),
  scene('sign-in', 'Signing in', 'A form with name and password', {
    who: null,
    async go(page) {
      await talked(page);
      await press(page, 'Sign in to chat');
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    },
  }),
  scene('sign-up', 'Making an account', 'A form for a new account', {
    who: null,
    async go(page) {
      await talked(page);
      await press(page, 'Sign in to chat');
      await press(page, 'Create an account');
      await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    },
  }),
  scene('popout', 'A channel in a window of its own', 'The chat without its lists', {
    who: 'Ana',
    path: `/popout/${CHANNEL}`,
    go: talked,
  }),
  scene('embed', 'A channel within another page', 'The chat to be read within another page', {
    who: null,
    path: `/embed/${CHANNEL}`,
    go: talked,
  }),
  scene('privacy', 'What is kept of people', 'The privacy page of a hub', {
    who: null,
    path: '/privacy',
    async go(page) {
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  }),
  scene('api', 'The API as each hub shows it', 'The reference of the REST API', {
    who: null,
    path: '/api/docs',
    async go(page) {
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  }),
];

/** Panels of the console are found there, so that a new one needs no line here. */
export const CONSOLE: Pick<Scene, 'who' | 'path'> = { who: 'mia', path: '/console' };
