import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { cleanUp, newFolder, run } from './run-cli.ts';

afterEach(cleanUp);
const make = (name: string, ...options: string[]) => run(['new-bridge', name, ...options], {});

it('makes a package in the folder that it is given, under the name of the platform', async () => {
  const folder = join(newFolder(), 'deep/fizz');
  const { code, stdout } = await make('fizz', '--dir', folder);
  expect(code).toBe(0);
  expect(stdout).toContain(`cd ${folder}\n  npm install\n  npm run build\n  npm test\n`);
  expect(readdirSync(folder).sort()).toEqual([
    '.gitignore',
    'README.md',
    'package.json',
    'src',
    'test',
    'tsconfig.json',
  ]);
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of all) {
    expect(readFileSync(join(parentPath, name), 'utf8')).not.toMatch(/acme|HUB_(RANGE|SPEC)/i);
  }
});

it.each(['Fizz', '9lives', 'a b', '../up', 'fizz-', 'a--b', 'x'.repeat(25), ''])(
  'refuses the name %j',
  async (name) => {
    const folder = newFolder();
    const { code, stderr } = await make(name, '--dir', join(folder, 'new'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('lower-case letters')]);
    expect(readdirSync(folder)).toEqual([]);
  },
);

it('refuses the name of a bridge that there is', async () => {
  const { code, stderr } = await make('slipmat', '--dir', join(newFolder(), 'new'));
  expect([code, stderr]).toEqual([2, expect.stringContaining('There is a bridge slipmat')]);
});

it('never writes into a folder that holds something, nor over a file', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'full'));
  writeFileSync(join(folder, 'full/notes.txt'), 'mine');
  const full = await make('fizz', '--dir', join(folder, 'full'));
  expect([full.code, full.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
  expect(readdirSync(join(folder, 'full'))).toEqual(['notes.txt']);
  const file = await make('fizz', '--dir', join(folder, 'full/notes.txt'));
  expect([file.code, file.stderr]).toEqual([2, expect.stringContaining('--dir')]);
  expect(existsSync(join(folder, 'full/notes.txt/src'))).toBe(false);
});
