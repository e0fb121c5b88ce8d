import { language, t } from '../words.ts';

/** `Ana is writing …`; more than three are just several people. */
export function TypingNote({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  if (names.length > 3) return <span>{t('Several people are writing …')}</span>;
  const list = new Intl.ListFormat(language.value, { type: 'conjunction' }).format(names);
  const note =
    names.length === 1 ? t('{names} is writing …', { names: list }) : t('{names} are writing …', { names: list });
  return <span>{note}</span>;
}
