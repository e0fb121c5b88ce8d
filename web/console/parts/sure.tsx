import type { ComponentChildren } from 'preact';
import { Dialog } from '../../chat/parts/dialog.tsx';

interface Props {
  readonly title: string;
  /** On the button that does it. */
  readonly act: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before something that is done at once and for good, and takes nothing away; for that there is Confirm. */
export function Sure({ title, act, onYes, onClose, children }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div class="choices">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="button primary"
          autofocus
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {act}
        </button>
      </div>
    </Dialog>
  );
}
