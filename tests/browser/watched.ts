/// <reference lib="dom" />
import type { BrowserContext, Page } from 'playwright-core';

/** A context whose pages tell whatever they should not do; the list stays empty where they do nothing of it. */
export async function watchContext(context: BrowserContext, origin: string): Promise<readonly string[]> {
  const found: string[] = [];
  await context.exposeFunction('tellTest', (what: string) => void found.push(what));
  await context.addInitScript(() => {
    const tell = (what: string): void => void Reflect.get(window, 'tellTest')(what);
    Object.assign(window, { hit: (which: unknown) => tell(`a script ran: ${which}`) });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      tell(`against the policy: ${violatedDirective} ${blockedURI}`),
    );
  });
  context.on('page', (page: Page) => watchPage(page, origin, found));
  return found;
}

function watchPage(page: Page, origin: string, found: string[]): void {
  page.on('dialog', (dialog) => {
    found.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) found.push(`a request: ${request.url()}`);
  });
  page.on('pageerror', (error) => found.push(`an error: ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(`the console: ${message.text()}`);
  });
}

/** Elements that markup would have made, where only text may stand. */
export function strangers(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const made =
      'script:not([src]), style, iframe:not([src^="/overlay?"]), object, embed, base, math, svg[onload], form[action]';
    const acting = [...document.querySelectorAll('*')].filter((one) =>
      one.getAttributeNames().some((name) => name.startsWith('on') || name === 'srcdoc'),
    );
    const leading = [...document.querySelectorAll('a[href]')].filter(
      (one) => one instanceof HTMLAnchorElement && !/^https?:$/.test(one.protocol),
    );
    return [...document.querySelectorAll(made), ...acting, ...leading].map((one) => one.outerHTML.slice(0, 200));
  });
}

/** From now on what stands on an overlay is noted when these words come. @returns asks for it */
export async function noteAt(page: Page, words: string): Promise<() => Promise<readonly string[] | null>> {
  await page.evaluate((next) => {
    const noted: { texts: string[] | null } = { texts: null };
    Object.assign(window, { noted });
    new MutationObserver(() => {
      const texts = [...document.querySelectorAll('.row .text')].map((one) => one.textContent ?? '');
      if (noted.texts === null && texts.some((text) => text.includes(next))) noted.texts = texts;
    }).observe(document.body, { childList: true, subtree: true });
  }, words);
  return () => page.evaluate(() => Reflect.get(window, 'noted').texts);
}
