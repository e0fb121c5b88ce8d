/// <reference lib="dom" />
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { PATIENCE_MS } from '../fakes/until.ts';

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

let running: Promise<Browser> | null = null;

/** One for all stages of this process; it ends with the process. */
export function ourChromium(): Promise<Browser> {
  running ??= launch();
  return running;
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
  browser.once('disconnected', () => {
    running = null;
  });
  return browser;
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
  context.setDefaultTimeout(PATIENCE_MS);
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
