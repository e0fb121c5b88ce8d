import { MAX_POST_UTF16 } from '../../../bridges/slipmat/limits.ts';
import type { Chat } from '../state/chat.ts';
import { platformsOf, tightestRoom } from '../state/writing.ts';
import { language, t } from '../words.ts';
import { TypingNote } from './typing-note.tsx';

/** The counter appears when this much of a limit is used. */
const COUNT_FROM = 0.8;
/** A longer text is cut short on the platform. */
const MOST_PARTS = 3;

/** Under the field: who else writes, where it goes, how slowly, and how much room there is. */
export function ComposerNotes(props: { readonly chat: Chat; readonly channel: string; readonly text: string }) {
  const { chat, channel, text } = props;
  const writing = chat.writing.value;
  const names = platformsOf(writing?.rooms ?? []);
  const list = new Intl.ListFormat(language.value, { type: 'conjunction' }).format(names);
  const slow = writing?.slowSeconds ?? 0;
  return (
    <div id="composer-notes" class="below">
      <TypingNote names={chat.typing.names.value.get(channel) ?? []} />
      {slow > 0 && <span>{t('Slow mode: a message each {n} s', { n: slow })}</span>}
      {names.length > 0 && <span>{t('Goes to {names} too', { names: list })}</span>}
      <Counter chat={chat} text={text} />
    </div>
  );
}

function Counter({ chat, text }: { readonly chat: Chat; readonly text: string }) {
  if (text.length > MAX_POST_UTF16) {
    return (
      <span class="counter over">
        {t('{n} over {most}', { n: text.length - MAX_POST_UTF16, most: MAX_POST_UTF16 })}
      </span>
    );
  }
  const room = tightestRoom(chat.writing.value?.rooms ?? [], text);
  if (room !== null && room.used >= room.limit * COUNT_FROM) return <RoomCounter {...room} />;
  if (text.length < MAX_POST_UTF16 * COUNT_FROM) return null;
  return <span class="counter">{t('{n} characters left', { n: MAX_POST_UTF16 - text.length })}</span>;
}

function RoomCounter({ name, used, limit }: { readonly name: string; readonly used: number; readonly limit: number }) {
  if (used <= limit) return <span class="counter">{t('{name}: {n} of {most}', { name, n: used, most: limit })}</span>;
  const say =
    used <= limit * MOST_PARTS
      ? t('{name} takes {most} at once: it comes there in parts', { name, most: limit })
      : t('{name} takes {most} at once: its end is left out there', { name, most: limit });
  return <span class="counter">{say}</span>;
}
