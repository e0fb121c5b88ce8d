import { signal } from '@preact/signals';
import type { SignedIn } from './api.ts';

const KEY = 'slipmat.session';

/** Who is signed in on this device; null for a guest. The token goes into the first frame and nowhere else. */
export const session = signal<SignedIn | null>(stored());

export function remember(signedIn: SignedIn | null): void {
  session.value = signedIn;
  if (signedIn === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(signedIn));
}

function stored(): SignedIn | null {
  const text = localStorage.getItem(KEY);
  if (text === null) return null;
  try {
    const { token, name }: { token?: unknown; name?: unknown } = JSON.parse(text);
    return typeof token === 'string' && typeof name === 'string' ? { token, name } : null;
  } catch {
    return null;
  }
}
