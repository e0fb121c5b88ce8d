import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Saved } from './harness.ts';

/** The gates that must hold, and the aims beyond them. */
const goal = z.strictObject({
  id: z.string(),
  bench: z.string(),
  /** Into the figures, by dots. */
  path: z.string(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  /** Another figure that it must reach. */
  atLeastPath: z.string().optional(),
  /** Better than the gate, in the same direction. */
  aim: z.number().optional(),
  kind: z.enum(['cpu', 'memory', 'delivered', 'latency']).describe('A latency holds only where the run was quiet.'),
  what: z.string(),
});
export type Goal = z.output<typeof goal>;

export const goals: readonly Goal[] = z
  .array(goal)
  .parse(JSON.parse(readFileSync(new URL('../goals.json', import.meta.url), 'utf8')));

export interface Judged {
  readonly goal: Goal;
  readonly value: number | null;
  /** `left out`: a latency of a noisy run, or a figure that could not be taken; why is in `note`. */
  readonly outcome: 'PASS' | 'FAIL' | 'left out';
  readonly meetsAim: boolean | null;
  readonly note: string;
}

/** Pure. @param saved what the benchmark gave last; null when it was not run */
export function judge(one: Goal, saved: Saved | null): Judged {
  const judged = (outcome: Judged['outcome'], value: number | null, note = ''): Judged => ({
    goal: one,
    value,
    outcome,
    meetsAim: value === null || outcome === 'left out' ? null : meetsAim(one, value),
    note,
  });
  if (saved === null) return judged('left out', null, `${one.bench} was not run`);
  const value = figureAt(saved.figures, one.path);
  if (value === null) return judged('left out', null, 'no figure: see the reasons in the results');
  if (one.kind === 'latency' && !saved.isQuiet) return judged('left out', value, 'the machine was not quiet');
  return judged(holds(one, value, saved) ? 'PASS' : 'FAIL', value);
}

function holds(one: Goal, value: number, saved: Saved): boolean {
  const least = one.atLeastPath === undefined ? one.atLeast : figureAt(saved.figures, one.atLeastPath);
  if (least === null) return false;
  return value >= (least ?? Number.NEGATIVE_INFINITY) && value <= (one.atMost ?? Number.POSITIVE_INFINITY);
}

function meetsAim({ aim, atMost }: Goal, value: number): boolean | null {
  if (aim === undefined) return null;
  return atMost === undefined ? value >= aim : value <= aim;
}

/** A number within figures, by names and indices between dots; null when it is not there. */
export function figureAt(figures: object, path: string): number | null {
  let at: unknown = figures;
  for (const name of path.split('.')) {
    at = typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined;
  }
  return typeof at === 'number' && Number.isFinite(at) ? at : null;
}

/** The gate, for people. */
export function gateOf({ atLeast, atMost, atLeastPath }: Goal): string {
  if (atLeastPath !== undefined) return 'all';
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}
