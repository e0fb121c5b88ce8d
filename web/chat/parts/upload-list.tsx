import type { Upload, Uploads } from '../state/uploads.ts';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';
import { isOurs } from './rich.tsx';

/** Files that go with the next message: how far each is, what it shows in words, and a way to leave it out. */
export default function UploadList(props: { readonly uploads: Uploads; readonly note: string }) {
  const { uploads, note } = props;
  if (uploads.list.value.length === 0) return null;
  return (
    <ul class="uploads" aria-label={t('Files of this message')}>
      {uploads.list.value.map((one) => (
        <Item key={one.id} one={one} uploads={uploads} />
      ))}
      {note !== '' && <li class="soft">{note}</li>}
    </ul>
  );
}

function Item({ one, uploads }: { readonly one: Upload; readonly uploads: Uploads }) {
  const { id, name, state } = one;
  const picture = state.kind === 'ready' && state.attachment.mediaType.startsWith('image/') ? state.attachment : null;
  return (
    <li class={`upload ${state.kind}`}>
      {picture !== null && isOurs(picture.url) ? (
        <img class="upload-picture" src={picture.url} alt="" width={56} height={56} />
      ) : (
        <Icon name="link" />
      )}
      <div class="upload-middle">
        <span class="upload-name">{name}</span>
        {state.kind === 'sending' && (
          <progress max={1} value={state.share} aria-label={t('Sending {name}', { name })} />
        )}
        {state.kind === 'failed' && <span class="problem">{state.say}</span>}
        {picture !== null && (
          <input
            class="input"
            type="text"
            maxLength={500}
            aria-label={t('What {name} shows', { name })}
            placeholder={t('What it shows, for those who cannot see it')}
            value={one.alt}
            onInput={(event) => uploads.change(id, { alt: event.currentTarget.value })}
          />
        )}
      </div>
      {picture !== null && (
        <button
          type="button"
          class="button"
          aria-pressed={one.isSpoiler}
          onClick={() => uploads.change(id, { isSpoiler: !one.isSpoiler })}
        >
          {t('Spoiler')}
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={t('Leave out {name}', { name })}
        title={t('Leave out')}
        onClick={() => uploads.remove(id)}
      >
        <Icon name="close" size={18} />
      </button>
    </li>
  );
}
