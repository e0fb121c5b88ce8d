import type { TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Attachment } from '../../../core/domain/content.ts';
import { closeOverlay } from '../state/overlay.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';

/** A picture large, with those beside it in the message; arrows go through them. */
export default function Lightbox(props: { readonly pictures: readonly Attachment[]; readonly at: number }) {
  const [at, setAt] = useState(props.at);
  const [isLarge, setLarge] = useState(false);
  const picture = props.pictures[at];
  if (picture === undefined) return null;
  const step = (by: number): void => setAt((at + by + props.pictures.length) % props.pictures.length);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.key === 'ArrowRight') step(1);
    else if (event.key === 'ArrowLeft') step(-1);
  };
  return (
    <Dialog title={picture.alt ?? picture.name} kind="lightbox" onClose={closeOverlay} onKeyDown={onKeyDown}>
      <div class={isLarge ? 'lightbox-frame large' : 'lightbox-frame'}>
        <img
          src={picture.url}
          alt={picture.alt ?? picture.name}
          width={picture.width ?? undefined}
          height={picture.height ?? undefined}
        />
      </div>
      <div class="choices wrap">
        {props.pictures.length > 1 && (
          <>
            <button type="button" class="button" onClick={() => step(-1)}>
              {t('Previous')}
            </button>
            <span class="soft">{t('{n} of {all}', { n: at + 1, all: props.pictures.length })}</span>
            <button type="button" class="button" onClick={() => step(1)}>
              {t('Next')}
            </button>
          </>
        )}
        <button type="button" class="button" aria-pressed={isLarge} onClick={() => setLarge(!isLarge)}>
          {t('Full size')}
        </button>
        <a class="button" href={picture.url} target="_blank" rel="noopener noreferrer">
          {t('Open the original')}
        </a>
      </div>
    </Dialog>
  );
}
