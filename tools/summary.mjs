// The plain closing lines of .ci/run, from what the test runs kept: what failed by name, then how many.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../node_modules/.cache/results/', import.meta.url);
const root = fileURLToPath(new URL('../', import.meta.url));
/** The log may be cut at either end: few and short lines are read. */
const MOST_NAMES = 40;

const failures = [];
let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of ['test.json', 'long.json']) {
  if (!existsSync(new URL(file, folder))) {
    failures.push(`${file.replace('.json', '')}: gave no results`);
    failed += 1;
    continue;
  }
  const result = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  passed += result.numPassedTests;
  skipped += result.numPendingTests + result.numTodoTests;
  for (const { name, status, assertionResults } of result.testResults) {
    const path = name.replace(root, '');
    const bad = assertionResults.filter((one) => one.status === 'failed');
    for (const { fullName } of bad) failures.push(`${path}: ${fullName}`);
    // one that could not be loaded, or whose setting up failed
    const isBroken = status === 'failed' && bad.length === 0;
    if (isBroken) failures.push(`${path}: the file itself`);
    failed += bad.length + (isBroken ? 1 : 0);
  }
  if (!result.success && failures.length === 0) {
    failures.push(`${file.replace('.json', '')}: an error outside of any test`);
    failed += 1;
  }
}
for (const one of failures.slice(0, MOST_NAMES)) console.log(`FAILED ${one}`);
if (failures.length > MOST_NAMES) console.log(`FAILED ${failures.length - MOST_NAMES} more`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
