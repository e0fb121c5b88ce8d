import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Asking, Client } from '../../client/index.ts';
import type { Deeds, Questions } from '../../core/plugin/asked/table.ts';
import { toast } from '../chat/state/toast.ts';

/** What nobody tells of is asked anew so often while it is seen, and whenever somebody comes back to the page. */
export const LIVE_MS = 15_000;

export interface Asked<T> {
  /** The last answer; null before the first. */
  readonly value: T | null;
  /** Why there is none. */
  readonly say: string | null;
  reload(): void;
}

/** The answer to a question, asked again when what is asked changes, after `reload`, on coming back, and each `everyMs`. */
export function useAsked<K extends keyof Questions>(
  client: Client,
  kind: K,
  of: Asking<Questions[K][0]>,
  everyMs: number | null = null,
): Asked<Questions[K][1]> {
  const [state, set] = useState<{ value: Questions[K][1] | null; say: string | null }>({ value: null, say: null });
  const [turn, setTurn] = useState(0);
  const asked = JSON.stringify(of);
  const shown = useRef(asked);
  const newest = useRef(0);
  useEffect(() => {
    let isOver = false;
    if (shown.current !== asked) set({ value: null, say: null });
    shown.current = asked;
    const ask = async (): Promise<void> => {
      newest.current += 1;
      const own = newest.current;
      const answer: Answer<Questions[K][1]> = await client.ask(kind, of);
      // an earlier one that is answered later knows less
      if (isOver || own !== newest.current) return;
      if (answer.ok) set({ value: answer.value, say: null });
      else if (answer.code !== 'offline' && answer.code !== 'no-answer') set({ value: null, say: answer.say });
    };
    const askIfSeen = (): void => {
      if (document.visibilityState === 'visible') void ask();
    };
    void ask();
    const stop = client.on('welcome', () => void ask());
    const timer = everyMs === null ? null : setInterval(askIfSeen, everyMs);
    if (everyMs !== null) addEventListener('focus', askIfSeen);
    return () => {
      isOver = true;
      stop();
      removeEventListener('focus', askIfSeen);
      if (timer !== null) clearInterval(timer);
    };
  }, [client, kind, asked, turn, everyMs]);
  return { ...state, reload: () => setTurn((now) => now + 1) };
}

/** Does it, and tells why where it cannot be done. @returns the answer, or null */
export async function act<K extends keyof Deeds>(
  client: Client,
  kind: K,
  of: Asking<Deeds[K][0]>,
): Promise<Deeds[K][1] | null> {
  const answer: Answer<Deeds[K][1]> = await client.do(kind, of);
  if (answer.ok) return answer.value;
  toast(answer.say);
  return null;
}
