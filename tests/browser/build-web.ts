import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Of vitest: builds the web app once for all browser tests of a run. */
export async function setup(): Promise<() => void> {
  const folder = await buildWeb();
  process.env.SLIPMAT_TEST_WEB = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

let built: Promise<string> | null = null;

/** The folder of the web app as it is now. */
export function builtWeb(): Promise<string> {
  const ready = process.env.SLIPMAT_TEST_WEB;
  if (ready !== undefined) return Promise.resolve(ready);
  built ??= buildWeb().then((folder) => {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  });
  return built;
}

/** What ships, for a build under the name of a test is one for developers. */
async function buildWeb(): Promise<string> {
  const { build } = await import('vite');
  const outDir = mkdtempSync(join(tmpdir(), 'slipmat-web-'));
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({
      configFile: join(ROOT, 'vite.config.ts'),
      root: join(ROOT, 'web'),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    });
  } finally {
    process.env.NODE_ENV = before;
  }
  return outDir;
}
