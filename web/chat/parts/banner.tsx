import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Chat } from '../state/chat.ts';
import { nowMs } from '../time.ts';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';

const TICK_MS = 250;
/** A first connection quicker than this says nothing. */
const QUIET_MS = 1_500;

/** Says that the connection is lost, how long until the next try, and offers that try now. */
export function ConnectionBanner({ chat }: { readonly chat: Chat }) {
  const state = chat.connection.value;
  const now = useSignal(nowMs());
  const since = useSignal(nowMs());
  const isOffline = useSignal(!navigator.onLine);
  const wasLost = useRef(false);
  if (state.kind === 'waiting') wasLost.current = true;
  if (state.kind === 'live') wasLost.current = false;
  useEffect(() => {
    const look = (): void => {
      isOffline.value = !navigator.onLine;
      if (navigator.onLine) chat.client.retryNow();
    };
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, [chat, isOffline]);
  useEffect(() => {
    since.value = nowMs();
    now.value = nowMs();
    if (state.kind === 'live') return;
    const timer = setInterval(() => {
      now.value = nowMs();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [state]);

  switch (state.kind) {
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((state.retryAt - now.value) / 1_000));
      return (
        <div class="banner" role="status">
          <Icon name="alert" size={18} />
          <span>
            {t('Connection lost.')}{' '}
            <span aria-hidden="true">
              {seconds === 0 ? t('Trying again now.') : t('Trying again in {n} s.', { n: seconds })}
            </span>
          </span>
          <button type="button" class="button" onClick={() => chat.client.retryNow()}>
            {t('Retry now')}
          </button>
        </div>
      );
    }
    case 'connecting':
      if (!wasLost.current && now.value - since.value < QUIET_MS) return null;
      return (
        <div class="banner" role="status">
          <Icon name="clock" size={18} />
          <span>{t('Connecting …')}</span>
        </div>
      );
    case 'live':
      if (!isOffline.value) return null;
      return (
        <div class="banner" role="status">
          <Icon name="alert" size={18} />
          <span>{t('This device is offline. What you write is kept and sent later.')}</span>
        </div>
      );
    case 'closed':
    case 'signed-out':
      return null;
  }
}
