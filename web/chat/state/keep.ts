import type { ClientStorage } from '../../../client/index.ts';

/*
 * Texts kept on this device over a reload: drafts and what is not acknowledged. In the storage that is written before
 * the call returns: of one that is written a moment later, a page that is closed at once keeps nothing. Where the
 * browser keeps nothing or is full, they live as long as the page.
 */
const PREFIX = 'slipmat.kept ';
const memory = new Map<string, string>();

export function load(name: string): string | null {
  return memory.get(name) ?? localStorage.getItem(PREFIX + name);
}

export function save(name: string, value: string | null): void {
  memory.delete(name);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    if (value !== null) memory.set(name, value);
  }
}

/** What the client keeps for one person: others on this device do not find it. */
export function clientStorage(owner: string): ClientStorage {
  return {
    load: async (name) => load(`${name} ${owner}`),
    save: async (name, value) => save(`${name} ${owner}`, value),
  };
}
