#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { RunningHub, StartOptions } from './cli/parts.ts';

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
enableCompileCache(compiled);
const [{ z }, { bridges }, { systemClock }, { runCli }, { keepYoungRoom }] = await Promise.all([
  import('zod'),
  import('../bridges/index.ts'),
  import('./async/clock.ts'),
  import('./cli/run.ts'),
  import('./ops/young-memory.ts'),
]);

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(fromPackage('package.json'), 'utf8')));
/** Where people without an account elsewhere are at home. */
const NATIVE_PLATFORM = 'slipmat';

/** Loaded here, so that commands to a running hub do not wait for all that a hub is made of. */
const loadHub = () =>
  Promise.all([
    import('./hub.ts'),
    import('./http/control.ts'),
    import('./http/operator.ts'),
    import('./store/backup/until-archived.ts'),
  ]);

async function startOperatedHub({ isOffline, ...options }: StartOptions): Promise<RunningHub> {
  const [{ startHub }, { startControl }, { operatorOperations }, { untilArchived }] = await loadHub();
  const { config, clock, log } = options;
  const builtIns = isOffline ? { bridges: {}, surfaces: {} } : bridges;
  const hub = await startHub({ ...options, builtIns, nativePlatform: NATIVE_PLATFORM, version });
  keepYoungRoom();
  const { id, sql, live, accounts, health } = hub;
  const url = config.publicUrl ?? hub.url;
  const operations = operatorOperations({
    config,
    version,
    hubId: id,
    clock,
    sql,
    accounts,
    health,
    url: () => url,
    portals: hub.portals,
    linking: hub.linking,
    deadLetters: hub.deadLetters,
    drain: (signal) => untilArchived({ log: live.store.log, sql, clock }, signal),
  });
  try {
    const control = await startControl({ dataDir: config.dataDir, hubId: id, operations, log, clock });
    const stop = async (): Promise<void> => {
      await control.close();
      await hub.stop();
    };
    return { url, firstAdminLink: hub.firstAdminLink, failed: hub.failed, stop };
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

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
  startHub: startOperatedHub,
});
process.exit(exitCode);
