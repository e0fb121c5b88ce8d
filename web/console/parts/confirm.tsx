import type { ComponentChildren } from 'preact';
import { Dialog } from '../../chat/parts/dialog.tsx';

/** Asks before something that cannot be taken back. The way out has the focus. */
export function Confirm(props: {
  readonly title: string;
  readonly action: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <div>{props.children}</div>
      <div class="choices">
        <button type="button" class="button" autofocus onClick={props.onClose}>
          Keep it
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            props.onClose();
            props.onYes();
          }}
        >
          {props.action}
        </button>
      </div>
    </Dialog>
  );
}
