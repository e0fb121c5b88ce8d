// `npm test` and `npm run test:long`: prepares what the tests talk to, runs them, keeps the figures for .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparePeers } from './peers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2);
const isLong = words.includes('--long');
const rest = words.filter((word) => word !== '--long');

const missing = preparePeers();
for (const { program, for: what, hint } of missing) {
  const how = hint ?? `Debian: apt-get install ${program}`;
  console.warn(`\n!!! ${program} is not here: ${what} LEFT OUT. Install it (${how}).\n`);
}
if (missing.some(({ isRequired }) => isRequired) && process.env.CI === 'true') {
  console.error('With CI=true nothing may be left out.');
  process.exit(1);
}

const results = join(root, 'node_modules', '.cache', 'results');
mkdirSync(results, { recursive: true });
const projects = (isLong ? ['long'] : ['!long']).map((name) => `--project=${name}`);
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const run = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    ...projects,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(results, isLong ? 'long.json' : 'test.json')}`,
    ...rest,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SLIPMAT_TEST_WITHOUT: missing.map(({ program }) => program).join(',') },
  },
);
process.exit(run.status ?? 1);
