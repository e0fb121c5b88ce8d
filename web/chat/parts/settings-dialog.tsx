import type { Signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Related } from '../../../core/plugin/asked/self.ts';
import type { Chat } from '../state/chat.ts';
import { canNotify } from '../state/notify.ts';
import { closeOverlay, overlay } from '../state/overlay.ts';
import {
  DENSITIES,
  density,
  holdStill,
  NOTIFY,
  notify,
  ON_OFF,
  SPEECH,
  speech,
  TEXT_SIZES,
  textSize,
} from '../state/prefs.ts';
import { toast } from '../state/toast.ts';
import { isUnnoticed, setUnnoticed } from '../state/unnoticed.ts';
import { chooseTheme, THEMES, theme } from '../theme.ts';
import { chooseLanguage, LANGUAGE_CODES, LANGUAGES, language, t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { OfChannel } from './settings-of-channel.tsx';

const LABELS = {
  system: word('System'),
  light: word('Light'),
  dark: word('Dark'),
  contrast: word('High contrast'),
  small: word('Small'),
  normal: word('Normal'),
  large: word('Large'),
  huge: word('Very large'),
  cosy: word('Cosy'),
  compact: word('Compact'),
  auto: word('All; only mentions when it is busy'),
  all: word('All messages'),
  mentions: word('Mentions and private messages'),
  none: word('None'),
  on: word('On'),
  off: word('Off'),
} as const;

export default function Settings({ chat, onSignOut }: { readonly chat: Chat; readonly onSignOut: () => void }) {
  const you = chat.you.value;
  return (
    <Dialog title={t('Settings')} kind="settings" onClose={closeOverlay}>
      <Buttons title={t('Appearance')} words={THEMES} value={theme.value} onChoose={chooseTheme} />
      <Buttons title={t('Text size')} words={TEXT_SIZES} value={textSize.value} onChoose={into(textSize)} />
      <Buttons title={t('Rows')} words={DENSITIES} value={density.value} onChoose={into(density)} />
      <Buttons
        title={t('Hold the list still while I am at the actions of a message')}
        words={ON_OFF}
        value={holdStill.value}
        onChoose={into(holdStill)}
      />
      <Notifications />
      <OfChannel chat={chat} />
      <Field title={t('Read out by a screen reader')} words={SPEECH} value={speech.value} onChoose={into(speech)} />
      <label class="field">
        <span>{t('Language')}</span>
        <select
          class="input"
          value={language.value}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            for (const one of LANGUAGE_CODES) if (one === chosen) chooseLanguage(one);
          }}
        >
          {LANGUAGE_CODES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGES[one]}
            </option>
          ))}
        </select>
      </label>
      {you?.isAdmin === true && (
        <Buttons
          title={t('Read public channels unnoticed')}
          words={ON_OFF}
          value={isUnnoticed() ? 'on' : 'off'}
          onChoose={(next) => {
            setUnnoticed(next === 'on');
            // channels are come into anew
            location.reload();
          }}
        />
      )}
      {you?.isGuest === false && <Hidden chat={chat} />}
      <button
        type="button"
        class="menu-item"
        onClick={() => {
          overlay.value = { kind: 'keys' };
        }}
      >
        <Icon name="keyboard" />
        <span class="grow">{t('Keyboard shortcuts')}</span>
        <kbd>?</kbd>
      </button>
      {you !== null && !you.isGuest && (
        <button type="button" class="menu-item danger" onClick={onSignOut}>
          <Icon name="leave" />
          <span class="grow">{t('Sign out {name}', { name: you.name })}</span>
        </button>
      )}
    </Dialog>
  );
}

interface Choice<Word extends keyof typeof LABELS> {
  readonly title: string;
  readonly words: readonly Word[];
  readonly value: Word;
  readonly onChoose: (word: Word) => void;
}

function Buttons<Word extends keyof typeof LABELS>({ title, words, value, onChoose }: Choice<Word>) {
  return (
    <fieldset class="plain">
      <legend>{title}</legend>
      <div class="choice-row">
        {words.map((one) => (
          <button key={one} type="button" aria-pressed={value === one} onClick={() => onChoose(one)}>
            {t(LABELS[one])}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Field<Word extends keyof typeof LABELS>({ title, words, value, onChoose }: Choice<Word>) {
  return (
    <label class="field">
      <span>{title}</span>
      <select
        class="input"
        value={value}
        onChange={(event) => {
          const chosen = words.find((one) => one === event.currentTarget.value);
          if (chosen !== undefined) onChoose(chosen);
        }}
      >
        {words.map((one) => (
          <option key={one} value={one}>
            {t(LABELS[one])}
          </option>
        ))}
      </select>
    </label>
  );
}

function into<Word>(chosen: Signal<Word>): (word: Word) => void {
  return (next) => {
    chosen.value = next;
  };
}

/** The browser is asked for its permission by a press on one of these alone. */
function Notifications() {
  const [problem, setProblem] = useState('');
  async function choose(next: (typeof NOTIFY)[number]): Promise<void> {
    setProblem('');
    if (next === 'off') notify.value = next;
    else if (!canNotify()) setProblem(t('This browser has no notifications.'));
    else if ((await Notification.requestPermission()) === 'granted') notify.value = next;
    else
      setProblem(t('This browser does not allow them. Allow them beside the address of this page, then choose again.'));
  }
  return (
    <div>
      <Field
        title={t('Notify me while I am not looking')}
        words={NOTIFY}
        value={notify.value}
        onChoose={(next) => void choose(next)}
      />
      <p class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

/** Everybody muted or blocked, each with the way back. */
function Hidden({ chat }: { readonly chat: Chat }) {
  const [{ muted, blocked }, setRelations] = useState(chat.relations());
  async function undo(kind: 'unmute' | 'unblock', { user }: Related): Promise<void> {
    const answer = await chat.client.do(kind, { user, channel: null });
    if (!answer.ok) return toast(answer.say);
    const now = await chat.client.ask('relations', {});
    if (now.ok) setRelations(now.value);
  }
  const rows = [
    ...muted.map((one) => ({ one, kind: 'unmute' as const, label: t('Unmute') })),
    ...blocked.map((one) => ({ one, kind: 'unblock' as const, label: t('Unblock') })),
  ];
  if (rows.length === 0) return null;
  return (
    <fieldset class="plain">
      <legend>{t('Muted and blocked')}</legend>
      <ul>
        {rows.map(({ one, kind, label }) => (
          <li key={`${kind} ${one.user}`} class="invitation">
            <span>{one.name ?? one.user}</span>
            <button type="button" class="button" onClick={() => void undo(kind, one)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
