import { codeOf, importsOf, type Source, targetsOf } from './source.ts';

/** Names what is wrong, one line each; empty when all is well. */
export type Rule = (files: readonly Source[]) => readonly string[];

/** From the ground up: a file imports from its own layer or a lower one. */
const LAYERS: readonly (readonly RegExp[])[] = [
  [/^core\/(domain|async)\//, /^core\/ops\/log\.ts$/, /^config\//],
  [/^core\/(moderation|plugin)\//, /^core\/store\/ports\.ts$/],
  [/^core\/(contract|pipeline|community|relay|media|store|ops)\//],
  [/^core\/(router\.ts|supervisor\.ts)$/, /^core\/(supervisor|http|api)\//],
  [/^core\/hub(\.ts|\/)/],
  [/^core\/(main\.ts|cli\/)/],
];
/** Layers that keep to themselves even among their own: what each may import besides its own folder. */
const CLOSED: readonly (readonly [RegExp, readonly RegExp[]])[] = [
  [/^core\/domain\//, []],
  [/^core\/moderation\//, [/^core\/domain\//]],
  [/^core\/plugin\//, [/^core\/(domain|async)\//, /^core\/ops\/log\.ts$/, /^config\/config-error\.ts$/]],
  [/^core\/store\/ports\.ts$/, [/^core\/domain\//]],
  [/^core\/contract\//, [/^core\/(domain|async|plugin)\//, /^core\/ops\/log\.ts$/]],
  [/^client\//, [/^core\/domain\//, /^core\/plugin\/(surface\.ts$|asked\/)/, /^bridges\/slipmat\//]],
  [/^web\//, [/^core\/domain\//, /^core\/plugin\/(commands\.ts$|asked\/)/, /^client\//, /^bridges\/slipmat\//]],
];

export const layers: Rule = (files) =>
  edgesOf(files)
    .filter(({ from, to }) => {
      const own = layerOf(from);
      const other = layerOf(to);
      return own !== null && other !== null && other > own;
    })
    .map(({ from, to }) => `${from} imports ${to}, which is above it`);

export const closedFolders: Rule = (files) =>
  edgesOf(files)
    .filter(({ from, to }) => {
      const closed = CLOSED.find(([folder]) => folder.test(from));
      if (closed === undefined) return false;
      const [folder, allowed] = closed;
      return !folder.test(to) && !allowed.some((one) => one.test(to));
    })
    .map(({ from, to }) => `${from} may not import ${to}`);

export const coreImportsNoBridge: Rule = (files) =>
  edgesOf(files)
    .filter(
      ({ from, to }) =>
        from.startsWith('core/') && from !== 'core/main.ts' && /^(bridges|web|client|bench|tools|tests)\//.test(to),
    )
    .map(({ from, to }) => `${from} imports ${to}`);

export const bridgesStandAlone: Rule = (files) =>
  edgesOf(files)
    .filter(({ from }) => from.startsWith('bridges/') && from !== 'bridges/index.ts')
    .filter(({ from, to }) => !to.startsWith(bridgeFolder(from)) && !/^core\/(plugin|domain)\//.test(to))
    .map(({ from, to }) => `${from} imports ${to}`);

/** Type imports count. */
export const noCycles: Rule = (files) => {
  const next = new Map<string, string[]>();
  for (const { from, to } of edgesOf(files)) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    if (at >= 0) {
      found.push([...trail.slice(at), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  }
  for (const path of next.keys()) visit(path, []);
  return found;
};

const OURS = /^(core|bridges|config)\//;

export const onlyMainReadsEnv: Rule = uses(/\bprocess\s*(\.\s*env|\[)/, OURS, 'core/main.ts');
export const onlyClockReadsTime: Rule = uses(
  /\bDate\s*\.\s*now\b|\bnew Date\s*\(\s*\)|\bDate\s*\(\s*\)|\bperformance\s*\.\s*now\b|\bset(Timeout|Interval)\b|\bhrtime\b/,
  OURS,
  'core/async/clock.ts',
);
export const onlyMintMakesRandomness: Rule = uses(
  /\bMath\s*\.\s*random\b|\brandom(Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b|\buuidv7\b/,
  OURS,
  'core/async/mint.ts',
);

const PLATFORM_VALUE = /(['"`])(discord|twitch|telegram|irc|matrix|slipmat)\1/i;
const PLATFORM_WORD = /(?<![a-z])(discord|twitch|telegram|irc|matrix)(?![a-z])/i;

/** A platform named in core changes what core does; sentences for people may name them, and `main.ts` hands names in. */
export const noPlatformNames: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith('core/') && path !== 'core/main.ts')
    .flatMap(({ path, text }) => {
      const code = linesOf(codeOf(text, 'blank')).filter(({ line }) => PLATFORM_WORD.test(line));
      const values = linesOf(codeOf(text, 'keep')).filter(({ line }) => PLATFORM_VALUE.test(line));
      return [...code, ...values].map(({ number }) => `${path}:${number} names a platform`);
    });

export const shortFiles: Rule = (files) =>
  files
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > 400)
    .map(({ path, lines }) => `${path} has ${lines} lines`);

const PUBLIC = new Set(['core/plugin/index.ts', 'core/contract/index.ts', 'client/index.ts']);

/** A file that only hands on what others export hides where things are. */
export const noBarrels: Rule = (files) =>
  files
    .filter(({ path }) => !PUBLIC.has(path))
    .filter(({ path, text }) => {
      const code = codeOf(text, 'keep');
      const rest = code.replace(/\b(import|export)\b[^;]*?\bfrom\b\s*['"][^'"]+['"]\s*;?/g, '').trim();
      const handsOn = /\bexport\s+(type\s+)?(\*|\{[^}]*\}\s*from)/.test(code);
      const isIndex = /^core\/.*\/index\.tsx?$/.test(path);
      return isIndex || /\bexport\s+(type\s+)?\*/.test(code) || (handsOn && rest === '');
    })
    .map(({ path }) => `${path} is a barrel`);

export const RULES: Readonly<Record<string, Rule>> = {
  'imports never go up a layer': layers,
  'closed folders import only what they may': closedFolders,
  'core never imports bridges or what is built on it, main.ts apart': coreImportsNoBridge,
  'a bridge imports core/plugin, core/domain and its own folder, never another bridge': bridgesStandAlone,
  'no import cycles, type imports included': noCycles,
  'only main.ts reads process.env': onlyMainReadsEnv,
  'only clock.ts reads the time or starts timers': onlyClockReadsTime,
  'only mint.ts makes randomness': onlyMintMakesRandomness,
  'core names no platform': noPlatformNames,
  'no file is longer than 400 lines': shortFiles,
  'no barrels beyond the public ones': noBarrels,
};

function edgesOf(files: readonly Source[]): readonly { readonly from: string; readonly to: string }[] {
  return files.flatMap((source) => targetsOf(source).map((to) => ({ from: source.path, to })));
}

function layerOf(path: string): number | null {
  const found = LAYERS.findIndex((layer) => layer.some((one) => one.test(path)));
  return found < 0 ? null : found;
}

function bridgeFolder(path: string): string {
  return `${path.split('/').slice(0, 2).join('/')}/`;
}

function uses(what: RegExp, where: RegExp, exempt: string): Rule {
  return (files) =>
    files
      .filter(({ path }) => where.test(path) && path !== exempt)
      .flatMap((source) => {
        const inCode = linesOf(codeOf(source.text, 'blank')).filter(({ line }) => what.test(line));
        const imported = importsOf(source).filter((name) => what.test(name));
        return [
          ...inCode.map(({ number }) => `${source.path}:${number}`),
          ...imported.map((name) => `${source.path} imports ${name}`),
        ];
      });
}

function linesOf(code: string): readonly { readonly line: string; readonly number: number }[] {
  return code.split('\n').map((line, index) => ({ line, number: index + 1 }));
}
