import { useEffect } from 'preact/hooks';
import type { Client } from '../../client/index.ts';

/** Whoever only passes by claims nothing. */
const AFTER_MS = 400;
/** Well before it ends by itself. */
const AGAIN_MS = 30_000;

/** Whoever has done nothing for so long looks at nothing. */
const IDLE_MS = 60_000;
const ACTS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

/** Tells other moderators that this one looks at the message, for as long as it does. Null: at none. */
export function useClaim(client: Client, channel: string, message: string | null): void {
  useEffect(() => {
    if (message === null) return;
    let isClaimed = false;
    let actedAt = performance.now();
    const onAct = (): void => {
      actedAt = performance.now();
    };
    const claim = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || performance.now() - actedAt > IDLE_MS) return;
      // one that somebody else looks at is shown as theirs, which is answer enough
      isClaimed = (await client.do('claim', { channel, message, isOn: true })).ok;
    };
    const first = setTimeout(() => void claim(), AFTER_MS);
    const again = setInterval(() => void claim(), AGAIN_MS);
    for (const name of ACTS) addEventListener(name, onAct);
    return () => {
      for (const name of ACTS) removeEventListener(name, onAct);
      clearTimeout(first);
      clearInterval(again);
      if (isClaimed) void client.do('claim', { channel, message, isOn: false });
    };
  }, [client, channel, message]);
}
