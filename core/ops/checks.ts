import type { Check, CheckResult } from './health.ts';

const OK: CheckResult = { status: 'ok' };

/** The live store answers and has room. */
export function storeCheck(size: () => Promise<{ readonly entries: number; readonly cap: number }>): Check {
  return {
    name: 'store',
    async run() {
      const { entries, cap } = await size();
      if (entries >= cap) return { status: 'down', say: `The log is full (${entries} entries): posts are refused.` };
      if (entries >= cap / 2) return { status: 'warn', say: `The log is half full (${entries} of ${cap} entries).` };
      return OK;
    },
  };
}

/** The archiver keeps up. It being behind loses nothing, so that is a warning until the log is full. */
export function archiveCheck(
  state: () => { readonly behind: number; readonly lagMs: number; readonly error: string | null },
  warnAfterMs: number,
): Check {
  return {
    name: 'archive',
    run() {
      const { behind, lagMs, error } = state();
      if (error !== null)
        return { status: 'warn', say: `Archiving fails and is tried again (${behind} entries wait).` };
      if (lagMs > warnAfterMs) {
        return { status: 'warn', say: `The archive is ${Math.round(lagMs / 1_000)} s behind (${behind} entries).` };
      }
      return OK;
    },
  };
}

export interface BridgeHealth {
  readonly id: string;
  readonly isRequired: boolean;
  readonly state: 'live' | 'connecting' | 'failed' | 'standby' | 'stopped';
}

/** One line for all bridges: a required one that is not live takes the hub out of readiness, another only warns. */
export function bridgesCheck(bridges: () => readonly BridgeHealth[]): Check {
  return {
    name: 'bridges',
    run() {
      const broken = bridges().filter(({ state }) => state !== 'live' && state !== 'standby');
      if (broken.length === 0) return OK;
      const say = `${broken.map(({ id, state }) => `${id} is ${state}`).join(', ')}.`;
      return { status: broken.some(({ isRequired }) => isRequired) ? 'down' : 'warn', say };
    },
  };
}

/** Rooms that get nothing until somebody mends what is wrong, and what was given up. Only a warning: others go on. */
export function portalsCheck(
  lanes: () => ReadonlyMap<string, { readonly phase: string; readonly say: string | null }>,
  deadLetters: () => Promise<number>,
): Check {
  return {
    name: 'portals',
    async run() {
      const paused = [...lanes()].filter(([, { phase }]) => phase === 'paused');
      const letters = await deadLetters();
      const lines = paused
        .slice(0, MOST_SHOWN)
        .map(([id, { say }]) => `${id} is paused${say === null ? '' : `: ${say}`}.`);
      if (paused.length > MOST_SHOWN) lines.push(`${paused.length - MOST_SHOWN} more are paused.`);
      if (letters > 0) lines.push(`${letters} given up; see \`slipmat-hub portal letters\`.`);
      return lines.length === 0 ? OK : { status: 'warn', say: lines.join(' ') };
    },
  };
}
const MOST_SHOWN = 5;

/** Standing remarks of the store, such as what a power loss may take. */
export function remarksCheck(name: string, remarks: () => readonly string[]): Check {
  return {
    name,
    run() {
      const lines = remarks();
      return lines.length === 0 ? OK : { status: 'warn', say: lines.join(' ') };
    },
  };
}
