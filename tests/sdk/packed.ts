import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const BIN = join(ROOT, 'node_modules/.bin');

/** Runs a program of the project. @returns what it printed; rejects with it when it fails */
export async function runTool(name: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}`, NODE_OPTIONS: '', npm_config_loglevel: 'error' };
  try {
    const { stdout } = await run(name, [...args], { cwd, env, maxBuffer: 50_000_000 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${name} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

export interface Packed {
  /** An empty folder, away from the repository, with the hub's package in its `node_modules` and nothing that it needs. */
  readonly folder: string;
  /** Puts one more package beside it, as installed here. */
  add(name: string): void;
  remove(): void;
}

/** What `npm pack` makes, unpacked without anything that it depends on. */
export async function packed(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-packed-'));
  await runTool('tsc', ['-b', 'tsconfig.node.json'], ROOT);
  await runTool('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], ROOT);
  const [tarball = ''] = readdirSync(folder);
  await runTool('tar', ['xzf', tarball, '--exclude=package/node_modules'], folder);
  rmSync(join(folder, tarball));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  renameSync(join(folder, 'package'), join(modules, 'slipmat-hub'));
  return {
    folder,
    add(name) {
      cpSync(join(ROOT, 'node_modules', name), join(modules, name), { recursive: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** For packages that are only used by tools. */
export function link(folder: string, name: string): void {
  mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
}
