import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Figures {
  readonly rounds: number;
  readonly acked: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly stores: Record<string, { readonly acked: number }>;
  readonly control: { readonly lost: number };
}

/** A few rounds of the crash bench; `npm run bench -- crash` runs twenty. */
function crash(...options: string[]): Figures {
  const args = [join(root, 'bench/main.ts'), 'crash', '--json', '--rounds', '5', ...options];
  const lines = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as Figures;
}

it.each([
  ['the hub', [], ['embedded', 'redis']],
  ['Redis', ['--kill', 'redis'], ['redis']],
] as const)(
  'kill -9 of %s under load loses, doubles and reorders nothing that was acknowledged',
  (_, options, stores) => {
    const figures = crash(...options);
    expect(figures).toMatchObject({ rounds: 5, lost: 0, duplicated: 0, reordered: 0 });
    expect(Object.keys(figures.stores)).toEqual(stores);
    expect(figures.acked).toBeGreaterThan(1_000);
    // without append-only file there must be losses, or the checker proves nothing
    expect(figures.control.lost).toBeGreaterThan(0);
  },
);
