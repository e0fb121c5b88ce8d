// The plain closing line of .ci/run, from the figures that the test runs kept.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../node_modules/.cache/results/', import.meta.url);
let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of readdirSync(folder)) {
  const result = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  passed += result.numPassedTests;
  failed +=
    result.numFailedTests +
    result.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0).length;
  skipped += result.numPendingTests + result.numTodoTests;
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
