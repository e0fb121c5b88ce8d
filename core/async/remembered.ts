/**
 * The same function, which remembers what it made lately: for what is dear to make and asked for again and again.
 * @param most of what was asked for last is surely remembered, and never more than twice as much
 */
export function remembered<T>(most: number, make: (key: string) => T): (key: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (key) => {
    const known = young.get(key);
    if (known !== undefined) return known;
    const made = old.get(key) ?? make(key);
    if (young.size >= most) {
      old = young;
      young = new Map();
    }
    young.set(key, made);
    return made;
  };
}
