import type { Commands } from '../state/commands.ts';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';

/** What the hub answered, seen by nobody else; it stays until it is closed or the next one comes. */
export function CommandAnswerCard({ commands, channel }: { readonly commands: Commands; readonly channel: string }) {
  const answer = commands.answers.value.get(channel);
  return (
    <div role="status">
      {answer !== undefined && (
        <div class={answer.isRefusal ? 'answer refused' : 'answer'}>
          <p class="answer-of">
            <b>{answer.command}</b> {t('Only you see this.')}
          </p>
          <p class="answer-text">{answer.say}</p>
          <button
            type="button"
            class="icon-button"
            aria-label={t('Close the answer')}
            title={t('Close')}
            onClick={() => commands.dismiss(channel)}
          >
            <Icon name="close" size={18} />
          </button>
        </div>
      )}
    </div>
  );
}
