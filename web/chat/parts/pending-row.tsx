import type { PendingPost } from '../../../client/index.ts';
import type { Chat } from '../state/chat.ts';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';
import { Time } from './message-row.tsx';
import { Disc, tint } from './person.tsx';

interface Props {
  readonly chat: Chat;
  readonly post: PendingPost;
  readonly isFirst: boolean;
}

/** One's own post on its way, or turned down: its text is never lost. */
export function PendingRow({ chat, post, isFirst }: Props) {
  const you = chat.you.value;
  const isFailed = post.status.kind === 'failed';
  return (
    <li
      class={`row tinted${isFirst ? ' first' : ''}${isFailed ? ' failed' : ' pending'}`}
      style={tint(you?.user ?? '')}
      data-pending={post.status.kind}
    >
      <div class="gutter">{isFirst ? <Disc name={you?.name ?? ''} /> : null}</div>
      <div>
        {isFirst && (
          <div class="byline">
            <span class="name">{you?.name}</span>
            <Time at={post.at} />
          </div>
        )}
        <div class="body" dir="auto">
          {post.text}
        </div>
        <Status chat={chat} post={post} />
      </div>
    </li>
  );
}

function Status({ chat, post }: { readonly chat: Chat; readonly post: PendingPost }) {
  switch (post.status.kind) {
    case 'sending':
    case 'stored':
      return <span class="sr">{t('Sending')}</span>;
    case 'held':
      return (
        <p class="gone">
          {post.status.because === 'house-rules'
            ? t('Waiting until you accept the rules of this channel')
            : t('Waiting for a moderator')}
        </p>
      );
    case 'failed':
      return (
        <div class="failed-note">
          <Icon name="alert" size={16} />
          <span>
            {t('Not sent:')} {post.status.say}
          </span>
          <button type="button" onClick={() => chat.client.retry(post.key)}>
            {t('Retry')}
          </button>
          <button type="button" onClick={() => chat.client.discard(post.key)}>
            {t('Delete')}
          </button>
        </div>
      );
  }
}
