import fc from 'fast-check';
import type { MessageEntity } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../bridges/telegram/decode-text.ts';
import { fullySpelled, reactionFor, reactionsOf } from '../../../bridges/telegram/emoji.ts';
import { encodeRich } from '../../../bridges/telegram/encode.ts';
import { placeOf, roomOf } from '../../../bridges/telegram/rooms.ts';
import { plainText } from '../../../core/domain/content.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import { isReactionEmoji } from '../../../core/pipeline/normalize.ts';
import { telegramFixtures } from './fixtures.ts';

describe('updates in the documented shape', () => {
  it.each(telegramFixtures().map((one) => [one.name, one] as const))('%s', (_, { decode, golden }) => {
    expect(JSON.parse(JSON.stringify(decode()))).toEqual(golden);
  });
});

describe('text with entities', () => {
  const types = [
    'bold',
    'italic',
    'code',
    'spoiler',
    'blockquote',
    'url',
    'hashtag',
    'custom_emoji',
    'novelty',
  ] as const;
  const entity = fc.record({
    type: fc.constantFrom(...types),
    offset: fc.integer({ min: -5, max: 80 }),
    length: fc.integer({ min: -5, max: 80 }),
  });

  it('keeps every character, whatever the entities say', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.array(entity, { maxLength: 30 }),
        (text, given) => {
          expect(plainText(decodeText(text, given as MessageEntity[]))).toBe(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('comes out as it went in, where both sides know the formatting', () => {
    const entities: MessageEntity[] = [
      { type: 'bold', offset: 3, length: 9 },
      { type: 'italic', offset: 5, length: 3 },
      { type: 'pre', offset: 14, length: 4, language: 'js' },
      { type: 'text_link', offset: 20, length: 4, url: 'https://example.com/' },
    ];
    const text = '🎧 bold and  code  link.';
    expect(encodeRich(decodeText(text, entities))).toEqual({ text, entities });
  });
});

it('spells every reaction as the hub knows emoji, and back', () => {
  for (const emoji of reactionsOf(null)) {
    expect(isReactionEmoji(fullySpelled(emoji)), emoji).toBe(true);
    expect(reactionFor(fullySpelled(emoji))).toBe(reactionFor(emoji));
  }
  expect(reactionFor('❤️')).toBe('❤');
  expect(reactionFor('🧿')).toBe(null);
  expect(reactionsOf(['❤']).toSorted()).toEqual(['❤', '❤️'].toSorted());
});

it('reads rooms as they are written, and takes nothing else for one', () => {
  for (const room of ['-1001234567890', '42', '-1001234567890/7']) {
    const place = placeOf(room as RoomId);
    expect(place && roomOf(place.chat, place.thread)).toBe(room);
  }
  for (const room of ['@vinyl', '', '1/', '1/2/3', '1e9', '12345678901234567890'])
    expect(placeOf(room as RoomId)).toBe(null);
});
