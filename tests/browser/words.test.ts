import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dictionary } from '../../web/chat/dictionary.ts';

const CHAT = join(import.meta.dirname, '../../web/chat');

/** Every text that the chat puts into the reader's language. */
function textsOf(folder: string): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.startsWith('words'));
  const found = sources.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [...text.matchAll(/\b(?:t|word|plural)\(\s*'((?:[^'\\]|\\.)*)'/g)].map(([, one = '']) =>
      one.replaceAll("\\'", "'"),
    );
  });
  return new Set(found);
}

const texts = textsOf(CHAT);
const languages = readdirSync(join(CHAT, 'words')).map((file) => file.replace(/\.ts$/, ''));
const partsOf = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([part]) => part).toSorted();

describe.each(languages)('the dictionary %s', async (language) => {
  const { default: words }: { readonly default: Dictionary } = await import(`../../web/chat/words/${language}.ts`);

  it('has every text of the chat, and none that is gone', () => {
    expect(texts.size).toBeGreaterThan(150);
    expect([...texts].filter((text) => !Object.hasOwn(words, text))).toEqual([]);
    expect(Object.keys(words).filter((text) => !texts.has(text))).toEqual([]);
  });

  it('keeps what is filled in, in each form', () => {
    const wrong = Object.entries(words).filter(([text, said]) => {
      const wanted = new Set(partsOf(text));
      return said === '' || !said.split('|').every((form) => partsOf(form).every((part) => wanted.has(part)));
    });
    expect(wrong).toEqual([]);
    const lost = Object.entries(words).filter(([text, said]) => {
      return new Set(partsOf(text)).size !== new Set(partsOf(said)).size;
    });
    expect(lost).toEqual([]);
  });
});
