/** A map that forgets what was not looked at for the longest time once it holds more than `most`. */
export interface AtMost<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  entries(): readonly (readonly [string, Value])[];
}

export function createAtMost<Value>(most: number): AtMost<Value> {
  const kept = new Map<string, Value>();
  function set(key: string, value: Value): void {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  }
  return {
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    delete: (key) => void kept.delete(key),
    entries: () => [...kept],
  };
}
