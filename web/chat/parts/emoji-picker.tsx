import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';

import { useEffect, useRef } from 'preact/hooks';
import { findEmoji, rememberEmoji, TONES, tone, toned } from '../emoji.ts';
import { t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

/** A grid searched by words; arrows move in it while the focus stays in the field. */
export default function EmojiPicker({ onPick, onClose }: Props) {
  const text = useSignal('');
  const at = useSignal(0);
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const found = findEmoji(text.value);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    grid.current?.children[at.value]?.scrollIntoView({ block: 'nearest' });
  }, [at.value]);

  const pick = (char: string | undefined): void => {
    if (char === undefined) return;
    rememberEmoji(char);
    onClose();
    onPick(toned(char));
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      pick(found[at.value]?.char);
      return;
    }
    const step = stepOf(event.key, columnsOf(grid.current));
    if (step === 0) return;
    event.preventDefault();
    at.value = Math.min(found.length - 1, Math.max(0, at.value + step));
  };

  return (
    <Dialog title={t('Pick an emoji')} kind="picker" onClose={onClose}>
      <input
        ref={field}
        class="input"
        type="text"
        role="combobox"
        aria-label={t('Search emoji')}
        aria-expanded="true"
        aria-controls="emoji-grid"
        aria-activedescendant={found.length > 0 ? `emoji-${at.value}` : undefined}
        placeholder={t('fire, dance, love …')}
        autocomplete="off"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <Tones />
      {found.length === 0 && <p class="none">{t('Nothing by that word.')}</p>}
      <div ref={grid} id="emoji-grid" class="picker-grid" role="listbox" aria-label={t('Emoji')}>
        {found.map(({ char, words }, index) => (
          <button
            key={char}
            id={`emoji-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === at.value}
            aria-label={words}
            title={words}
            onClick={() => pick(char)}
          >
            {toned(char)}
          </button>
        ))}
      </div>
    </Dialog>
  );
}

const TONE_NAMES = [
  word('No tone'),
  word('Light'),
  word('Medium light'),
  word('Medium'),
  word('Medium dark'),
  word('Dark'),
];

/** Of skin; kept for all emoji that show some. */
function Tones() {
  return (
    <fieldset class="tones" aria-label={t('Tone of skin')}>
      {TONES.map((one, at) => (
        <button
          key={one}
          type="button"
          aria-label={t(TONE_NAMES[at] ?? '')}
          aria-pressed={tone.value === one}
          onClick={() => {
            tone.value = one;
          }}
        >
          {`✋${one}`}
        </button>
      ))}
    </fieldset>
  );
}

function stepOf(key: string, columns: number): number {
  switch (key) {
    case 'ArrowRight':
      return 1;
    case 'ArrowLeft':
      return -1;
    case 'ArrowDown':
      return columns;
    case 'ArrowUp':
      return -columns;
    default:
      return 0;
  }
}

function columnsOf(grid: HTMLElement | null): number {
  return grid === null ? 1 : getComputedStyle(grid).gridTemplateColumns.split(' ').length;
}
