import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly title: string;
  readonly kind?: string;
  readonly onClose: () => void;
  readonly onKeyDown?: (event: TargetedKeyboardEvent<HTMLElement>) => void;
  readonly children: ComponentChildren;
}

/** A modal dialog: the browser keeps focus inside, closes it by Esc and gives focus back where it was. */
export function Dialog({ title, kind = '', onClose, onKeyDown, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    // The actions of a message go with the focus; their row stays.
    const row = before?.closest<HTMLElement>('[data-message]') ?? null;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else row?.focus();
    };
  }, []);
  /** At once: the browser tells of its own closing only later, and keys pressed meanwhile would be lost. */
  const onKey = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    onKeyDown?.(event);
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    onClose();
  };
  return (
    <dialog
      ref={element}
      class={`dialog ${kind}`}
      aria-labelledby={titleId}
      onClose={onClose}
      onKeyDown={onKey}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" class="icon-button" aria-label={t('Close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="content">{children}</div>
    </dialog>
  );
}
