import type { WireChatMessage } from '../../core/domain/wire.ts';
import { RichText } from '../chat/parts/rich.tsx';
import { clockTime, fullTime } from './time.ts';

/** A message as moderators look at it: who, from where, when, and the words. */
export function MessageCard({ message }: { readonly message: WireChatMessage }) {
  const { author, content, sentAt } = message;
  const files = content.attachments.length;
  return (
    <div class="said">
      <p class="said-by">
        <b>{author.name}</b> <span class="tag">{author.platform}</span>{' '}
        <time dateTime={new Date(sentAt).toISOString()} title={fullTime(sentAt)}>
          {clockTime(sentAt)}
        </time>
      </p>
      <div class="said-text">
        <RichText rich={content.rich} you={null} />
        {files > 0 && <p class="soft">{files === 1 ? 'One file' : `${files} files`}</p>}
      </div>
    </div>
  );
}
