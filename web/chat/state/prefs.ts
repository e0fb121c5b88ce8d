import { effect, type Signal, signal } from '@preact/signals';

/* What one has chosen on this device; each is a word, kept under its own name. */
export const TEXT_SIZES = ['small', 'normal', 'large', 'huge'] as const;
export const DENSITIES = ['cosy', 'compact'] as const;
export const SPEECH = ['auto', 'all', 'mentions', 'none'] as const;
export const NOTIFY = ['off', 'mentions', 'all'] as const;
export const ON_OFF = ['on', 'off'] as const;

export const textSize = kept('text', TEXT_SIZES, 'normal');
export const density = kept('density', DENSITIES, 'cosy');
/** What a screen reader says of new messages; `auto`: all of them, only mentions where much is said. */
export const speech = kept('speech', SPEECH, 'auto');
/** Of what the system tells while the page is not looked at. */
export const notify = kept('notify', NOTIFY, 'off');
/** Whether the list stands still while the pointer or the focus is on the actions of a row. */
export const holdStill = kept('hold-still', ON_OFF, 'on');

/** Sets on the root what style sheets go by, now and after every change. */
export function followPrefs(): void {
  effect(() => {
    const { dataset } = document.documentElement;
    dataset.text = textSize.value;
    dataset.density = density.value;
  });
}

export function kept<Word extends string>(name: string, words: readonly Word[], first: Word): Signal<Word> {
  const key = `slipmat.${name}`;
  const chosen = signal(words.find((one) => one === localStorage.getItem(key)) ?? first);
  chosen.subscribe((word) => {
    if (word === first) localStorage.removeItem(key);
    else localStorage.setItem(key, word);
  });
  return chosen;
}
