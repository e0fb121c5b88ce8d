import { Marked, type Tokens } from 'marked';
import type { Section } from './pages.mts';
import { type Heading, isHarmless, type Source } from './source.mts';

/** How a page of the site names what its source refers to. */
export interface Addresses {
  link(to: string): string;
  /** `dark`: the same picture as it looks in the dark; null where there is none. */
  picture(to: string): { readonly light: string; readonly dark: string | null };
}

/** The page as HTML, without its frame. */
export function bodyOf(source: Source, addresses: Addresses): string {
  const left = [...source.headings];
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading(token: Tokens.Heading) {
        const { anchor } = left.shift() ?? { anchor: '' };
        const inner = this.parser.parseInline(token.tokens);
        return `<h${token.depth} id="${escaped(anchor)}">${inner}</h${token.depth}>\n`;
      },
      link(token: Tokens.Link) {
        return `<a href="${escaped(addresses.link(token.href))}">${this.parser.parseInline(token.tokens)}</a>`;
      },
      image(token: Tokens.Image) {
        const { light, dark } = addresses.picture(token.href);
        const image = `<img src="${escaped(light)}" alt="${escaped(token.text)}" loading="lazy">`;
        if (dark === null) return image;
        return `<picture><source srcset="${escaped(dark)}" media="(prefers-color-scheme: dark)">${image}</picture>`;
      },
      html(token: Tokens.HTML | Tokens.Tag) {
        if (!isHarmless(token.raw)) throw new Error(`${source.file}: raw HTML`);
        return token.raw.trim().startsWith('<!--') ? '' : '<br>';
      },
      table(token: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td'): string =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
        return `<div class="table" tabindex="0" role="region" aria-label="Table"><table><thead>${row(token.header, 'th')}</thead>\n<tbody>\n${body}\n</tbody></table></div>\n`;
      },
    },
  });
  return marked.parser([...source.tokens]);
}

/** A whole page: the list of all pages, what is on this one, and its text. */
export function frame(parts: {
  readonly title: string;
  readonly slug: string;
  readonly body: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
}): string {
  const { title, slug, body, headings, sections } = parts;
  const full = slug === 'index' ? title : `${title} · Slipmat Hub`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(full)}</title>
<link rel="stylesheet" href="site.css">
</head>
<body>
<a class="skip" href="#text">To the text</a>
<header><a class="brand" href="index.html">Slipmat Hub</a> <a class="to-pages" href="#pages">All pages</a></header>
<main id="text">
${onThisPage(headings)}${body}</main>
<nav id="pages" aria-label="All pages">
${sections.map((section) => listOf(section, slug)).join('\n')}
</nav>
</body>
</html>
`;
}

function listOf({ title, pages }: Section, current: string): string {
  const rows = pages.map(({ slug, title: name }) => {
    const here = slug === current ? ' aria-current="page"' : '';
    return `<li><a href="${slug}.html"${here}>${escaped(name)}</a></li>`;
  });
  return `<h2>${escaped(title)}</h2>\n<ul>\n${rows.join('\n')}\n</ul>`;
}

const LONG = 4;

function onThisPage(headings: readonly Heading[]): string {
  const parts = headings.filter(({ depth }) => depth === 2);
  if (parts.length < LONG) return '';
  const rows = parts.map(({ text, anchor }) => `<li><a href="#${escaped(anchor)}">${escaped(text)}</a></li>`);
  return `<nav class="here" aria-label="On this page"><ul>${rows.join('')}</ul></nav>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
