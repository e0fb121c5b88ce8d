/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Person, type Stage } from './stage.ts';

let stage: Stage;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  stage = await openStage();
  ana = await stage.person('Ana');
  ben = await stage.person('Ben');
});
afterAll(async () => {
  expect(ana.errors).toEqual([]);
  expect(ben.errors).toEqual([]);
  await stage.close();
});

const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^(Message|Edit)/ });
const row = (page: Page, text: string): Locator => page.locator('li[data-message]', { hasText: text });
async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}
async function act(page: Page, text: string, action: string): Promise<void> {
  await row(page, text).hover();
  await row(page, text).getByRole('button', { name: action }).click();
}

describe('two people in the lobby', () => {
  it('U1: what one writes, the other reads at once, under the writer’s name', async () => {
    await say(ana.page, 'oh this bassline');
    await row(ben.page, 'oh this bassline').waitFor();
    await expect.poll(() => row(ben.page, 'oh this bassline').locator('.name').textContent()).toBe('Ana');
    await expect.poll(() => composer(ana.page).inputValue()).toBe('');
    await say(ben.page, 'which label?');
    await row(ana.page, 'which label?').waitFor();
    await expect.poll(() => ana.page.locator('[data-pending]').count()).toBe(0);
  });

  it('U7: the Up arrow in an empty field edits my last message; Enter saves it for both', async () => {
    await say(ana.page, 'first draft');
    await row(ben.page, 'first draft').waitFor();
    await composer(ana.page).press('ArrowUp');
    await ana.page.getByText('Editing your message').waitFor();
    await expect.poll(() => composer(ana.page).inputValue()).toBe('first draft');
    await composer(ana.page).fill('second draft');
    await composer(ana.page).press('Enter');
    await row(ben.page, 'second draft').getByText('(edited)').waitFor();
    await expect.poll(() => row(ben.page, 'first draft').count()).toBe(0);
  });

  it('the Up arrow means what was sent just now, also while the hub has yet to answer', async () => {
    const cy = await stage.person('Cy');
    const held: (() => void)[] = [];
    let isSlow = false;
    await cy.page.routeWebSocket(/\/ws$/, (socket) => {
      const send = (frame: string | Buffer): void => socket.send(frame);
      socket.connectToServer().onMessage((frame) => (isSlow ? held.push(() => send(frame)) : send(frame)));
    });
    await cy.page.reload();
    await say(cy.page, 'an older one');
    await row(cy.page, 'an older one').waitFor();
    isSlow = true;
    await say(cy.page, 'the newest one');
    await row(ben.page, 'the newest one').waitFor();
    await composer(cy.page).press('ArrowUp');
    expect(await composer(cy.page).inputValue()).toBe('');
    isSlow = false;
    for (const release of held.splice(0)) release();
    await expect.poll(() => composer(cy.page).inputValue()).toBe('the newest one');
    expect(cy.errors).toEqual([]);
    await cy.context.close();
  });

  it('Esc leaves an edit and gives back what was being written', async () => {
    await say(ana.page, 'stays as it is');
    await row(ana.page, 'stays as it is').waitFor();
    await composer(ana.page).press('ArrowUp');
    await ana.page.getByText('Editing your message').waitFor();
    await composer(ana.page).fill('changed');
    await composer(ana.page).press('Escape');
    await expect.poll(() => composer(ana.page).inputValue()).toBe('');
    expect(await row(ben.page, 'stays as it is').count()).toBe(1);
  });

  it('an edit to nothing asks whether to delete, and the message is gone for both', async () => {
    await say(ana.page, 'soon gone');
    await row(ben.page, 'soon gone').waitFor();
    await composer(ana.page).press('ArrowUp');
    await ana.page.getByText('Editing your message').waitFor();
    await composer(ana.page).fill('');
    await composer(ana.page).press('Enter');
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await ben.page.getByText('Message deleted').waitFor();
    await expect.poll(() => row(ben.page, 'soon gone').count()).toBe(0);
  });

  it('a reaction counts up and down for both, and says who', async () => {
    await say(ana.page, 'react to me');
    await row(ben.page, 'react to me').waitFor();
    await act(ben.page, 'react to me', 'React');
    await ben.page.getByRole('combobox', { name: 'Search emoji' }).fill('fire');
    await ben.page.keyboard.press('Enter');
    const chip = row(ana.page, 'react to me').locator('.reaction');
    await chip.waitFor();
    await expect.poll(() => chip.getAttribute('aria-label')).toBe('🔥, 1: Ben');
    await chip.click();
    await row(ben.page, 'react to me').locator('.reaction', { hasText: '2' }).waitFor();
    await chip.click();
    await row(ben.page, 'react to me').locator('.reaction', { hasText: '1' }).waitFor();
  });

  it('a reply quotes what it answers, and the quote leads there', async () => {
    await say(ana.page, 'a question');
    await row(ben.page, 'a question').waitFor();
    await act(ben.page, 'a question', 'Reply');
    await ben.page.getByText('Replying to').waitFor();
    await say(ben.page, 'an answer');
    const quote = row(ana.page, 'an answer').locator('.quote');
    await quote.waitFor();
    await expect.poll(() => quote.textContent()).toBe('Ana a question');
    await quote.click();
    await ana.page.locator('.row.flash', { hasText: 'a question' }).waitFor();
  });

  it('a quote shows its beginning, whichever way it is written', async () => {
    for (const text of ['the quick brown fox '.repeat(20), 'مرحبا بالجميع هذا نص طويل '.repeat(12)]) {
      await say(ana.page, text);
      const quoted = ana.page.locator('li[data-message]', { hasText: text.trim() });
      await quoted.hover();
      await quoted.getByRole('button', { name: 'Reply' }).click();
      await say(ana.page, `about ${text.slice(0, 5)}`);
      const quote = row(ana.page, `about ${text.slice(0, 5)}`).locator('.quote span');
      const isCutAtTheEnd = await quote.evaluate((element) => {
        const range = document.createRange();
        const node = element.firstChild;
        if (node === null) return false;
        range.setStart(node, 0);
        range.setEnd(node, 1);
        const [first, whole] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
        return first.left >= whole.left - 1 && first.right <= whole.right + 1;
      });
      expect(isCutAtTheEnd, text.slice(0, 20)).toBe(true);
    }
  });

  it('nobody is offered to edit or delete the message of another listener', async () => {
    await say(ana.page, 'mine alone');
    await row(ben.page, 'mine alone').hover();
    await row(ben.page, 'mine alone').getByRole('button', { name: 'Reply' }).waitFor();
    expect(await row(ben.page, 'mine alone').getByRole('button', { name: 'Delete' }).count()).toBe(0);
    expect(await row(ben.page, 'mine alone').getByRole('button', { name: 'Edit' }).count()).toBe(0);
  });

  it('an admin deletes the message of a listener, and it says so', async () => {
    const root = await stage.person('Root');
    await say(ben.page, 'against the rules');
    await row(root.page, 'against the rules').waitFor();
    await act(root.page, 'against the rules', 'Delete');
    await root.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await ben.page.getByText('Removed by a moderator').waitFor();
    await root.context.close();
  });

  it('Shift+Enter makes a new line, and an input method’s Enter sends nothing', async () => {
    await composer(ana.page).fill('one');
    await composer(ana.page).press('Shift+Enter');
    await composer(ana.page).pressSequentially('two');
    await expect.poll(() => composer(ana.page).inputValue()).toBe('one\ntwo');
    await composer(ana.page).evaluate((field) => {
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }));
    });
    await expect.poll(() => composer(ana.page).inputValue()).toBe('one\ntwo');
    await composer(ana.page).press('Enter');
    await row(ben.page, 'two').waitFor();
    await expect.poll(() => composer(ana.page).inputValue()).toBe('');
  });

  it('what looks like markup of a page is shown as text, and runs nothing', async () => {
    const attacks = [
      '<img src=x onerror="window.hit=1">',
      '<script>window.hit=1</script>',
      '"><svg onload=window.hit=1>',
      'javascript:window.hit=1',
      '[x](javascript:window.hit=1)',
      '**<b onmouseover=window.hit=1>bold</b>**',
    ];
    for (const attack of attacks) await say(ana.page, attack);
    await row(ben.page, 'onmouseover').waitFor();
    for (const attack of attacks) {
      const text = attack.replaceAll('**', '');
      await expect
        .poll(() => ben.page.locator('.body').getByText(text, { exact: true }).count(), { message: text })
        .toBe(1);
    }
    expect(await ben.page.evaluate(() => Reflect.get(window, 'hit'))).toBeUndefined();
    expect(await ben.page.locator('.body img, .body script, .body svg, .body b').count()).toBe(0);
    expect(await ben.page.locator('a[href^="javascript"]').count()).toBe(0);
  });

  it('T7: shows who is connected', async () => {
    const panel = ana.page.getByRole('complementary', { name: 'People here' });
    await panel.getByText('Ben', { exact: true }).waitFor();
    await panel.getByText('Ana', { exact: true }).waitFor();
  });

  it('the counter appears near the limit and what is too long cannot be sent', async () => {
    await composer(ana.page).fill('x'.repeat(3_000));
    await expect.poll(() => ana.page.locator('.counter').count()).toBe(0);
    await composer(ana.page).fill('x'.repeat(3_300));
    await ana.page.getByText('700 characters left').waitFor();
    await composer(ana.page).fill('x'.repeat(4_010));
    await ana.page.getByText('10 over 4000').waitFor();
    await expect.poll(() => ana.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await composer(ana.page).fill('');
  });

  it('a draft survives a reload', async () => {
    await composer(ben.page).fill('half a thought');
    await ben.page.reload();
    await expect.poll(() => composer(ben.page).inputValue()).toBe('half a thought');
    await composer(ben.page).fill('');
  });

  it('moves from message to message with the arrow keys, and to its actions with Tab', async () => {
    await say(ana.page, 'above');
    await say(ana.page, 'below');
    await row(ana.page, 'below').waitFor();
    await row(ana.page, 'below').focus();
    await ana.page.keyboard.press('ArrowUp');
    expect(await row(ana.page, 'above').evaluate((element) => element === document.activeElement)).toBe(true);
    await ana.page.keyboard.press('Tab');
    const focused = ana.page.locator(':focus');
    await expect.poll(() => focused.getAttribute('aria-label')).toBe('React');
  });
});

describe('the keyboard', () => {
  const focused = (page: Page): Promise<string | null> =>
    page.evaluate(
      () => document.activeElement?.closest('[data-message], textarea')?.getAttribute('aria-label') ?? null,
    );

  it('writes at once on a page just opened, and Esc leads back from a message to writing', async () => {
    await ana.page.reload();
    await composer(ana.page).waitFor();
    await expect.poll(() => focused(ana.page)).toBe('Message Lobby');
    await ana.page.locator('li[data-message]').last().focus();
    await ana.page.keyboard.press('Escape');
    await expect.poll(() => focused(ana.page)).toBe('Message Lobby');
  });

  it('keeps its place while rows move under a mouse that rests', async () => {
    for (const text of ['one of many', 'aimed at']) await say(ben.page, text);
    await row(ana.page, 'aimed at').waitFor();
    await row(ana.page, 'one of many').hover();
    await row(ana.page, 'aimed at').focus();
    await ana.page.keyboard.press('Tab');
    await expect.poll(() => ana.page.locator(':focus').getAttribute('aria-label')).toBe('React');
    for (const text of ['this', 'moves', 'all of them']) await say(ben.page, text);
    // at the actions of a row nothing moves, but what is above it may go
    await ana.page.getByRole('button', { name: 'Paused · 3 new messages' }).waitFor();
    await row(ana.page, 'one of many').hover();
    await expect.poll(() => ana.page.locator(':focus').getAttribute('aria-label')).toBe('React');
    await expect.poll(() => focused(ana.page)).toMatch(/^Ben, .*: aimed at$/);
  });

  it('stays on the message whose actions opened a dialog', async () => {
    await say(ana.page, 'keeps the focus');
    await row(ana.page, 'keeps the focus').waitFor();
    for (const action of ['React', 'Delete']) {
      await row(ana.page, 'keeps the focus').focus();
      await row(ana.page, 'keeps the focus').getByRole('button', { name: action }).press('Enter');
      await ana.page.getByRole('dialog').waitFor();
      await ana.page.keyboard.press('Escape');
      await ana.page.getByRole('dialog').waitFor({ state: 'detached' });
      await expect.poll(() => focused(ana.page), { message: action }).toMatch(/^Ana, .*: keeps the focus$/);
    }
  });
});

describe('channels', () => {
  it('an address that leads nowhere says so, and shows the lobby', async () => {
    const lost = await stage.person('Ana', { path: '/c/no-such-place' });
    await lost.page.getByText('There is no channel “no-such-place” here').waitFor();
    await lost.page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();
    await lost.context.close();
  });

  it('the directory is gone through with the arrow keys', async () => {
    await stage.hub().user('Zed', 'dj');
    await ana.page.keyboard.press('Control+k');
    await ana.page.getByRole('dialog', { name: 'Channels' }).getByRole('button', { name: 'Zed' }).waitFor();
    await ana.page.keyboard.press('ArrowDown');
    await ana.page.keyboard.press('ArrowDown');
    await ana.page.keyboard.press('ArrowUp');
    await expect.poll(() => ana.page.locator(':focus').textContent()).toBe('Lobby');
    await ana.page.keyboard.press('ArrowUp');
    await expect.poll(() => ana.page.locator(':focus').getAttribute('type')).toBe('search');
    await ana.page.keyboard.press('Escape');
  });

  it('U2: a DJ’s channel is found in the directory, opened, and a dot tells of news elsewhere', async () => {
    await stage.hub().user('Selecta', 'dj');
    await ana.page.keyboard.press('Control+k');
    await ana.page.getByRole('searchbox', { name: 'Filter channels' }).fill('selec');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByRole('heading', { level: 1, name: 'Selecta' }).waitFor();
    expect(new URL(ana.page.url()).pathname).toBe('/c/dj-selecta');
    await say(ben.page, 'meanwhile in the lobby');
    const lobby = ana.page.getByRole('link', { name: 'Lobby unread' });
    await lobby.waitFor();
    await expect.poll(() => ana.page.title()).toMatch(/^\(\d+\) #Selecta - Slipmat$/);
    await lobby.click();
    await row(ana.page, 'meanwhile in the lobby').waitFor();
    await ana.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();
    await expect.poll(() => ana.page.title()).toBe('#Lobby - Slipmat');
  });
});
