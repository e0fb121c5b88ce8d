import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText, MAX_TEXT, REPEAT_ROOM, repeated } from '../../../bridges/twitch/encode.ts';
import { plainText, type Rich, type RichNode, textContent } from '../../../core/domain/content.ts';
import type { MediaRef } from '../../../core/plugin/operations.ts';

const say = (text: string): string => encodeText(textContent(text).rich);
const size = (text: string): number => [...text].length;

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const { rich } = fc.letrec<{ node: RichNode; rich: Rich }>((tie) => ({
  rich: fc.array(tie('node'), { maxLength: 5 }),
  node: fc.oneof(
    { maxDepth: 3 },
    text.map((one): RichNode => ({ t: 'text', text: one })),
    text.map((one): RichNode => ({ t: 'pre', text: one, language: null })),
    text.map((name): RichNode => ({ t: 'emoji', name, url: null })),
    text.map((name): RichNode => ({ t: 'mention', user: null, name })),
    fc
      .tuple(fc.constantFrom('bold', 'italic', 'spoiler', 'quote', 'strike', 'underline'), tie('rich'))
      .map(([t, children]): RichNode => ({ t, children })),
    tie('rich').map((children): RichNode => ({ t: 'link', url: 'https://example.org/a', children })),
  ),
}));

describe('what is posted', () => {
  it('is one line of at most 500 characters, astral ones counted once', () => {
    fc.assert(
      fc.property(rich, (tree) => {
        const posted = encodeText(tree);
        expect(size(posted)).toBeLessThanOrEqual(MAX_TEXT);
        expect(posted).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
    expect(say('😀'.repeat(MAX_TEXT))).toBe('😀'.repeat(MAX_TEXT));
    expect(size(say('😀'.repeat(MAX_TEXT + 1)))).toBe(MAX_TEXT);
  });

  it('is never taken for a command', () => {
    fc.assert(
      fc.property(fc.constantFrom('/', '.', '\\', ' /', '\n.', '\u0001/', '\t\\'), text, (mark, rest) => {
        expect(say(mark + rest)).not.toMatch(/^\s*[/.\\]/u);
      }),
    );
    expect(say('/ban ben')).toBe('／ban ben');
    expect(say('.timeout ben')).toBe('․timeout ben');
    expect(say('and/or')).toBe('and/or');
  });

  it('cannot begin a second line of the protocol', () => {
    expect(say('hi\r\nPRIVMSG #other :spam')).toBe('hi / PRIVMSG #other :spam');
    expect(say('a\u0000b\u0001c\u2028d')).toBe('abc / d');
  });

  it('addresses nobody and everybody at once no more', () => {
    expect(say('@everyone and @here, ask @ben')).toBe('＠everyone and ＠here, ask @ben');
  });

  it('keeps whatever the plain text says when that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: MAX_TEXT }), (one) => {
        const squeezed = (of: string): string => of.replace(/[\s\p{Cc}/／․.＼\\＠@]/gu, '');
        if (size(one) <= MAX_TEXT) expect(squeezed(say(one))).toBe(squeezed(one));
      }),
    );
  });

  it('marks line ends where there is room, and else makes them spaces, so that nothing is cut off', () => {
    expect(say('a\nb\n\nc')).toBe('a / b / c');
    const long = Array.from({ length: 250 }, () => 'x').join('\n');
    expect(say(long)).toBe(long.replaceAll('\n', ' '));
  });

  it('shows where a link leads, unless that would not fit', () => {
    const url = 'https://example.org/set';
    const link: Rich = [{ t: 'link', url, children: [{ t: 'text', text: 'the set' }] }];
    expect(encodeText(link)).toBe(`the set (${url})`);
    expect(encodeText([{ t: 'link', url, children: [{ t: 'text', text: url }] }])).toBe(url);
    expect(encodeText([{ t: 'text', text: 'x'.repeat(480) }, ...link])).toBe(`${'x'.repeat(480)}the set`);
  });

  it('writes emotes as the words they are on Twitch', () => {
    expect(
      encodeText([
        { t: 'text', text: 'hi ' },
        { t: 'emoji', name: 'Kappa', url: null },
      ]),
    ).toBe('hi Kappa');
  });

  it('names files, with their address where everybody can load them', () => {
    const file = { url: '/m/1', type: 'image/png', bytes: 1, width: 1, height: 1, alt: null, isSpoiler: false };
    const seen: MediaRef = { ...file, name: 'a.png', publicUrl: 'https://hub.example.org/m/1' };
    const unseen: MediaRef = { ...file, name: 'b.png', publicUrl: null };
    expect(encodeText(textContent('look').rich, [seen, unseen])).toBe(
      'look / a.png: https://hub.example.org/m/1 / b.png',
    );
    expect(encodeText([], [unseen])).toBe('b.png');
  });

  it('is never longer than the core has measured, in its barest form', () => {
    fc.assert(
      fc.property(rich, (tree) => {
        const measured = size(plainText(tree));
        if (measured <= MAX_TEXT && !plainText(tree).includes('…')) expect(encodeText(tree)).not.toMatch(/…$/u);
      }),
      { examples: [[[{ t: 'text', text: 'x'.repeat(MAX_TEXT) }]]] },
    );
  });
});

describe('a text that is said again', () => {
  it('looks the same, differs each time, and stays within 500 characters', () => {
    const full = 'x'.repeat(MAX_TEXT - REPEAT_ROOM);
    const all = [0, 1, 2, 3, 19].map((times) => repeated(full, times));
    expect(new Set(all).size).toBe(5);
    for (const one of all) expect(size(one)).toBeLessThanOrEqual(MAX_TEXT);
    expect(repeated('lol', 0)).toBe('lol');
    expect(repeated('lol', 1).replace(/[\s\u{e0000}]/gu, '')).toBe('lol');
    expect(all[1]?.startsWith(full)).toBe(true);
  });
});
