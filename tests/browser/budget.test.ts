import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { builtWeb } from './build-web.ts';

let webRoot = '';
beforeAll(async () => {
  webRoot = await builtWeb();
});

const pageOf = (name: string): string => readFileSync(join(webRoot, `${name}.html`), 'utf8');

/** What the page names itself, and so is fetched before anything is seen. */
function entryBytes(name: string, extension: string): number {
  const page = pageOf(name);
  const named = readdirSync(join(webRoot, 'assets')).filter((file) => file.endsWith(extension) && page.includes(file));
  expect(named.length).toBeGreaterThan(0);
  return named.reduce((sum, file) => sum + gzipSync(readFileSync(join(webRoot, 'assets', file))).length, 0);
}

it.each([
  ['chat', 'index', 45_000, 8_000],
  ['overlay', 'overlay', 16_000, 4_000],
  ['console', 'console', 60_000, 8_000],
] as const)('loads the %s within its budget of script and style, compressed', (_, name, script, style) => {
  expect(entryBytes(name, '.js')).toBeLessThanOrEqual(script);
  expect(entryBytes(name, '.css')).toBeLessThanOrEqual(style);
});

it.each(['index', 'overlay', 'console'])(
  'has no script, style or picture inside %s.html, so that the strictest policy holds',
  (name) => {
    const page = pageOf(name);
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|data:/);
  },
);
