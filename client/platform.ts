import type { ClientClock, ClientSocket } from './api.ts';

/** What the client takes from the platform unless it is handed something else: browsers and Node have the same. */
export const platformClock: ClientClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export function platformSocket(url: string): ClientSocket {
  return new WebSocket(url);
}

/** A fraction in [0, 1). */
export function platformRandom(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 0x1_0000_0000;
}
