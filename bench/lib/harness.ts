import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './stats.ts';

/** The folder of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Others had more than this share of the server's core: the round is repeated. */
const NOISY = 0.25;
const MOST_REPEATS = 3;

/** Figures of one round, by name. */
export type Figures = Readonly<Record<string, number>>;

export interface Measured<F extends Figures> {
  readonly figures: F;
  /** From `watchCore`; null where it cannot be known. */
  readonly othersShare: number | null;
}

export interface Result<F extends Figures> {
  /** What counts: quiet rounds, and the quietest try of the others. */
  readonly rounds: readonly F[];
  readonly median: F;
  /** Rounds that stayed noisy after all repeats. */
  readonly noisy: number;
  /** Median over the rounds. */
  readonly othersShare: number | null;
}

/** One round of one mode: starts processes of its own, measures, ends them. */
export type Mode<F extends Figures> = (round: number) => Promise<Measured<F>>;

/**
 * Runs A B C, A B C, …, so that what the machine does meanwhile meets all of them alike. A mode that is `null` is
 * left out. @param repeats of a noisy round
 */
export async function interleave<Name extends string, F extends Figures>(
  modes: Readonly<Record<Name, Mode<F> | null>>,
  rounds: number,
  repeats = MOST_REPEATS,
): Promise<Readonly<Record<Name, Result<F> | null>>> {
  const names = Object.keys(modes) as Name[];
  const kept = new Map<Name, Measured<F>[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const mode = modes[name];
      if (mode === null) continue;
      const measured = await quietest(mode, round, repeats, name);
      kept.get(name)?.push(measured);
      say(`${name}, round ${round + 1} of ${rounds}: ${shown(measured)}`);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, modes[name] === null ? null : resultOf(kept.get(name) ?? [])]),
  ) as Record<Name, Result<F> | null>;
}

async function quietest<F extends Figures>(
  mode: Mode<F>,
  round: number,
  repeats: number,
  name: string,
): Promise<Measured<F>> {
  let best = await mode(round);
  for (let repeat = 0; repeat < repeats && isNoisy(best); repeat += 1) {
    say(`${name}: others took ${Math.round(100 * (best.othersShare ?? 0))} % of the core, once more`);
    const next = await mode(round);
    if ((next.othersShare ?? 0) < (best.othersShare ?? 0)) best = next;
  }
  return best;
}

function isNoisy({ othersShare }: Measured<Figures>): boolean {
  return othersShare !== null && othersShare > NOISY;
}

function resultOf<F extends Figures>(measured: readonly Measured<F>[]): Result<F> {
  const rounds = measured.map(({ figures }) => figures);
  const names = Object.keys(rounds[0] ?? {});
  const middle = Object.fromEntries(names.map((name) => [name, median(rounds.map((one) => one[name] ?? Number.NaN))]));
  const shares = measured.map(({ othersShare }) => othersShare).filter((share) => share !== null);
  return {
    rounds,
    median: middle as F,
    noisy: measured.filter(isNoisy).length,
    othersShare: shares.length === 0 ? null : median(shares),
  };
}

function shown({ figures, othersShare }: Measured<Figures>): string {
  const parts = Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  const others = othersShare === null ? '' : `, others ${Math.round(100 * othersShare)} %`;
  return `${parts.join(', ')}${others}`;
}

/** For people, while it runs; the last line of stdout is for machines. */
export function say(line: string): void {
  console.error(line);
}

/** Options that every benchmark has: `--quick` for small sizes, `--rounds N`, `--repeats N` of a noisy round. */
export function commonOptions(words: readonly string[]): {
  readonly isQuick: boolean;
  readonly rounds: number | null;
  readonly repeats: number;
} {
  const isQuick = words.includes('--quick');
  return {
    isQuick,
    rounds: numberAfter(words, '--rounds'),
    repeats: numberAfter(words, '--repeats') ?? (isQuick ? 0 : MOST_REPEATS),
  };
}

/** The number that follows an option; null when it is not there. */
export function numberAfter(words: readonly string[], option: string): number | null {
  const at = words.indexOf(option);
  return at < 0 ? null : Number(words[at + 1]);
}

export interface Saved {
  readonly name: string;
  readonly takenAt: string;
  readonly isQuick: boolean;
  /** Whether no round of it stayed noisy. */
  readonly isQuiet: boolean;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  /** What the benchmark prints. */
  readonly figures: object;
  /** What stands behind it, for the report. */
  readonly details: object;
}

const results = join(root, 'node_modules', '.cache', 'bench');

/** Keeps figures for `report` and `check`; a quick run does not take the place of a full one. @returns the figures */
export function save<F extends object>(
  name: string,
  figures: F,
  about: { readonly isQuick: boolean; readonly isQuiet: boolean; readonly details?: object },
): F {
  mkdirSync(results, { recursive: true });
  const saved: Saved = {
    name,
    takenAt: new Date().toISOString(),
    isQuick: about.isQuick,
    isQuiet: about.isQuiet,
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
    figures,
    details: about.details ?? {},
  };
  writeFileSync(fileOf(name, about.isQuick), `${JSON.stringify(saved, null, 2)}\n`);
  return figures;
}

/** What was kept last; null when there is nothing. */
export function load(name: string, isQuick = false): Saved | null {
  try {
    return JSON.parse(readFileSync(fileOf(name, isQuick), 'utf8')) as Saved;
  } catch {
    return null;
  }
}

function fileOf(name: string, isQuick: boolean): string {
  return join(results, `${name}${isQuick ? '.quick' : ''}.json`);
}
