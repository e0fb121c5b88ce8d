/* Makes the site of the docs in build/docs: `npm run docs`. With --check it only looks for what is wrong. */
import { join } from 'node:path';
import { build, check } from './site.mts';

const root = join(import.meta.dirname, '../..');
const problems = check(root);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  const made = build(root, join(root, 'build/docs'));
  console.log(`${made.length} pages; open build/docs/index.html`);
}
