import type { Author } from '../../../core/domain/message.ts';
import { nameColour } from '../colour.ts';
import { platformLetters, platformName } from '../platforms.ts';
import { overlay, type Shown } from '../state/overlay.ts';
import { t, word } from '../words.ts';

const NATIVE = 'slipmat';
const BADGES: Readonly<Record<NonNullable<Author['badge']>, string>> = {
  admin: word('Admin'),
  dj: word('DJ'),
  moderator: word('Mod'),
  bot: word('Bot'),
  guest: word('Guest'),
};
const SPOKEN_BADGES: Readonly<Record<NonNullable<Author['badge']>, string>> = {
  admin: word('administrator'),
  dj: word('DJ'),
  moderator: word('moderator'),
  bot: word('bot'),
  guest: word('guest'),
};

/** Custom properties with somebody's colour in both themes; for an element of class `tinted`. */
export function tint(user: string): Record<string, string> {
  const { light, dark } = nameColour(user);
  return { '--on-light': light, '--on-dark': dark };
}

export function Disc({ name, isSmall = false }: { readonly name: string; readonly isSmall?: boolean }) {
  return (
    <span class={isSmall ? 'disc small' : 'disc'} aria-hidden="true">
      {initial(name)}
    </span>
  );
}

/** Where somebody writes from. Those of this hub need no sign. */
export function PlatformBadge({ platform }: { readonly platform: string }) {
  if (platform === NATIVE) return null;
  const name = platformName(platform);
  return (
    <span class="platform" title={t('From {name}', { name })}>
      <span aria-hidden="true">{platformLetters(platform)}</span>
      <span class="sr">{t('from {name}', { name })}</span>
    </span>
  );
}

/** A name that opens the card of whoever bears it. */
export function NameButton({ person }: { readonly person: Shown }) {
  return (
    <button
      type="button"
      class="name"
      title={t('About {name}', { name: person.name })}
      onClick={() => {
        overlay.value = { kind: 'person', person };
      }}
    >
      {person.name}
    </button>
  );
}

/** Beside a name that others could take for that of somebody with a role. */
export function LookalikeMark({ author }: { readonly author: Author }) {
  if (author.looksLikeStaff !== true) return null;
  return (
    <span class="badge lookalike" title={t(LOOKALIKE)}>
      <span aria-hidden="true">{t('not staff')}</span>
      <span class="sr">{t(LOOKALIKE)}</span>
    </span>
  );
}
const LOOKALIKE = word('The name looks like that of somebody with a role here, who is another');

export function RoleBadge({ badge }: { readonly badge: Author['badge'] }) {
  return badge === null ? null : <span class={`badge ${badge}`}>{t(BADGES[badge])}</span>;
}

/** `Ana, moderator, Twitch` */
export function spokenAuthor(author: Author): string {
  const parts = [author.name];
  if (author.badge !== null) parts.push(t(SPOKEN_BADGES[author.badge]));
  if (author.looksLikeStaff === true) parts.push(t('not staff'));
  if (author.platform !== NATIVE) parts.push(platformName(author.platform));
  return parts.join(', ');
}

function initial(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  return (first?.segment ?? '?').toLocaleUpperCase();
}
