/**
 * How long a call computes, by the clock of this process' own work: what else the machine does is left out. The least of
 * three, for now and then rubbish is collected meanwhile.
 */
export function spentMs(work: () => void): number {
  const once = (): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  return Math.min(once(), once(), once());
}
