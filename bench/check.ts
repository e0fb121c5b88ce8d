import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gateOf, goals, type Judged, judge } from './lib/goals.ts';
import { load, root, say } from './lib/harness.ts';
import { NODE_FLAGS } from './lib/node-flags.ts';

/**
 * Holds the gates. Runs quick sizes of what is measured by CPU, memory and counts; `--saved` judges the full results
 * that are there instead; `--only fanout,memory` takes some of them.
 */
const QUICK = ['fanout', 'memory', 'slow', 'ingest'];

export async function run(words: readonly string[]): Promise<object> {
  const isSaved = words.includes('--saved');
  const at = words.indexOf('--only');
  const names = at < 0 ? (isSaved ? [...new Set(goals.map(({ bench }) => bench))] : QUICK) : words[at + 1]?.split(',');
  const failed: string[] = [];
  if (!isSaved) for (const name of names ?? []) if (!runQuick(name)) failed.push(name);
  const judged = goals
    .filter(({ bench }) => names?.includes(bench) ?? false)
    .map((goal) => judge(goal, failed.includes(goal.bench) ? null : load(goal.bench, !isSaved)));
  for (const one of judged) console.log(lineOf(one));
  for (const name of failed) console.log(`FAIL      ${name} did not run to its end`);
  const missed = judged.filter(({ outcome }) => outcome === 'FAIL').map(({ goal }) => goal.id);
  // Whoever runs this waits for the code.
  if (missed.length + failed.length > 0) process.exitCode = 1;
  return {
    passed: judged.filter(({ outcome }) => outcome === 'PASS').length,
    missed,
    didNotRun: failed,
    leftOut: judged.filter(({ outcome }) => outcome === 'left out').map(({ goal }) => goal.id),
  };
}

/** In a process of its own, so that one that fails does not take the others with it. */
function runQuick(name: string): boolean {
  say(`${name} --quick`);
  const words = [...NODE_FLAGS, join(root, 'bench', 'main.ts'), name, '--quick', '--json'];
  return spawnSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

function lineOf({ goal, outcome, value, meetsAim, note }: Judged): string {
  const aim = meetsAim === null ? '' : meetsAim ? ', meets its aim' : `, short of its aim ${goal.aim}`;
  const shown = value === null ? '-' : String(value);
  return `${outcome.padEnd(9)} ${goal.id.padEnd(5)} ${shown.padStart(9)} ${gateOf(goal).padEnd(9)} ${goal.what}${aim}${note === '' ? '' : ` (${note})`}`;
}
