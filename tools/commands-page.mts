/* Writes the table of commands into docs/rooms.md; with --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { usage } from '../core/community/commands/help.ts';
import { COMMAND_SPECS } from '../core/community/commands/table.ts';

const FILE = new URL('../docs/rooms.md', import.meta.url);
const BEGIN = '<!-- made by tools/commands-page.mts: begin -->';
const END = '<!-- made by tools/commands-page.mts: end -->';

/** The page with its table made anew. */
function withCommands(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  const rows = COMMAND_SPECS.map((one) => {
    const fields = one.arguments.map(({ name, summary }) => ` \`${name}\`: ${summary}`).join('');
    return `| \`${usage(one, '!')}\` | ${one.least} | ${one.summary}${fields.replaceAll('|', '\\|')} |`;
  });
  const table = ['| Command | Least rank | What it does |', '| --- | --- | --- |', ...rows].join('\n');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

const page = readFileSync(FILE, 'utf8');
if (!page.includes(BEGIN)) throw new Error('docs/rooms.md has no place for the table');
if (!process.argv.includes('--check')) writeFileSync(FILE, withCommands(page));
else if (withCommands(page) !== page) {
  console.error('docs/rooms.md is not what the code says: run `node tools/commands-page.mts`.');
  process.exitCode = 1;
}
