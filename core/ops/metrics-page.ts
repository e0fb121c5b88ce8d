import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMetrics } from './metrics.ts';

/* Makes the table of `docs/metrics.md`. Run it to write it; with `--check` it only compares, and ends with 1 where it differs. */

const BEGIN = '<!-- made from core/ops/metrics.ts: begin -->';
const END = '<!-- made from core/ops/metrics.ts: end -->';

/** The page with its table made anew. Figures of the process itself are the library's own and not listed. */
export async function withMetricsTable(page: string): Promise<string> {
  const described = await createMetrics('0').describe();
  const rows = described
    .filter(({ name }) => name.startsWith('slipmat_'))
    .map(({ name, kind, labels, help }) => `| \`${name}\` | ${kind} | ${labels.join(', ')} | ${help} |`);
  const table = ['| Name | Kind | Labels | Meaning |', '|---|---|---|---|', ...rows].join('\n');
  const [before = '', rest = ''] = page.split(BEGIN);
  return `${before}${BEGIN}\n${table}\n${END}${rest.split(END)[1] ?? ''}`;
}

if (import.meta.main) {
  const file = fileURLToPath(new URL('../../docs/metrics.md', import.meta.url));
  const page = readFileSync(file, 'utf8');
  const wanted = await withMetricsTable(page);
  if (!process.argv.includes('--check')) writeFileSync(file, wanted);
  else if (page !== wanted) {
    console.error(`${file} is not what the code says. Run: node core/ops/metrics-page.ts`);
    process.exitCode = 1;
  }
}
