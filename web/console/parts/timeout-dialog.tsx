import { useState } from 'preact/hooks';
import { Dialog } from '../../chat/parts/dialog.tsx';

export interface Choice {
  readonly minutes: number;
  readonly reason: string | null;
}

const MINUTES = [2, 5, 10] as const;

/** For how long, and why; a digit chooses too. */
export function TimeoutDialog(props: {
  readonly name: string;
  /** What else it does. */
  readonly hint: string;
  readonly onChoose: (choice: Choice) => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const choose = (minutes: number): void => props.onChoose({ minutes, reason: reason.trim() || null });
  return (
    <Dialog
      title={`Time out ${props.name}`}
      onClose={props.onClose}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLInputElement) return;
        const minutes = MINUTES.find((one) => `${one}`.startsWith(event.key));
        if (minutes !== undefined) choose(minutes);
      }}
    >
      <p class="soft">{props.hint}</p>
      <div class="choices wrap">
        {MINUTES.map((minutes, at) => (
          <button key={minutes} type="button" class="button" autofocus={at === 0} onClick={() => choose(minutes)}>
            {minutes} minutes
          </button>
        ))}
      </div>
      <label class="field">
        <span>Reason</span>
        <input class="input" maxLength={300} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
