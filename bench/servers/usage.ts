import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;

/** CPU time of the first thread of a process alone, in ms: where the hub's own loop runs. */
export function mainThreadCpuMs(pid: number): number {
  return threadCpuMs(pid, String(pid));
}

/** CPU time of each thread by its number, in ms. */
export function threadsCpuMs(pid: number): ReadonlyMap<string, number> {
  return new Map(readdirSync(`/proc/${pid}/task`).map((thread) => [thread, threadCpuMs(pid, thread)]));
}

function threadCpuMs(pid: number, thread: string): number {
  const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
