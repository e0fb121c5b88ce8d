import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainText, type Rich, textContent } from '../../core/domain/content.ts';
import { prefixOf, tameName, withoutFakePrefixes } from '../../core/relay/speaker.ts';

it('names the platform and the person', () => {
  expect(prefixOf({ name: 'Ann', platform: 'discord' })).toBe('[Discord] Ann: ');
  const label = (platform: string): string => platform.toUpperCase();
  expect(prefixOf({ name: 'ida', platform: 'irc' }, label)).toBe('[IRC] ida: ');
});

it('cannot be faked or broken by a name, whatever it is', () => {
  const nasty = fc.string({ unit: fc.constantFrom(...'@[]:<> \n\r\u202e\u200b\u2028abA#😀') });
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (name) => {
      const prefix = prefixOf({ name, platform: 'twitch' });
      expect(prefix).toMatch(/^\[Twitch\] [^@[\]:<>\p{Cc}\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]+: $/u);
      expect(prefix.length).toBeLessThan(1_000);
    }),
    { numRuns: 500 },
  );
});

it('keeps names of every script and emoji as they are', () => {
  for (const name of ['Zoë', '李雷', 'محمد', 'DJ 👨‍👩‍👧', "O'Neil_7"]) expect(tameName(name)).toBe(name);
});

it('names nobody "somebody" rather than nothing', () => {
  expect(tameName('\u200b \n')).toBe('somebody');
});

it('takes the bracket from a later line that looks like a prefix', () => {
  const body = withoutFakePrefixes(textContent('hi\n[Twitch] Kool: buy now\n  [x] y: z').rich);
  expect(plainText(body)).toBe('hi\n［Twitch] Kool: buy now\n  ［x] y: z');
});

it('finds a faked line across markup, in quotes and in code', () => {
  const body: Rich = [
    { t: 'text', text: 'hi\n' },
    { t: 'bold', children: [{ t: 'text', text: '[Twitch] Kool: ' }] },
    { t: 'pre', text: '[Discord] Kool: x', language: null },
    { t: 'quote', children: [{ t: 'text', text: '[Discord] Kool: x' }] },
  ];
  expect(plainText(withoutFakePrefixes(body))).toBe('hi\n［Twitch] Kool: ［Discord] Kool: x［Discord] Kool: x');
});

it('leaves brackets within a line alone', () => {
  const rich = textContent('see [1] and [2]').rich;
  expect(withoutFakePrefixes(rich)).toEqual(rich);
});
