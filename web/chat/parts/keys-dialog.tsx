import { closeOverlay } from '../state/overlay.ts';
import { t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';

const KEYS: readonly (readonly [string, string])[] = [
  ['Enter', word('Send')],
  ['Shift Enter', word('New line')],
  ['↑', word('In an empty field: edit your last message')],
  ['Esc', word('Cancel a reply or an edit; else back to the newest message and to writing')],
  ['End', word('Go to the newest message')],
  ['Alt ↑ ↓', word('Previous or next channel')],
  ['Alt Shift ↑ ↓', word('Previous or next channel with something new')],
  ['Shift Esc', word('Mark all channels as read')],
  ['Ctrl K', word('Find a channel')],
  ['Ctrl Shift F', word('Search')],
  ['↑ ↓', word('On a message: move between messages')],
  ['Tab', word('From a message to its actions')],
  ['?', word('This list, when not writing')],
];

export default function Keys() {
  return (
    <Dialog title={t('Keyboard shortcuts')} onClose={closeOverlay}>
      <dl class="keys">
        {KEYS.flatMap(([keys, does]) => [
          <dt key={`${keys} ${does}`}>
            {keys.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>,
          <dd key={does}>{t(does)}</dd>,
        ])}
      </dl>
    </Dialog>
  );
}
