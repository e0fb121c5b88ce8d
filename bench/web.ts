/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { type Client, createClient } from '../client/index.ts';
import { startChild } from './lib/child.ts';
import { commonOptions, root, save, say } from './lib/harness.ts';

/**
 * The open chat in a real browser while 100 messages a second come in: long tasks, frames that were not drawn, memory,
 * and whether what somebody reads further up stays where it is. Once as a desktop, once as a slow phone.
 */

const PER_SECOND = 100;
const SECONDS = 60;
const QUICK_SECONDS = 10;
const BEFORE = 2_000;
/** A page has not moved by less: fractions of a pixel are rounded. */
const MOVED_PX = 1;

interface View {
  readonly width: number;
  readonly height: number;
  readonly isTouch: boolean;
  /** How many times slower than this machine. */
  readonly slower: number;
}
const DESKTOP: View = { width: 1280, height: 800, isTouch: false, slower: 1 };
const PHONE: View = { width: 390, height: 844, isTouch: true, slower: 4 };

interface Seen {
  readonly messages: number;
  readonly longestTaskMs: number;
  readonly droppedFrames: number;
  readonly heapMb: number;
  /** From the request of the page to the first message on it. */
  readonly firstMessageMs: number;
}

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick } = commonOptions(words);
  const seconds = isQuick ? QUICK_SECONDS : SECONDS;
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-web-'));
  await build({ configFile: join(root, 'vite.config.ts'), root: join(root, 'web'), logLevel: 'error' });
  const hub = await startChild({ file: join(root, 'bench/servers/hub.ts'), core: null });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  try {
    const { port, firstAdminLink } = await hub.ask('start', { redisUrl: null, dataDir });
    const url = `http://127.0.0.1:${String(port)}`;
    await claim(url, String(firstAdminLink));
    const crowd = await peopleOf(url);
    await speak(crowd, BEFORE, null);
    const desktop = await watch(browser, url, crowd, DESKTOP, seconds);
    const throttled = await watch(browser, url, crowd, PHONE, seconds);
    for (const client of crowd) client.close();
    return save('web', { ...desktop, throttled }, { isQuick, isQuiet: true });
  } finally {
    await browser.close();
    await hub.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A hub without administrator asks for one before it shows anything. */
async function claim(url: string, link: string): Promise<void> {
  const secret = new URLSearchParams(new URL(link).hash.slice(1)).get('claim');
  const answer = await fetch(`${url}/api/claim`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'boss', password: 'a password that is long', claim: secret }),
  });
  if (!answer.ok) throw new Error(`claim: ${answer.status} ${await answer.text()}`);
}

async function peopleOf(url: string): Promise<readonly Client[]> {
  return Promise.all(
    Array.from({ length: 10 }, async () => {
      const client = createClient({ url: `${url.replace('http', 'ws')}/ws`, token: null });
      await client.join('lobby', 1);
      return client;
    }),
  );
}

const LINES = ['this bassline', 'again please 🔥', 'first time here, loving it from the first minute', 'ID?', '👏👏'];

/** @param perSecond null: as fast as they are taken */
async function speak(crowd: readonly Client[], count: number, perSecond: number | null): Promise<void> {
  const began = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let n = 0; n < count; n += 1) {
    const due = perSecond === null ? 0 : began + (n * 1_000) / perSecond - performance.now();
    if (due > 1) await new Promise((resolve) => setTimeout(resolve, due));
    const { done } = crowd[n % crowd.length]?.post({ channel: 'lobby', text: `${LINES[n % LINES.length]} ${n}` }) ?? {};
    if (done !== undefined) sent.push(done);
    if (perSecond === null && sent.length % 100 === 0) await Promise.all(sent);
  }
  await Promise.all(sent);
}

async function watch(
  browser: Browser,
  url: string,
  crowd: readonly Client[],
  view: View,
  seconds: number,
): Promise<Seen> {
  const { width, height, isTouch, slower } = view;
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: isTouch, isMobile: isTouch });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower });
  const asked = performance.now();
  await page.goto(url);
  await page.locator('li[data-message]').first().waitFor();
  const firstMessageMs = performance.now() - asked;
  await loadBefore(page);
  await page.keyboard.press('Escape');
  const heapBefore = await heapOf(cdp);
  await page.evaluate(startWatching);
  const messages = PER_SECOND * seconds;
  await speak(crowd, messages, PER_SECOND);
  await page
    .locator('li[data-message]', { hasText: ` ${messages - 1}` })
    .last()
    .waitFor();
  const seen = await page.evaluate(stopWatching);
  const jumpedPx = await readFurtherUp(page, crowd);
  const heapAfter = await heapOf(cdp);
  await context.close();
  const grown = (heapAfter - heapBefore).toFixed(1);
  say(
    `${width} px, ${slower}x slower: longest of ${seen.tasks} long tasks ${Math.round(seen.longest)} ms, ` +
      `${seen.dropped} frames dropped, heap grown by ${grown} MB, what is read further up moved ${jumpedPx} px`,
  );
  return {
    messages,
    longestTaskMs: Math.round(seen.longest),
    droppedFrames: seen.dropped,
    heapMb: Math.round(heapAfter * 10) / 10,
    firstMessageMs: Math.round(firstMessageMs),
  };
}

/** Scrolls up until so many are in memory, as somebody does who reads what they missed. */
async function loadBefore(page: Page): Promise<void> {
  const log = page.locator('.scroller');
  for (let tries = 0; tries < 60; tries += 1) {
    await log.evaluate((element) => {
      element.scrollTop = 0;
    });
    // the page asks for the next part when it has drawn this one
    await page.waitForTimeout(60);
    if (await page.getByText('this bassline 0', { exact: true }).count()) return;
  }
}

/** Scrolled up while 300 more come: how far the row that is read has moved. */
async function readFurtherUp(page: Page, crowd: readonly Client[]): Promise<number> {
  const log = page.locator('.scroller');
  await log.evaluate((element) => {
    element.scrollTop -= 1_500;
  });
  // what is loaded on the way up has its place before anything is measured
  await page.waitForTimeout(500);
  const id = await log.evaluate((element) => {
    const middle = element.getBoundingClientRect().top + 100;
    const rows = [...element.querySelectorAll<HTMLElement>('li[data-message]')];
    return rows.find((row) => row.getBoundingClientRect().top > middle)?.dataset.message ?? '';
  });
  const place = () => page.locator(`li[data-message="${id}"]`).evaluate((row) => row.getBoundingClientRect().top);
  const before = await place();
  let moved = 0;
  for (let round = 0; round < 3; round += 1) {
    await speak(crowd, 100, PER_SECOND);
    moved = Math.max(moved, Math.abs((await place()) - before));
  }
  return moved <= MOVED_PX ? 0 : Math.round(moved);
}

async function heapOf(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 1_000_000;
}

interface Watched {
  longest: number;
  tasks: number;
  dropped: number;
}

/** Runs in the page. */
function startWatching(): void {
  const seen: Watched = { longest: 0, tasks: 0, dropped: 0 };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      seen.tasks += 1;
      seen.longest = Math.max(seen.longest, duration);
    }
  }).observe({ type: 'longtask' });
  let last = performance.now();
  const frame = (): void => {
    const now = performance.now();
    seen.dropped += Math.max(0, Math.round((now - last) / (1_000 / 60)) - 1);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function stopWatching(): Watched {
  return (globalThis as unknown as { readonly seen: Watched }).seen;
}
