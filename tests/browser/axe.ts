/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly passes: readonly unknown[];
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe finds wrong on the page as it is now. It is run as the page's own tools run things, past its policy. */
export function faults(page: Page): Promise<readonly string[]> {
  return run(page, null, 10);
}

/** The same of colours alone, for a page whose structure was looked at in another theme. */
export function faultsOfColour(page: Page): Promise<readonly string[]> {
  return run(page, ['color-contrast'], 0);
}

async function run(page: Page, runOnly: readonly string[] | null, least: number): Promise<readonly string[]> {
  if (!(await page.evaluate(() => Reflect.has(window, 'axe')))) await page.evaluate(AXE);
  const result = await page.evaluate(async (only) => {
    const axe: { run(options: object): Promise<AxeResult> } = Reflect.get(window, 'axe');
    return axe.run(only === null ? {} : { runOnly: only });
  }, runOnly);
  // A run that looked at nothing finds nothing.
  expect(result.passes.length).toBeGreaterThan(least);
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
