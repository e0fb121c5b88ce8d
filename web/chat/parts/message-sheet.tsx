import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { toned } from '../emoji.ts';
import type { Chat } from '../state/chat.ts';
import { excerpt, rowCan } from '../state/deeds.ts';
import { closeOverlay } from '../state/overlay.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { actionsOf } from './row-actions.tsx';

/** Reactions at one touch. */
const QUICK = [
  { char: '🔥', words: word('fire') },
  { char: '❤️', words: word('heart') },
  { char: '👍', words: word('thumbs up') },
  { char: '😂', words: word('laughing') },
  { char: '🙌', words: word('hands raised') },
  { char: '🕺', words: word('dancing') },
];
const MINUTES = [2, 5, 10] as const;

interface Props {
  readonly chat: Chat;
  readonly message: WireChatMessage;
  readonly deeds: RowDeeds;
}

/** Everything that can be done with a message; on touch screens it comes from below. */
export default function MessageSheet({ chat, message, deeds }: Props) {
  const channel = chat.channel.value;
  if (channel === null) return null;
  const can = rowCan(channel, chat.you.value?.user ?? null, message);
  const done = (run: () => void) => () => {
    closeOverlay();
    run();
  };
  const note = deeds.cannot('react');
  return (
    <Dialog title={message.author.name} kind="sheet" onClose={closeOverlay}>
      <p class="subject">{excerpt(message)}</p>
      {can.react && (
        <>
          <div class="sheet-emoji">
            {QUICK.map(({ char, words }) => (
              <button
                key={char}
                type="button"
                class="icon-button"
                aria-label={t('React: {name}', { name: t(words) })}
                onClick={done(() => deeds.react(message, toned(char), true))}
              >
                {toned(char)}
              </button>
            ))}
          </div>
          {note !== '' && <p class="soft">{note}</p>}
        </>
      )}
      <ul>
        {actionsOf(message, can, deeds).map(({ icon, label, note: about, isDanger, run }) => (
          <li key={label}>
            <button type="button" class={isDanger ? 'menu-item danger' : 'menu-item'} onClick={done(run)}>
              <Icon name={icon} />
              <span class="grow">
                {label}
                {about !== '' && <span>{about}</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {can.sanction && (
        <fieldset class="plain">
          <legend>{t('Time {name} out, or ban', { name: message.author.name })}</legend>
          <div class="choices wrap">
            {MINUTES.map((minutes) => (
              <button key={minutes} type="button" class="button" onClick={done(() => deeds.sanction(message, minutes))}>
                {t('{n} min', { n: minutes })}
              </button>
            ))}
            <button type="button" class="button danger" onClick={done(() => deeds.sanction(message, null))}>
              {t('Ban')}
            </button>
          </div>
        </fieldset>
      )}
    </Dialog>
  );
}
