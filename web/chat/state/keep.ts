import { del, get, set } from 'idb-keyval';
import type { ClientStorage } from '../../../client/index.ts';

/*
 * Texts kept on this device over a reload: drafts and what is not acknowledged. Where the browser keeps nothing
 * (private windows of some), they live as long as the page.
 */
const memory = new Map<string, string>();

export async function load(name: string): Promise<string | null> {
  const kept = memory.get(name);
  if (kept !== undefined) return kept;
  return await get<string>(name).then(
    (value) => value ?? null,
    () => null,
  );
}

export async function save(name: string, value: string | null): Promise<void> {
  if (value === null) memory.delete(name);
  else memory.set(name, value);
  await (value === null ? del(name) : set(name, value)).catch(() => undefined);
}

/** What the client keeps for one person: others on this device do not find it. */
export function clientStorage(owner: string): ClientStorage {
  return {
    load: (name) => load(`${name}:${owner}`),
    save: (name, value) => save(`${name}:${owner}`, value),
  };
}
