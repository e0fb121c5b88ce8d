import type { Reaction } from '../../../core/domain/message.ts';
import type { Chat } from '../state/chat.ts';
import { t } from '../words.ts';

interface Props {
  readonly chat: Chat;
  readonly reactions: readonly Reaction[];
  readonly canReact: boolean;
  readonly onToggle: (emoji: string, on: boolean) => void;
}
const NAMED = 6;

export function Reactions({ chat, reactions, canReact, onToggle }: Props) {
  if (reactions.length === 0) return null;
  const you = chat.you.value?.user ?? '';
  return (
    <ul class="reactions" aria-label={t('Reactions')}>
      {reactions.map(({ emoji, users }) => {
        const isMine = users.some((user) => user === you);
        const who = whoReacted(chat, users, you);
        return (
          <li key={emoji}>
            <button
              type="button"
              class="reaction"
              aria-pressed={isMine}
              aria-label={`${emoji}, ${users.length}: ${who}`}
              title={who}
              disabled={!canReact}
              onClick={() => onToggle(emoji, !isMine)}
            >
              <span aria-hidden="true">{emoji}</span>
              <span aria-hidden="true">{users.length}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** `You, Ana and 3 others`. Names of people who have not been seen here are left to the number. */
function whoReacted(chat: Chat, users: readonly string[], you: string): string {
  const known = users.flatMap((user) => (user === you ? ['You'] : (chat.nameOf(user) ?? [])));
  const named = known.toSorted((a, b) => Number(b === 'You') - Number(a === 'You')).slice(0, NAMED);
  const rest = users.length - named.length;
  if (rest > 0) named.push(rest === 1 ? '1 other' : `${rest} others`);
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(named);
}
