import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { cleanUp, newFolder, run, until } from './run-cli.ts';

afterEach(cleanUp);

const ROOT = join(import.meta.dirname, '../..');

/** A process of its own; what it says, and how it ended. */
function launched(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'pipe' });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  return { child, text: () => said.join(''), ended };
}

it('npm start hands a signal on, so that no hub is left behind', async () => {
  const npm = launched('npm', ['--ignore-scripts', 'start'], { DATA_DIR: newFolder(), PORT: '0', CONFIG: '' });
  await until('the hub runs', () => {
    if (npm.child.exitCode !== null) throw new Error(npm.text());
    return npm.text().includes('Stop with');
  });
  const url = /http:\/\/localhost:\d+/.exec(npm.text())?.[0] ?? '';
  expect((await fetch(`${url}/healthz`)).ok).toBe(true);
  npm.child.kill('SIGTERM');
  await npm.ended;
  expect(npm.text()).toContain('stopped');
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

it('an older Node is told in one line what is wanted', async () => {
  const folder = join(newFolder(), 'core');
  mkdirSync(folder);
  const main = join(folder, 'main.mjs');
  writeFileSync(main, stripTypeScriptTypes(readFileSync(join(ROOT, 'core/main.ts'), 'utf8')));
  const asOld = "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });";
  const old = launched(process.execPath, ['-e', `${asOld} import(${JSON.stringify(main)})`], {});
  expect(await old.ended).toBe(2);
  expect(old.text()).toMatch(/^Slipmat Hub needs Node 24 or newer; this is Node 20\.1\.0 \(.*\)\.\n$/);
  // what an older one does not know by name would be an error before any line of it runs
  const named = /^import \{.*\} from 'node:module'/m;
  expect(readFileSync(main, 'utf8')).not.toMatch(named);
});

it.runIf(process.platform === 'linux')('a data folder that cannot be made is said, and not waited for', async () => {
  const { code, stdout } = await run(['doctor'], { DATA_DIR: '/proc/nowhere/data', PORT: '0' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL {2}The data folder \/proc\/nowhere\/data cannot be written \(ENOENT\)/);
});
