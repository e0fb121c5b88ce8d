import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FanoutResults, resultsAt } from './fanout.ts';
import { figureAt, gateOf, goals, type Judged, judge } from './lib/goals.ts';
import { load as loadOne, root, type Saved } from './lib/harness.ts';
import { barChart, type Chart } from './lib/svg.ts';

/** Writes docs/performance.md and its plots from the results of the last runs. */

const NAMES: Readonly<Record<keyof FanoutResults, string>> = {
  hub: 'Slipmat Hub',
  raw: 'bare TCP (Node)',
  ws: 'ws.send',
  socketIo: 'socket.io',
  uws: 'uWebSockets',
};
const SERVERS = Object.keys(NAMES).filter((name): name is keyof FanoutResults => Object.hasOwn(NAMES, name));
const TOP = 1_000;
const SIZES = [TOP, 10_000];
const KB = 1_024;

/** The last full run; until there is one, the last quick one, which is told as such. */
function load(name: string): Saved | null {
  return loadOne(name) ?? loadOne(name, true);
}

export async function run(): Promise<object> {
  const pictures = join(root, 'docs', 'pictures');
  mkdirSync(pictures, { recursive: true });
  const shown: { readonly name: string; readonly chart: Chart }[] = [];
  for (const [name, chart] of Object.entries(charts())) {
    const file = join(pictures, `performance-${name}.svg`);
    rmSync(file, { force: true });
    if (chart.groups.length === 0) continue;
    writeFileSync(file, barChart(chart));
    shown.push({ name, chart });
  }
  const judged = goals.map((goal) => judge(goal, load(goal.bench)));
  writeFileSync(join(root, 'docs', 'performance.md'), page(judged, shown));
  return { goals: judged.length, pictures: shown.length };
}

function charts(): Readonly<Record<string, Chart>> {
  return {
    paced: fanoutChart('pacedUs', 'CPU of one delivery, one message at a time'),
    burst: fanoutChart('burstUs', 'CPU of one delivery, ten messages at a time'),
    memory: memoryChart(),
    latency: latencyChart(),
  };
}

function fanoutChart(figure: 'pacedUs' | 'burstUs', title: string): Chart {
  const groups = SIZES.flatMap((listeners) => {
    const results = resultsAt(listeners, false) ?? resultsAt(listeners, true);
    if (results === null) return [];
    const bars = SERVERS.flatMap((name) => {
      const result = results[name];
      return result === null ? [] : [{ name: NAMES[name], value: result.median[figure], isOurs: name === 'hub' }];
    });
    return [{ name: `${listeners.toLocaleString('en')} listeners`, bars }];
  });
  return { title, unit: 'microseconds; less is better', groups };
}

function memoryChart(): Chart {
  const saved = load('memory');
  const chart = { title: 'Memory of an idle connection', unit: 'KB; less is better' };
  if (saved === null) return { ...chart, groups: [] };
  const bars = SERVERS.flatMap((name) => {
    const bytes = figureAt(saved.details, `${name}.median.perConnectionBytes`);
    return bytes === null ? [] : [{ name: NAMES[name], value: bytes / KB, isOurs: name === 'hub' }];
  });
  const connections = figureAt(saved.figures, 'connections') ?? 0;
  return { ...chart, groups: [{ name: `${connections.toLocaleString('en')} connections`, bars }] };
}

function latencyChart(): Chart {
  const saved = load('latency');
  const chart = { title: 'From sending to arrival, 1,000 listeners, median', unit: 'ms; less is better' };
  const groups = [0, 1, 2].flatMap((at) => {
    const perSecond = saved === null ? null : figureAt(saved.figures, `rates.${at}.perSecond`);
    if (saved === null || perSecond === null) return [];
    const hub = figureAt(saved.details, `${perSecond}.hub.median.p50Ms`);
    const rival = rivalP50(saved, perSecond);
    const bars = [
      ...(hub === null ? [] : [{ name: NAMES.hub, value: hub, isOurs: true }]),
      ...(rival === null ? [] : [{ name: NAMES.socketIo, value: rival, isOurs: false }]),
    ];
    return bars.length === 0 ? [] : [{ name: `${perSecond} posts a second`, bars }];
  });
  return { ...chart, groups };
}

/** Its name has a dot. */
function rivalP50(saved: Saved, perSecond: number): number | null {
  const modes: unknown = Object.entries(saved.details).find(([name]) => name === String(perSecond))?.[1];
  if (typeof modes !== 'object' || modes === null) return null;
  const rival: unknown = Object.entries(modes).find(([name]) => name === 'socket.io')?.[1];
  return typeof rival === 'object' && rival !== null ? figureAt(rival, 'median.p50Ms') : null;
}

function page(judged: readonly Judged[], shown: readonly { readonly name: string; readonly chart: Chart }[]): string {
  const runs = [...new Set(goals.map(({ bench }) => bench))].flatMap((name) => load(name) ?? []);
  const [first] = runs;
  const sections = shown.map(({ name, chart }) => `![${chart.title}](pictures/performance-${name}.svg)`);
  return `# Performance

Made by \`npm run bench -- report\` from the results of the last runs; do not edit it. What follows was measured on
${first === undefined ? 'no machine yet' : `${first.machine.cores} cores of ${first.machine.cpu}, Node ${first.machine.node}`}: the server has one core, its listeners the other. Modes take
turns, each round in a fresh process; a round in which others took more than a quarter of the server's core is
repeated, at most three times. CPU is that of the server's process with all its threads, over what arrived; the rivals
do what their documents recommend, without compression. uWebSockets is written in C++.

Run it yourself: \`npm run bench -- fanout\` and so on; \`npm run bench -- check\` holds the gates on quick sizes.

${sections.join('\n\n')}

## Goals

The gate must hold, and its sign says which way is better; the aim is what the design should reach on a quiet machine.
The gates of G21 only keep it from getting worse: its aims are the goal.

| | | measured | gate | aim | |
|---|---|---|---|---|---|
${judged.map(rowOf).join('\n')}

## Runs

| benchmark | taken | quiet | figures |
|---|---|---|---|
${runs.map((saved) => `| ${saved.name}${saved.isQuick ? ' (quick sizes)' : ''} | ${saved.takenAt.slice(0, 16).replace('T', ' ')} | ${saved.isQuiet ? 'yes' : 'no: others used the core'} | ${brief(saved.figures)} |`).join('\n')}

${profile()}`;
}

function rowOf({ goal, value, outcome, meetsAim, note }: Judged): string {
  const verdict =
    outcome === 'left out' ? note : outcome === 'FAIL' ? '**missed**' : meetsAim === false ? 'gate' : 'yes';
  return `| ${goal.id} | ${goal.what} | ${value ?? '-'} | ${gateOf(goal)} | ${goal.aim ?? ''} | ${verdict} |`;
}

/** Numbers on the first level. */
function brief(figures: object): string {
  return Object.entries(figures)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** Written by hand beside the benchmarks: where the time goes, for figures short of their aim. */
function profile(): string {
  return readFileSync(join(root, 'bench', 'profile.md'), 'utf8');
}
