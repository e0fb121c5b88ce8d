/** More tasks wait under one key than allowed. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
}

export interface SerialByKey<Key> {
  /** Runs after every earlier task of the same key has settled; other keys do not wait. @throws {TooManyWaiting} */
  run<T>(key: Key, task: () => Promise<T>): Promise<T>;
  /** Keys with something running or waiting. */
  readonly size: number;
}

/** One queue a key; a key costs nothing once its queue is empty. */
export function createSerialByKey<Key>(maxWaiting = 1_000): SerialByKey<Key> {
  const queues = new Map<Key, { tail: Promise<unknown>; waiting: number }>();
  return {
    run<T>(key: Key, task: () => Promise<T>): Promise<T> {
      const queue = queues.get(key) ?? { tail: Promise.resolve(), waiting: 0 };
      if (queue.waiting >= maxWaiting) return Promise.reject(new TooManyWaiting(`over ${maxWaiting} wait`));
      queues.set(key, queue);
      queue.waiting += 1;
      const settled = (): void => {
        queue.waiting -= 1;
        if (queue.waiting === 0) queues.delete(key);
      };
      const result = queue.tail.then(task);
      queue.tail = result.then(settled, settled);
      return result;
    },
    get size() {
      return queues.size;
    },
  };
}
