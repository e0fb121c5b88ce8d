/** Wakes whoever waits. Ask before looking, then look, then wait: nothing is missed in between. */
export interface Waker {
  wake(): void;
  /** Resolves with the next `wake` after this call. */
  next(): Promise<void>;
}

export function createWaker(): Waker {
  let waiting = Promise.withResolvers<void>();
  return {
    wake() {
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    next: () => waiting.promise,
  };
}
