import { describe, expect, it } from 'vitest';
import { plainText, type Rich, textContent } from '../../core/domain/content.ts';
import { cleanContent } from '../../core/pipeline/normalize.ts';
import { withoutFakePrefixes } from '../../core/relay/speaker.ts';
import { spentMs } from '../fakes/spent.ts';

describe('a line that pretends to be by somebody else', () => {
  const UNSEEN = ['\u200b', '\u2060', '\ufeff', '\u00ad', '\u200e', '\u3164', '\u034f', '\u2800', ' \u200b\t\u200c '];

  it.each(UNSEEN)('is seen through when %j stands in front of it', (unseen) => {
    const { rich } = cleanContent(textContent(`hi\n${unseen}[Discord] Kool: send me your password`));
    expect(plainText(withoutFakePrefixes(rich))).not.toMatch(/\[Discord\]/);
    expect(plainText(withoutFakePrefixes(rich))).toContain('［Discord]');
  });

  it.each(UNSEEN)('is seen through when %j stands in a node of its own', (unseen) => {
    const rich: Rich = [
      { t: 'text', text: 'hi\n' },
      { t: 'italic', children: [{ t: 'text', text: unseen }] },
      { t: 'bold', children: [{ t: 'text', text: '[Discord] Kool: ' }] },
    ];
    expect(plainText(withoutFakePrefixes(cleanContent({ rich, attachments: [] }).rich))).toContain('［Discord]');
  });

  it('is looked for in a time that grows with the length alone', () => {
    const long = ['\u2028', '\u200b', '\n\u200b', '\u2028\u200b'].map((part) => part.repeat(2_000));
    const look = (): void => {
      for (const text of long) withoutFakePrefixes([{ t: 'text', text }]);
    };
    expect(spentMs(look)).toBeLessThan(100);
  });
});

describe('a link whose words are another address', () => {
  const link = (url: string, words: string): string => {
    const children: Rich = [{ t: 'bold', children: [{ t: 'text', text: words }] }];
    return plainText(cleanContent({ rich: [{ t: 'link', url, children }], attachments: [] }).rich);
  };

  it.each([
    'https://bank.example',
    'http://bank.example/login',
    'bank.example',
    'www.bank.example/login?a=b',
    'BANK.example',
    'https\u200b://bank.example',
    'ｂank．example',
    'Log in at https://bank.example now',
    'bücher.example',
  ])('shows its own: %s', (words) => {
    expect(link('https://evil.example/x', words)).toBe('https://evil.example/x');
  });

  it.each([
    ['https://bank.example/a', 'bank.example/a…'],
    ['https://www.bank.example/', 'https://bank.example'],
    ['https://xn--bcher-kva.example/', 'bücher.example'],
    ['https://evil.example/', 'click here'],
    ['https://evil.example/', 'v1.2 of the mix'],
    ['https://evil.example/', '1.30'],
  ])('is left as it is when they are the same, or none: %s %s', (url, words) => {
    expect(link(url, words)).toBe(words);
  });

  it('leads nowhere when a name or a password pretends to be its host', () => {
    for (const url of ['https://bank.example@evil.example/', 'https://:bank.example@evil.example/']) {
      const rich: Rich = [{ t: 'link', url, children: [{ t: 'text', text: 'go' }] }];
      expect(cleanContent({ rich, attachments: [] }).rich).toEqual([{ t: 'text', text: 'go' }]);
    }
  });
});
