import type { Reaction } from '../../../core/domain/message.ts';
import type { Chat } from '../state/chat.ts';
import { language, plural, t } from '../words.ts';

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
  const mine = users.some((user) => user === you) ? [t('You')] : [];
  const others = users.flatMap((user) => (user === you ? [] : (chat.nameOf(user) ?? [])));
  const named = [...mine, ...others].slice(0, NAMED);
  const rest = users.length - named.length;
  if (rest > 0) named.push(plural('{n} other|{n} others', rest));
  return new Intl.ListFormat(language.value, { type: 'conjunction' }).format(named);
}
