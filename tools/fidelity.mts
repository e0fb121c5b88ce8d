/* Writes docs/fidelity.md: what each bridge declares, and what people see of each other. With --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const FILE = new URL('../docs/fidelity.md', import.meta.url);

// examples read the hub's public parts as an installed package; here they are the sources
registerHooks({
  resolve(specifier, context, next) {
    const part = /^slipmat-hub\/(plugin|contract)$/.exec(specifier)?.[1];
    return next(part === undefined ? specifier : new URL(`../core/${part}/index.ts`, import.meta.url).href, context);
  },
});
const { declared } = await import('../tests/route/golden-declared.ts');
const { readGolden } = await import('../tests/route/golden-file.ts');
const { fidelityPage } = await import('../tests/route/golden-page.ts');

const page = fidelityPage(await declared(), readGolden());
if (!process.argv.includes('--check')) writeFileSync(FILE, page);
else if (readFileSync(FILE, 'utf8') !== page) {
  console.error('docs/fidelity.md is not what the bridges declare and the table says: run `node tools/fidelity.mts`.');
  process.exitCode = 1;
}
