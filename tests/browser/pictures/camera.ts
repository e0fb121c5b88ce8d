/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { DESKTOP, openContext, PHONE, type ViewOptions, watchErrors } from '../chromium.ts';
import type { Art } from './art.ts';

export const PICTURES = join(import.meta.dirname, '../../../docs/pictures');
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [
  ['1280', DESKTOP],
  ['390', { ...PHONE, scale: 1.5 }],
] as const;

export interface Visit {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly path: string;
  /** Null: a guest. */
  readonly session: { readonly token: string; readonly name: string } | null;
  /** Where the clock of the page stands, in ms. */
  readonly now: number;
  /** What the page remembers of earlier visits. */
  readonly kept?: Readonly<Record<string, string>>;
}
export interface Camera {
  /** Takes the four pictures of one scene. @returns what the pages complained of */
  take(name: string, visit: Visit, go: (page: Page, isPhone: boolean) => Promise<void>): Promise<readonly string[]>;
  /** The overlay over a video. */
  takeOverlay(name: string, visit: Visit, go: (page: Page) => Promise<void>): Promise<readonly string[]>;
  /** A page of one's own, to look around. */
  open(visit: Visit): Promise<Page>;
}

export function createCamera(browser: Browser, { videos }: Pick<Art, 'videos'>): Camera {
  mkdirSync(PICTURES, { recursive: true });

  async function open(visit: Visit, view: ViewOptions = DESKTOP): Promise<Page> {
    const { url, path, session, now, kept = {} } = visit;
    const context = await openContext(browser, view);
    const all = { ...kept, ...(session === null ? {} : { 'slipmat.session': JSON.stringify(session) }) };
    await context.addInitScript(
      ([items, at]) => {
        const real = Date;
        const shift = at - real.now();
        class Then extends real {
          constructor(...parts: readonly unknown[]) {
            if (parts.length === 0) super(real.now() + shift);
            else super(...(parts as [number]));
          }
          static override now(): number {
            return real.now() + shift;
          }
        }
        Object.assign(window, { Date: Then });
        for (const [key, value] of Object.entries(items)) localStorage.setItem(key, value);
      },
      [all, now] as const,
    );
    const page = await context.newPage();
    await page.goto(url + path);
    return page;
  }

  async function still(page: Page): Promise<Buffer> {
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.fonts.ready);
    return page.screenshot({ animations: 'disabled', caret: 'hide' });
  }

  return {
    open,
    async take(name, visit, go) {
      const complaints: string[] = [];
      for (const theme of THEMES) {
        for (const [width, base] of WIDTHS) {
          const page = await open(visit, { ...base, theme });
          const errors = watchErrors(page);
          await go(page, base.isTouch);
          await keep(await still(page), `${name}-${theme}-${width}`);
          complaints.push(...errors.map((error) => `${name} ${theme} ${width}: ${error}`));
          await page.context().close();
        }
      }
      return complaints;
    },
    async takeOverlay(name, visit, go) {
      for (const theme of THEMES) {
        for (const [width, { height, width: across, isTouch }] of WIDTHS) {
          const column = isTouch ? { width: across, height: Math.round(height * 0.55) } : { width: 520, height };
          const page = await open(visit, { ...DESKTOP, ...column, theme });
          await go(page);
          const chat = await page.screenshot({ omitBackground: true, animations: 'disabled' });
          const behind = sharp(videos.get(`${theme} ${across}`));
          const over = behind.composite([{ input: chat, left: 0, top: height - column.height }]);
          await keep(await over.png().toBuffer(), `${name}-${theme}-${width}`);
          await page.context().close();
        }
      }
      return [];
    },
  };
}

/** Small enough that all of them together stay a few megabytes, sharp enough to be read. */
async function keep(png: Buffer, name: string): Promise<void> {
  await sharp(png)
    .webp({ quality: 64, effort: 6, smartSubsample: true })
    .toFile(join(PICTURES, `${name}.webp`));
}
