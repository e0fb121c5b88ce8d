import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { problemsOf, type Target, targetOf } from './links.mts';
import { SECTIONS, type Section, type SitePage } from './pages.mts';
import { type Addresses, bodyOf, frame } from './render.mts';
import { readSource, type Source } from './source.mts';

export interface Site {
  readonly sections: readonly Section[];
  /** Every page as it was written, by its file. */
  readonly sources: ReadonlyMap<string, Source>;
}

export function readSite(root: string): Site {
  const read = (file: string): [string, Source] => [file, readSource(file, readFileSync(join(root, file), 'utf8'))];
  const listed = SECTIONS.flatMap(({ pages }) => pages.map(({ file }) => file));
  const others = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .filter((file) => !listed.includes(file));
  const sources = new Map([...listed, ...others].map(read));
  const more = others.map((file): SitePage => {
    return { file, slug: basename(file, '.md'), title: sources.get(file)?.title ?? file };
  });
  return { sections: more.length === 0 ? SECTIONS : [...SECTIONS, { title: 'More', pages: more }], sources };
}

/** What is wrong with the pages: broken links, pictures without words, raw HTML. */
export function check(root: string): readonly string[] {
  return problemsOf(root, readSite(root).sources);
}

/**
 * Writes the site: plain pages that know nothing of where they lie. What is there already is replaced.
 * @throws where a reference leads nowhere; `check` tells of all of them
 */
export function build(root: string, to: string): readonly string[] {
  const site = readSite(root);
  const pages = site.sections.flatMap((section) => section.pages);
  rmSync(to, { recursive: true, force: true });
  for (const folder of ['pictures', 'files']) mkdirSync(join(to, folder), { recursive: true });
  copyFileSync(join(root, 'tools/docs/site.css'), join(to, 'site.css'));
  return pages.map(({ file, slug }) => {
    const source = site.sources.get(file);
    if (source === undefined) throw new Error(`${file} was not read`);
    const body = bodyOf(source, addressesOf({ root, to, site, from: file }));
    const { title, headings } = source;
    const made = join(to, `${slug}.html`);
    writeFileSync(made, frame({ title, slug, body, headings, sections: site.sections }));
    return made;
  });
}

function addressesOf(place: {
  readonly root: string;
  readonly to: string;
  readonly site: Site;
  readonly from: string;
}): Addresses {
  const { root, to, site, from } = place;
  const find = (address: string): Target => {
    const target = targetOf(root, site.sources, from, address);
    if (target.kind === 'broken') throw new Error(`${from}: ${target.say}`);
    return target;
  };
  const slugOf = (file: string): string =>
    site.sections.flatMap(({ pages }) => pages).find((page) => page.file === file)?.slug ?? '';
  return {
    link(address) {
      const target = find(address);
      switch (target.kind) {
        case 'outside':
          return target.url;
        case 'file':
          return put(root, to, target.file, `files/${target.file.replaceAll('/', '_')}.txt`);
        case 'page':
          return `${slugOf(target.file)}.html${target.anchor === null ? '' : `#${target.anchor}`}`;
      }
    },
    picture(address) {
      const target = find(address);
      if (target.kind !== 'file') throw new Error(`${from}: ${address} is no picture of ours`);
      const copy = (file: string): string => put(root, to, file, `pictures/${basename(file)}`);
      const dark = target.file.replace('-light', '-dark');
      const hasDark = dark !== target.file && existsSync(join(root, dark));
      return { light: copy(target.file), dark: hasDark ? copy(dark) : null };
    },
  };
}

function put(root: string, to: string, file: string, as: string): string {
  copyFileSync(join(root, file), join(to, as));
  return as;
}
