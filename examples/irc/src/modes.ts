import type { Features } from './features.ts';

export interface ModeChange {
  readonly on: boolean;
  readonly mode: string;
  readonly value: string | null;
}

/** `+bo-v mask ann bob` as single changes, by what the server says of its modes. */
export function readModes([letters = '', ...values]: readonly string[], features: Features): readonly ModeChange[] {
  const { ranks, listModes, paramModes } = features;
  const always = listModes + paramModes.always + ranks.map(({ mode }) => mode).join('');
  const changes: ModeChange[] = [];
  let on = true;
  let next = 0;
  for (const mode of letters) {
    if (mode === '+' || mode === '-') {
      on = mode === '+';
      continue;
    }
    const takes = always.includes(mode) || (on && paramModes.whenSet.includes(mode));
    changes.push({ on, mode, value: takes ? (values[next] ?? null) : null });
    if (takes) next += 1;
  }
  return changes;
}
