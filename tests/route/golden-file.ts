import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Act, PlaceName } from './golden-place.ts';
import type { Outcome } from './golden-stage.ts';

/** One act, and what people of each other place see of it. */
export type GoldenRow = Outcome | { readonly cannot: string };
export type GoldenTable = { [Origin in PlaceName]?: { readonly [A in Act]?: GoldenRow } };

const FILE = join(import.meta.dirname, '../fixtures/golden/four-at-once.yaml');
const HEAD = `# What people see: origin, act, and then each place where it arrives, a line for each thing that happens there.
# Formatting stands in one notation: **bold**, _italic_, ~~struck~~, ||covered||, [label](address). In braces: what it
# answers natively, and files. "now:" a message that changed, "gone:" one that went, an emoji "on:" a message.
# tests/route/four-at-once.test.ts holds the hub to it; docs/fidelity.md shows it.
`;

export function readGolden(): GoldenTable {
  return parse(readFileSync(FILE, 'utf8')) as GoldenTable;
}

export function writeGolden(table: GoldenTable): void {
  writeFileSync(FILE, HEAD + stringify(table, { lineWidth: 0 }));
}
