import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Source } from './source.mts';

/** Where a reference of a page leads. */
export type Target =
  | { readonly kind: 'page'; readonly file: string; readonly anchor: string | null }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'outside'; readonly url: string };
interface Broken {
  readonly kind: 'broken';
  readonly say: string;
}

/**
 * @param pages files that are pages
 * @returns the target, or what is wrong with the reference
 */
export function targetOf(root: string, pages: ReadonlyMap<string, Source>, from: string, to: string): Target | Broken {
  if (/^[a-z][a-z0-9+.-]*:/i.test(to)) return outside(to);
  const [path = '', anchor = null] = to.split('#');
  const named = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), decodeURI(path)));
  if (named.startsWith('..') || path.startsWith('/')) return broken(`${to}: leads out of the repository`);
  const file = pages.has(named) ? named : withReadme(pages, named);
  const page = pages.get(file);
  if (page === undefined) {
    if (!existsSync(join(root, file))) return broken(`${to}: is not there`);
    if (statSync(join(root, file)).isDirectory()) return broken(`${to}: a folder without a page`);
    return anchor === null ? { kind: 'file', file } : broken(`${to}: has no headings`);
  }
  if (anchor !== null && !page.headings.some((one) => one.anchor === anchor)) {
    return broken(`${to}: no such heading`);
  }
  return { kind: 'page', file, anchor };
}

function withReadme(pages: ReadonlyMap<string, Source>, folder: string): string {
  const readme = posix.join(folder, 'README.md');
  return pages.has(readme) ? readme : folder;
}

function outside(to: string): Target | Broken {
  const url = URL.canParse(to) ? new URL(to) : null;
  const isPlain = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere(url.hostname)));
  return isPlain && !/\s/.test(to) ? { kind: 'outside', url: to } : broken(`${to}: is no https address`);
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1';
}

function broken(say: string): Broken {
  return { kind: 'broken', say };
}

/** All that is wrong on all pages, each line with its page. */
export function problemsOf(root: string, pages: ReadonlyMap<string, Source>): readonly string[] {
  return [...pages.values()].flatMap((page) => {
    const found = page.references.flatMap(({ kind, to, words }) => {
      const target = targetOf(root, pages, page.file, to);
      const wrong = target.kind === 'broken' ? [target.say] : [];
      if (kind === 'picture' && target.kind !== 'file' && target.kind !== 'broken') wrong.push(`${to}: is no picture`);
      if (words.trim() === '') wrong.push(`${to}: ${kind === 'picture' ? 'says not what it shows' : 'has no words'}`);
      return wrong;
    });
    return [...page.problems, ...found].map((say) => `${page.file}: ${say}`);
  });
}
