import { signal } from '@preact/signals';
import type { Dictionary } from './dictionary.ts';

/*
 * What the page says, in the language of whoever reads it. The English text is its own key: nothing stands twice, and
 * what is not translated yet is English. Another language is another file in `words/`.
 */
/** Languages with a file, by their own names. */
export const LANGUAGES = { en: 'English', fi: 'Suomi' } as const;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_CODES: readonly Language[] = ['en', 'fi'];

const KEY = 'slipmat.language';
const FILES: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ readonly default: Dictionary }>>> = {
  fi: () => import('./words/fi.ts'),
};

export const language = signal<Language>('en');
const dictionary = signal<Dictionary>({});

/** @param parts what stands in the text for `{name}` */
export function t(text: string, parts: Readonly<Record<string, string | number>> = {}): string {
  return filled(dictionary.value[text] ?? text, parts);
}

/** @param forms of the text by number, such as `{n} message|{n} messages`; as many as the language has */
export function plural(forms: string, n: number, parts: Readonly<Record<string, string | number>> = {}): string {
  const texts = (dictionary.value[forms] ?? forms).split('|');
  const isOne = new Intl.PluralRules(language.value).select(n) === 'one';
  return filled((isOne ? texts[0] : texts.at(-1)) ?? forms, { n, ...parts });
}

function filled(text: string, parts: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole));
}

/** What was chosen on this device, else what the browser asks for. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((one) => one.slice(0, 2));
  return wanted.find((one): one is Language => Object.hasOwn(LANGUAGES, one)) ?? 'en';
}

export async function speak(next: Language): Promise<void> {
  dictionary.value = next === 'en' ? {} : (await FILES[next]()).default;
  language.value = next;
  document.documentElement.lang = next;
}

export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  void speak(next);
}

/** Names a text that is put into the reader's language later, where it is shown. */
export function word(text: string): string {
  return text;
}
