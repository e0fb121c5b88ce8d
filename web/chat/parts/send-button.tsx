import { useEffect, useState } from 'preact/hooks';
import { nowMs } from '../time.ts';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly isEdit: boolean;
  readonly isDisabled: boolean;
  /** Nothing is taken before then. */
  readonly waitUntil: number;
  readonly onSend: () => void;
}

/** Counts down what is left of a wait, in its own time. */
export function SendButton({ isEdit, isDisabled, waitUntil, onSend }: Props) {
  const seconds = useSecondsLeft(waitUntil);
  const isWaiting = seconds > 0 && !isEdit;
  const label = isEdit ? t('Save') : isWaiting ? t('Send, in {n} s', { n: seconds }) : t('Send');
  return (
    <button
      type="button"
      class="icon-button send"
      aria-label={label}
      title={label}
      disabled={isDisabled || isWaiting}
      onClick={onSend}
    >
      {isWaiting ? <span class="countdown">{seconds}</span> : <Icon name={isEdit ? 'check' : 'send'} size={22} />}
    </button>
  );
}

function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(nowMs());
  useEffect(() => {
    setNow(nowMs());
    if (until <= nowMs()) return;
    const timer = setInterval(() => {
      setNow(nowMs());
      if (nowMs() >= until) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, Math.ceil((until - now) / 1_000));
}
