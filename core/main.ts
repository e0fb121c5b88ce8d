#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import * as modules from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// All else is loaded later: an older Node would fall over it without saying why.
const OLDEST_NODE = 24;
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `Slipmat Hub needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(2);
}

// V8 may fall when several threads tier up their calls into WebAssembly, by which Node reads modules; see docs/operations.md.
setFlagsFromString('--wasm-wrapper-tiering-budget=2000000000');

/** From the sources the package is one folder up, from the built files two. */
const isSource = import.meta.url.endsWith('.ts');
const fromPackage = (path: string): URL => new URL(`${isSource ? '..' : '../..'}/${path}`, import.meta.url);
// What the hub writes holds people's messages and secrets: for its own user alone.
process.umask(0o077);
// The next start finds what it loads compiled already, its threads too; where the folder cannot be written, it goes
// without. All that takes long to load comes after this.
const compiled = fileURLToPath(fromPackage('node_modules/.cache/compiled'));
process.env.NODE_COMPILE_CACHE = compiled;
modules.enableCompileCache(compiled);
const [{ z }, { bridges }, { systemClock }, { startOperatedHub }, { runCli }, { keepYoungRoom }] = await Promise.all([
  import('zod'),
  import('../bridges/index.ts'),
  import('./async/clock.ts'),
  import('./cli/operated-hub.ts'),
  import('./cli/run.ts'),
  import('./ops/young-memory.ts'),
]);

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(fromPackage('package.json'), 'utf8')));
/** Where people without an account elsewhere are at home. */
const NATIVE_PLATFORM = 'slipmat';

const exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  version,
  webRoot: fileURLToPath(fromPackage('dist/web')),
  builtIns: bridges,
  clock: systemClock,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  readFile: (path) => readFileSync(path, 'utf8'),
  startHub: async (options) => {
    const hub = await startOperatedHub({ builtIns: bridges, nativePlatform: NATIVE_PLATFORM, version }, options);
    keepYoungRoom();
    return hub;
  },
});
process.exit(exitCode);
