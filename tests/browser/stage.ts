/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Outside } from '../../core/media/outside.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { freePort } from '../fakes/ports.ts';
import { builtWeb } from './build-web.ts';
import { DESKTOP, openContext, ourChromium, type ViewOptions, watchErrors } from './chromium.ts';

/** The real hub with the web app as it is now, and a browser before it. */
export interface Stage {
  readonly browser: Browser;
  readonly url: string;
  hub(): TestHub;
  /** Stops the hub, and starts it again over the same data on the same port. */
  stopHub(): Promise<void>;
  startHub(): Promise<void>;
  /** Somebody signed in, with the chat on screen. */
  person(name: string, options?: PersonOptions): Promise<Person>;
  /** Somebody at the door. */
  stranger(view?: Partial<ViewOptions>, path?: string): Promise<Person>;
  close(): Promise<void>;
}
export interface PersonOptions {
  readonly role?: 'admin' | 'dj';
  readonly view?: Partial<ViewOptions>;
  readonly path?: string;
}
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of. */
  readonly errors: readonly string[];
}
export interface StageOptions {
  readonly config?: Record<string, unknown>;
  readonly builtIns?: BuiltIns;
  readonly outside?: Outside;
  readonly isAdminMade?: boolean;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const webRoot = await builtWeb();
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-stage-'));
  const open = (): Promise<TestHub> =>
    startTestHub({
      dataDir,
      webRoot,
      config: { port, limits: { apiPerMinute: 10_000, postsPerSecond: 1_000, postBurst: 10_000 }, ...options.config },
      ...(options.builtIns === undefined ? {} : { builtIns: options.builtIns }),
      ...(options.outside === undefined ? {} : { outside: options.outside }),
    });
  let hub = await open();
  if (options.isAdminMade !== false) await hub.user('Root', 'admin');
  const browser = await ourChromium();
  const others = new Set(browser.contexts());

  async function arrive(view: Partial<ViewOptions>, path: string, token: string | null, name: string): Promise<Person> {
    const context = await openContext(browser, { ...DESKTOP, ...view });
    if (token !== null) {
      const kept = JSON.stringify({ token, name });
      await context.addInitScript((value) => {
        if (sessionStorage.getItem('stage') !== null) return;
        sessionStorage.setItem('stage', 'set');
        localStorage.setItem('slipmat.session', value);
      }, kept);
    }
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto(hub.url + path);
    return { page, context, errors };
  }

  return {
    browser,
    url: hub.url,
    hub: () => hub,
    stopHub: () => hub.stop(),
    async startHub() {
      hub = await open();
    },
    async person(name, { role, view = {}, path = '/' } = {}) {
      const token = await hub.user(name, role);
      const person = await arrive(view, path, token, name);
      await person.page.getByRole('textbox', { name: /^Message/ }).waitFor();
      return person;
    },
    stranger: (view = {}, path = '/') => arrive(view, path, null, ''),
    async close() {
      const ours = browser.contexts().filter((context) => !others.has(context));
      await Promise.all(ours.map((context) => context.close()));
      await hub.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
