/** `npm run bench -- NAME [--json] [options]`: each benchmark is a file beside this one. */
const BENCHMARKS: Readonly<Record<string, () => Promise<{ run(words: readonly string[]): Promise<object> }>>> = {
  crash: () => import('./crash.ts'),
  check: () => import('./check.ts'),
  fanout: () => import('./fanout.ts'),
  report: () => import('./report.ts'),
  memory: () => import('./memory.ts'),
  slow: () => import('./slow.ts'),
  latency: () => import('./latency.ts'),
  ingest: () => import('./ingest.ts'),
  archive: () => import('./archive.ts'),
  history: () => import('./history.ts'),
  start: () => import('./start.ts'),
  soak: () => import('./soak.ts'),
  isolation: () => import('./isolation.ts'),
  relay: () => import('./relay.ts'),
  'relay-crash': () => import('./relay-crash.ts'),
  web: () => import('./web.ts'),
};

const [name = '', ...words] = process.argv.slice(2);
const load = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (load === undefined) {
  console.error(`usage: npm run bench -- NAME [--json]\nNAME is one of: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
const { run } = await load();
const figures = await run(words.filter((word) => word !== '--json'));
// The last line is for machines.
console.log(words.includes('--json') ? JSON.stringify(figures) : JSON.stringify(figures, null, 2));
process.exit(process.exitCode ?? 0);
