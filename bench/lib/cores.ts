import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The core of what is measured, and the core of everything else. */
export type Core = 'server' | 'client';
const NUMBER: Readonly<Record<Core, number>> = { server: 0, client: 1 };
/** Of /proc: the kernel counts in hundredths of a second. */
const TICK_MS = 10;

let hasTaskset: boolean | null = null;

/** The same command, held to one core where `taskset` exists; null: on any. */
export function pinned(
  core: Core | null,
  command: string,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  hasTaskset ??= spawnSync('taskset', ['-c', '0,1', 'true']).status === 0;
  if (!hasTaskset || core === null) return { command, args };
  return { command: 'taskset', args: ['-c', String(NUMBER[core]), command, ...args] };
}

/** Holds this process, with what it starts from now on, to one core where `taskset` exists. */
export function holdSelf(core: Core): void {
  const { command } = pinned(core, 'true', []);
  if (command === 'taskset') spawnSync(command, ['-a', '-p', '-c', String(NUMBER[core]), String(process.pid)]);
}

/** CPU time of a process with all its threads, in ms; 10 ms coarse. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory of a process, in bytes. */
export function rssOf(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
}

export interface Quiet {
  /** Share of the server's core that others took meanwhile: 0.25 and more is noise. Null where /proc is not there. */
  othersShare(): number | null;
}

/** Watches who else uses the core of the server from now on. @param pids those whose use is no noise */
export function watchCore(pids: readonly number[]): Quiet {
  return watch(pids, `cpu${NUMBER.server} `);
}

/** The same for all cores together, for what is not held to one. The share is of one core. */
export function watchMachine(pids: readonly number[]): Quiet {
  return watch(pids, 'cpu ');
}

function watch(pids: readonly number[], cpu: string): Quiet {
  const began = performance.now();
  const busy = busyMs(cpu);
  const own = ownMs(pids);
  return {
    othersShare() {
      const busyNow = busyMs(cpu);
      const ownNow = ownMs(pids);
      if (busy === null || busyNow === null || own === null || ownNow === null) return null;
      const others = busyNow - busy - (ownNow - own);
      return Math.max(0, others / Math.max(1, performance.now() - began));
    },
  };
}

function ownMs(pids: readonly number[]): number | null {
  try {
    return pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  } catch {
    return null;
  }
}

/** Without soft interrupts: on loopback they are the server's own receiving end. With what the host took away. */
function busyMs(cpu: string): number | null {
  try {
    const line = readFileSync('/proc/stat', 'utf8')
      .split('\n')
      .find((one) => one.startsWith(cpu));
    if (line === undefined) return null;
    const [, user, nice, system, , , , , steal] = line.split(/\s+/).map(Number);
    return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (steal ?? 0)) * TICK_MS;
  } catch {
    return null;
  }
}
