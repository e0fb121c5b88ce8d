import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWeb } from './stage.ts';

let webRoot = '';
let page = '';
beforeAll(async () => {
  webRoot = await buildWeb();
  page = readFileSync(join(webRoot, 'index.html'), 'utf8');
}, 60_000);
afterAll(() => rmSync(webRoot, { recursive: true, force: true }));

/** What the page names itself, and so is fetched before anything is seen. */
function entryBytes(extension: string): number {
  const named = readdirSync(join(webRoot, 'assets')).filter((file) => file.endsWith(extension) && page.includes(file));
  expect(named.length).toBeGreaterThan(0);
  return named.reduce((sum, file) => sum + gzipSync(readFileSync(join(webRoot, 'assets', file))).length, 0);
}

it('loads at most 45 kB of script and 8 kB of style, compressed, before the first message', () => {
  expect(entryBytes('.js')).toBeLessThanOrEqual(45_000);
  expect(entryBytes('.css')).toBeLessThanOrEqual(8_000);
});

it('has no script, style or picture inside the page, so that the strictest policy holds', () => {
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|data:/);
});
