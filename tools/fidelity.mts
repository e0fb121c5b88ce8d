/* Writes docs/fidelity.md: what each bridge declares, and what people see of each other. With --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { exportSources } from '../bench/lib/source-exports.ts';

const FILE = new URL('../docs/fidelity.md', import.meta.url);

exportSources();
const { declared } = await import('../tests/route/golden-declared.ts');
const { readGolden } = await import('../tests/route/golden-file.ts');
const { fidelityPage } = await import('../tests/route/golden-page.ts');

const page = fidelityPage(await declared(), readGolden());
if (!process.argv.includes('--check')) writeFileSync(FILE, page);
else if (readFileSync(FILE, 'utf8') !== page) {
  console.error('docs/fidelity.md is not what the bridges declare and the table says: run `node tools/fidelity.mts`.');
  process.exitCode = 1;
}
