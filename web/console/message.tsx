import { useState } from 'preact/hooks';
import type { Attachment } from '../../core/domain/content.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import { isOurs, RichText } from '../chat/parts/rich.tsx';
import { Who } from './parts/who.tsx';
import { clockTime, fullTime } from './time.ts';

/** A message as moderators look at it: who, from where, when, the words, and its pictures under covers. */
export function MessageCard({ message }: { readonly message: WireChatMessage }) {
  const { author, content, sentAt, replyTo } = message;
  const pictures = content.attachments.filter(({ mediaType }) => mediaType.startsWith('image/'));
  const files = content.attachments.length - pictures.length;
  return (
    <div class="said">
      <p class="said-by">
        <Who name={author.name} platform={author.platform} />{' '}
        <time dateTime={new Date(sentAt).toISOString()} title={fullTime(sentAt)}>
          {clockTime(sentAt)}
        </time>
      </p>
      {replyTo !== null && (
        <p class="soft">
          to {replyTo.name}: {replyTo.text}
        </p>
      )}
      {message.redaction === null ? (
        <div class="said-text" dir="auto">
          <RichText rich={content.rich} you={null} />
        </div>
      ) : (
        <p class="soft">Deleted.</p>
      )}
      {pictures.length > 0 && (
        <div class="thumbs">
          {pictures.map((file) => (
            <Thumb key={file.url} file={file} />
          ))}
        </div>
      )}
      {files > 0 && <p class="soft">{files === 1 ? 'One file' : `${files} files`}</p>}
    </div>
  );
}

/** Covered until it is pressed, and then for this person alone. */
export function Thumb({ file }: { readonly file: Attachment }) {
  const [isShown, setShown] = useState(false);
  if (!isOurs(file.url)) return <p class="soft">{file.name}</p>;
  const what = file.alt ?? file.name;
  return (
    <button
      type="button"
      class="thumb"
      aria-pressed={isShown}
      aria-label={isShown ? `Cover the picture: ${what}` : `Look at the picture: ${what}`}
      onClick={() => setShown(!isShown)}
    >
      <img
        class={isShown ? '' : 'covered'}
        src={file.url}
        alt=""
        width={file.width ?? undefined}
        height={file.height ?? undefined}
        loading="lazy"
      />
    </button>
  );
}
