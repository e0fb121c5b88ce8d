/// <reference lib="dom" />
import { createServer } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
}

export interface ViewOptions {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  /** Of a phone: touch, no hover. */
  readonly isTouch: boolean;
  readonly scale: number;
}
export const DESKTOP: ViewOptions = { width: 1280, height: 800, theme: 'light', isTouch: false, scale: 1 };
export const PHONE: ViewOptions = { width: 390, height: 844, theme: 'light', isTouch: true, scale: 1 };

/** A browser of its own, with nobody signed in. */
export async function openContext(browser: Browser, view: ViewOptions): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.theme,
    hasTouch: view.isTouch,
    isMobile: view.isTouch,
    deviceScaleFactor: view.scale,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  return context;
}

/** Errors of the page, its content security policy among them; a test ends with none. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

/** Below the range that the machine itself gives out, so that a hub can be started again on the same one. */
export async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 5_000); port < 32_000; port += 7) {
    if (await isFree(port)) return port;
  }
  throw new Error('no free port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
