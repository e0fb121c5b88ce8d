import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** npm scripts that a text tells people to run. */
function scriptsIn(text: string): string[] {
  const named = [...text.matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? '');
  const plain = [...text.matchAll(/npm (start|test)\b/g)].map((match) => match[1] ?? '');
  return [...new Set([...named, ...plain])];
}

describe.each(documents)('%s', (file) => {
  it('names scripts that exist', () => {
    expect(scriptsIn(read(file)).filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });
});

it('would notice an unknown script', () => {
  expect(scriptsIn('run npm run nothing and npm start')).toEqual(['nothing', 'start']);
});

it('README shows the two commands that a newcomer runs', () => {
  const text = read('README.md');
  expect(text).toContain('npm install && npm start');
  expect(text).toContain('npm install && npm test');
});

it('every story has its line in docs/stories.md, and each test file it names is there and names the story', () => {
  const text = read('docs/stories.md');
  const stories = [
    ...Array.from({ length: 11 }, (_, n) => `T${n + 1}`),
    ...Array.from({ length: 7 }, (_, n) => `U${n + 1}`),
  ];
  for (const story of [...stories, 'D1', 'D2', 'D3', 'D4', 'M1', 'M2', 'V1', 'V2', 'V3', 'A1']) {
    const line = text.split('\n').find((one) => one.startsWith(`| ${story} `));
    expect(line, story).toBeDefined();
    for (const match of line?.matchAll(/`(tests\/[^`]+)`/g) ?? []) {
      const file = match[1] ?? '';
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(new RegExp(`\\b${story}\\b`).test(read(file)), `${file} names ${story}`).toBe(true);
    }
  }
});

it.each([
  ['config/hub.example.yaml and docs/configuration.md', 'config/example.ts'],
  ['docs/protocol.schema.json', 'tools/protocol-schema.mts'],
  ['docs/rooms.md', 'tools/commands-page.mts'],
  ['docs/fidelity.md', 'tools/fidelity.mts'],
])('%s is what the code says', (_, generator) => {
  const run = () =>
    execFileSync(process.execPath, [generator, '--check'], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  expect(run).not.toThrow();
});

it('pins every version exactly', () => {
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$|^file:/.test(version),
  );
  expect(loose).toEqual([]);
});
