import { readFileSync } from 'node:fs';

const TICK_MS = 10;

/** CPU time of the first thread of a process alone, in ms: where the hub's own loop runs. */
export function mainThreadCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
