import type { Chat } from '../state/chat.ts';
import { closeOverlay, overlay } from '../state/overlay.ts';
import { chooseTheme, type Theme, theme } from '../theme.ts';
import { chooseLanguage, LANGUAGE_CODES, LANGUAGES, language, t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';

const THEMES: readonly { readonly name: Theme; readonly label: string }[] = [
  { name: 'system', label: word('System') },
  { name: 'light', label: word('Light') },
  { name: 'dark', label: word('Dark') },
];

export default function Settings({ chat, onSignOut }: { readonly chat: Chat; readonly onSignOut: () => void }) {
  const you = chat.you.value;
  return (
    <Dialog title={t('Settings')} onClose={closeOverlay}>
      <fieldset class="plain">
        <legend>{t('Appearance')}</legend>
        <div class="choice-row">
          {THEMES.map(({ name, label }) => (
            <button key={name} type="button" aria-pressed={theme.value === name} onClick={() => chooseTheme(name)}>
              {t(label)}
            </button>
          ))}
        </div>
      </fieldset>
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
