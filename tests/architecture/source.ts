import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** One source file, or a made-up one that a rule is tried on. */
export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

const ROOTS = ['core', 'bridges', 'client', 'web', 'config', 'bench', 'tools'];

/** Every TypeScript file of ours outside the tests. */
export function readSources(): readonly Source[] {
  return ROOTS.filter((root) => existsSync(root)).flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
      .map((name) => posix.join(root, name.replaceAll('\\', '/')))
      .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  );
}

/** The code with comments blanked; with `strings: 'blank'` the texts in quotes too. Line numbers stay. */
export function codeOf(text: string, strings: 'keep' | 'blank'): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*(?=\s*[.,;)\]])/g;
  return text.replace(token, (found) => {
    if (found.startsWith('//') || found.startsWith('/*')) return found.replace(/[^\n]/g, ' ');
    if (found.startsWith('`')) return strings === 'keep' ? found : blankTemplate(found);
    if (found.startsWith('/')) return strings === 'keep' ? found : '/x/';
    return strings === 'keep' ? found : `${found[0]}${found[0]}`;
  });
}

/** Of a template only what stands in `${}` is code. */
function blankTemplate(template: string): string {
  return (template.match(/\$\{[^}]*\}/g) ?? []).map((hole) => hole.slice(2, -1)).join(';');
}

/** What a file imports, exports from, or loads at run time, as written there; type imports included. */
export function importsOf(source: Source): readonly string[] {
  const code = codeOf(source.text, 'keep');
  const statements = /\b(?:import|export)\b(?:[^;'"`]*?\bfrom\b)?\s*(['"])([^'"\n]+)\1/g;
  const dynamic = /\b(?:import|require|new URL)\s*\(\s*(['"])(\.[^'"\n]*|[^'"\n]+)\1/g;
  const names = [...code.matchAll(statements), ...code.matchAll(dynamic)].map((match) => match[2] ?? '');
  return [...new Set(names)];
}

/** The files of ours that a file imports, as paths. */
export function targetsOf(source: Source): readonly string[] {
  return importsOf(source)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.normalize(posix.join(posix.dirname(source.path), name)))
    .map((path) => path.replace(/\.js$/, '.ts'));
}
