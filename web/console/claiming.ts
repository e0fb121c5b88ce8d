import { useEffect } from 'preact/hooks';
import type { Client } from '../../client/index.ts';

/** Whoever only passes by claims nothing. */
const AFTER_MS = 400;
/** Well before it ends by itself. */
const AGAIN_MS = 30_000;

/** Tells other moderators that this one looks at the message, for as long as it does. Null: at none. */
export function useClaim(client: Client, channel: string, message: string | null): void {
  useEffect(() => {
    if (message === null) return;
    let isClaimed = false;
    const claim = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      // one that somebody else looks at is shown as theirs, which is answer enough
      isClaimed = (await client.do('claim', { channel, message, isOn: true })).ok;
    };
    const first = setTimeout(() => void claim(), AFTER_MS);
    const again = setInterval(() => void claim(), AGAIN_MS);
    return () => {
      clearTimeout(first);
      clearInterval(again);
      if (isClaimed) void client.do('claim', { channel, message, isOn: false });
    };
  }, [client, channel, message]);
}
