import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NODE_FLAGS } from '../bench/lib/node-flags.ts';
import { freePort } from './fakes/ports.ts';

/** The steps of the Dockerfile, as an ordinary user in an empty folder; what a container engine adds is not tested. */
const root = join(import.meta.dirname, '..');
const place = mkdtempSync(join(tmpdir(), 'slipmat-image-'));
const [source, out, home, bin, data] = ['source', 'out', 'home', 'bin', 'data'].map((name) => join(place, name));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
let hub: ChildProcess | null = null;

function env(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const npmOf = dirname(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
  const kept = {
    NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
    npm_config_registry: process.env.npm_config_registry,
  };
  return { ...kept, PATH: `${bin}:${npmOf}:/usr/bin:/bin`, HOME: home, npm_config_update_notifier: 'false', ...extra };
}

beforeAll(() => {
  chmodSync(place, 0o755);
  for (const folder of [source, out, home, bin, data]) mkdirSync(String(folder));
  copyFileSync(process.execPath, join(String(bin), 'node'));
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const kept = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const left = rules.filter((rule) => /^[^!#]/.test(rule)).map((rule) => rule.replace(/\/\*$/, ''));
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  const files = listed.filter((file) => kept.includes(file) || !left.includes(file.split('/')[0] ?? ''));
  expect(files).toContain('package.json');
  expect(files).not.toContain('tests/image.long.test.ts');
  for (const file of files) cpSync(join(root, file), join(String(source), file));
  if (isRoot) give(place);
});

afterAll(async () => {
  if (hub !== null && hub.exitCode === null) {
    hub.kill('SIGKILL');
    await once(hub, 'exit');
  }
  rmSync(place, { recursive: true, force: true });
});

function give(path: string): void {
  chownSync(path, NOBODY, NOBODY);
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) give(join(path, name));
}

it('the image builds in an empty folder as another user, starts, is healthy, and stops on SIGTERM within 10 s', async () => {
  execFileSync('sh', ['tools/image/build.sh', String(source), String(out)], {
    cwd: source,
    env: env(),
    stdio: 'pipe',
    ...as,
  });
  const packages = readdirSync(join(String(out), 'node_modules'));
  expect(packages).toContain('better-sqlite3');
  expect(packages).not.toContain('vitest');

  const port = await freePort();
  const settings = env({ NODE_ENV: 'production', PORT: String(port), DATA_DIR: String(data) });
  const started = spawn(join(String(bin), 'node'), [...NODE_FLAGS, 'dist/core/main.js', 'start'], {
    cwd: out,
    env: settings,
    stdio: 'pipe',
    ...as,
  });
  hub = started;
  const healthcheck = (): boolean => {
    try {
      execFileSync(join(String(bin), 'node'), ['tools/image/healthcheck.mjs'], {
        cwd: out,
        env: settings,
        stdio: 'pipe',
      });
      return true;
    } catch (error) {
      return (error as { status?: number }).status === 0;
    }
  };
  await expect.poll(healthcheck, { interval: 300 }).toBe(true);
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(await page.text()).toContain('<script type="module"');

  const began = performance.now();
  started.kill('SIGTERM');
  const [code] = await once(started, 'exit');
  expect(code).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
});
