import type { TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Attachment } from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { Chat } from '../state/chat.ts';
import { rowCan } from '../state/deeds.ts';
import { closeOverlay } from '../state/overlay.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { MOVING, Moving } from './rich.tsx';

interface Props {
  readonly chat: Chat;
  readonly deeds: RowDeeds | null;
  readonly pictures: readonly Attachment[];
  readonly at: number;
  /** That they stand in. */
  readonly message: WireChatMessage;
}

/** Times its own size; 0: so that it fits. */
const ZOOMS = [0, 1, 2, 4] as const;

/** A picture large, with those beside it in the message; arrows go through them, + and - bring it nearer and back. */
export default function Lightbox({ chat, deeds, pictures, message, ...first }: Props) {
  const [at, setAt] = useState(first.at);
  const [near, setNear] = useState(0);
  const picture = pictures[at];
  if (picture === undefined) return null;
  const zoom = ZOOMS[near] ?? 0;
  const step = (by: number): void => {
    setAt((at + by + pictures.length) % pictures.length);
    setNear(0);
  };
  const goNear = (by: number): void => setNear(Math.min(ZOOMS.length - 1, Math.max(0, near + by)));
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    // a picture that is larger than its frame is moved by the arrows
    if (event.key === 'ArrowRight' && zoom === 0) step(1);
    else if (event.key === 'ArrowLeft' && zoom === 0) step(-1);
    else if (event.key === '+' || event.key === '=') goNear(1);
    else if (event.key === '-') goNear(-1);
    else if (event.key === '0') setNear(0);
  };
  const { width, height } = picture;
  return (
    <Dialog title={picture.alt ?? picture.name} kind="lightbox" onClose={closeOverlay} onKeyDown={onKeyDown}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section class={zoom === 0 ? 'lightbox-frame' : 'lightbox-frame large'} tabIndex={0} aria-label={t('Picture')}>
        <Moving
          key={picture.url}
          url={picture.url}
          mayMove={MOVING.has(picture.mediaType)}
          alt={picture.alt ?? picture.name}
          width={width ?? undefined}
          height={height ?? undefined}
          drawnPx={zoom === 0 || width === null ? undefined : width * zoom}
        />
      </section>
      <div class="choices wrap">
        {pictures.length > 1 && (
          <>
            <button type="button" class="button" onClick={() => step(-1)}>
              {t('Previous')}
            </button>
            <span class="soft">{t('{n} of {all}', { n: at + 1, all: pictures.length })}</span>
            <button type="button" class="button" onClick={() => step(1)}>
              {t('Next')}
            </button>
          </>
        )}
        <button type="button" class="button" disabled={near === 0} onClick={() => goNear(-1)}>
          {t('Smaller')}
        </button>
        <span class="soft" aria-live="polite">
          {zoom === 0 ? t('Fits') : `${zoom * 100} %`}
        </span>
        <button type="button" class="button" disabled={near === ZOOMS.length - 1} onClick={() => goNear(1)}>
          {t('Larger')}
        </button>
        <a class="button" href={picture.url} target="_blank" rel="noopener noreferrer">
          {t('Open the original')}
        </a>
        <About chat={chat} deeds={deeds} message={message} />
      </div>
    </Dialog>
  );
}

/** What moderators say of a picture, and what others tell them of it. */
function About({ chat, deeds, message }: Pick<Props, 'chat' | 'deeds' | 'message'>) {
  const channel = chat.channel.value;
  if (channel === null || deeds === null) return null;
  const can = rowCan(channel, chat.you.value?.user ?? null, message);
  return (
    <>
      {can.mark && (
        <>
          <button type="button" class="button" onClick={() => deeds.mark(message, 'safe')}>
            {t('Pictures are safe')}
          </button>
          <button type="button" class="button" onClick={() => deeds.mark(message, 'nsfw')}>
            {t('Pictures are NSFW')}
          </button>
        </>
      )}
      {can.report && (
        <button type="button" class="button" onClick={() => deeds.report(message)}>
          {t('Report')}
        </button>
      )}
    </>
  );
}
