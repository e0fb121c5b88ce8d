import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../tools/docs/links.mts';
import { build, check, readSite } from '../tools/docs/site.mts';
import { readSource } from '../tools/docs/source.mts';
import { OPTION_NAMES } from '../web/overlay/options.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { sources } = readSite(root);

it('every link and picture of the docs leads somewhere and says what it shows', () => {
  expect(check(root)).toEqual([]);
});

it.each([
  ['see [x](nowhere.md)', 'nowhere.md: is not there'],
  ['see [x](live-events.md#no-such-part)', 'live-events.md#no-such-part: no such heading'],
  ['see [x](#no-such-part)', '#no-such-part: no such heading'],
  ['see [x](../../etc/passwd)', '../../etc/passwd: leads out of the repository'],
  ['see [x](http://example.org/)', 'http://example.org/: is no https address'],
  ['see [x](../core)', '../core: a folder without a page'],
  ['see [](live-events.md)', 'live-events.md: has no words'],
  ['![](pictures/performance-burst.svg)', 'pictures/performance-burst.svg: says not what it shows'],
  ['![x](pictures/nothing.webp)', 'pictures/nothing.webp: is not there'],
  ['![x](live-events.md)', 'live-events.md: is no picture'],
  ['<b>bold</b>', 'raw HTML: <b>'],
  ['<script>alert(1)</script>', 'raw HTML: <script>alert(1)</script>'],
])('%s is found', (text, problem) => {
  const pages = new Map(sources);
  pages.set('docs/x.md', readSource('docs/x.md', `# X\n\n${text}\n`));
  expect(problemsOf(root, pages)).toContain(`docs/x.md: ${problem}`);
});

describe('the site', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-site-'));
  const made = build(root, folder).map((file) => ({ name: basename(file), html: readFileSync(file, 'utf8') }));
  const files = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }));
  rmSync(folder, { recursive: true });
  const idsOf = ({ html }: { readonly html: string }): ReadonlySet<string> =>
    new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id));
  const ids = new Map(made.map((page) => [page.name, idsOf(page)]));

  it.each(made)('$name refers to nothing that is not there, wherever it lies', ({ name, html }) => {
    const lost = [...html.matchAll(/\s(?:href|src|srcset)="([^"]*)"/g)]
      .map(([, to = '']) => to.replaceAll('&amp;', '&'))
      .filter((to) => !/^https?:/.test(to))
      .filter((to) => {
        const [file = '', anchor] = to.split('#');
        const page = file === '' ? name : file;
        return !files.has(page) || (anchor !== undefined && ids.get(page)?.has(anchor) !== true);
      });
    expect(lost).toEqual([]);
    expect(html).not.toMatch(/<script|<style|\son[a-z]+=|javascript:/i);
    expect(html.match(/<h1\b/g)).toHaveLength(1);
  });

  it('has every page, with its title', () => {
    expect(made).toHaveLength(sources.size);
    expect(new Set(made.map(({ name }) => name)).size).toBe(made.length);
    for (const { html } of made) expect(html).toMatch(/<title>[^<]+<\/title>/);
  });
});

/** The source of what a bridge's doctor says. */
const DOCTORS = {
  discord: 'bridges/discord/doctor.ts',
  twitch: 'bridges/twitch/doctor.ts',
  telegram: 'bridges/telegram/doctor.ts',
  matrix: 'bridges/matrix/doctor.ts',
  irc: 'examples/irc/src/doctor.ts',
} as const;

describe.each(Object.entries(DOCTORS))('%s', (platform, doctor) => {
  const source = read(doctor).replace(/\$\{[^}]*\}/g, '…');
  const said = read(`docs/link-${platform}.md`).split('## When the doctor complains')[1] ?? '';

  it('the page quotes what the doctor says', () => {
    const quotes = [...said.matchAll(/^\| `([^`]+)` \|/gm)].map(([, quote = '']) => quote);
    expect(quotes.length).toBeGreaterThan(3);
    const parts = quotes.flatMap((quote) => quote.split('…').map((part) => part.replace(/[().]+$/, '').trim()));
    expect(parts.filter((part) => !source.includes(part))).toEqual([]);
  });

  it('the doctor leads to parts that its page has', () => {
    const file = platform === 'irc' ? 'examples/irc/README.md' : `bridges/${platform}/README.md`;
    const parts = [...source.matchAll(/…#([a-z-]+)/g)].map(([, part = '']) => part);
    expect(parts.length).toBeGreaterThan(3);
    const { headings } = readSource(file, read(file));
    expect(parts.filter((part) => !headings.some(({ anchor }) => anchor === part))).toEqual([]);
  });
});

it('the page on the overlay has every option of its link, and no other', () => {
  const rows = [...read('docs/overlay.md').matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual(OPTION_NAMES.toSorted());
});

it('every picture stands on a page', () => {
  const text = [...sources.keys()].map(read).join('\n');
  const unseen = readdirSync(join(root, 'docs/pictures')).filter((name) => !text.includes(`pictures/${name}`));
  expect(unseen).toEqual([]);
});
