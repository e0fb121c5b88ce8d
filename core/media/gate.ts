/** More wait already than may. */
export class Crowded extends Error {
  override readonly name = 'Crowded';
}

/** Lets so many through at once and so many wait; the others are turned away. */
export interface Gate {
  /** @throws {Crowded} */
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createGate(atOnce: number, maxWaiting: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    if (waiting.length >= maxWaiting) throw new Crowded(`over ${maxWaiting} wait`);
    // whoever leaves hands its place on
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(task) {
      await enter();
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
