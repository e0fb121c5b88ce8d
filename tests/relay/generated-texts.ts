import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, type Rich } from '../../core/domain/content.ts';
import type { EpochMs, MessageId, UserId } from '../../core/domain/ids.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import { cleanContent } from '../../core/pipeline/normalize.ts';
import { compose } from '../../core/relay/compose.ts';
import { measure } from '../../core/relay/measure.ts';
import { MAX_PARTS } from '../../core/relay/split-text.ts';
import { anyRich, anyText } from './any-text.ts';
import { wrongIn } from './seen.ts';
import { type TextCodec, textCodecs } from './text-codecs.ts';

/** The same texts each time; another number by hand finds others. */
const SEED = Number(process.env.SLIPMAT_TEST_SEED ?? 1);

function message(rich: Rich, name: string): WireChatMessage {
  return {
    id: '01890000-0000-7000-8000-000000000000' as MessageId,
    author: { user: `u-${'a'.repeat(26)}` as UserId, name, platform: 'slipmat', avatarUrl: null, badge: null },
    content: cleanContent({ rich, attachments: [] }),
    replyTo: null,
    sentAt: 0 as EpochMs,
    revision: 0,
    editedAt: null,
    redaction: null,
  };
}

function partsFor(rich: Rich, name: string, { limits }: TextCodec): readonly Rich[] {
  return compose(message(rich, name), limits, false, { publicUrl: null }).parts;
}

/** What is left of a part once what says how much was left out is taken away. */
const CUT = / \.\.\. \(\d+ more characters\)$/;

/** @param count how many texts are made for each platform */
export function describeTexts(count: number): void {
  const each = { numRuns: count, seed: SEED };
  describe.each(textCodecs.map((codec) => [codec.name, codec] as const))(
    `${count} generated messages to %s`,
    (_, codec) => {
      it('fit, ping nobody, keep their letters and gain no formatting', () => {
        fc.assert(
          fc.property(anyRich, anyText, (rich, name) => {
            const parts = partsFor(rich, name, codec);
            expect(parts.length).toBeLessThanOrEqual(MAX_PARTS);
            for (const part of parts) {
              expect(measure(plainText(part), codec.limits.unit)).toBeLessThanOrEqual(codec.limits.text);
              const { seen, faults, meant = part } = codec.encode(part);
              expect(faults).toEqual([]);
              expect(wrongIn(meant, seen)).toBe(null);
            }
          }),
          each,
        );
      }, 600_000);

      it('are read, whatever somebody types', () => {
        fc.assert(
          fc.property(anyText, (text) => {
            expect(Array.isArray(codec.decode(text))).toBe(true);
          }),
          each,
        );
      }, 600_000);
    },
  );

  it(`${count} generated messages are split without losing a letter that is not counted as left out`, () => {
    const [codec] = textCodecs;
    if (codec === undefined) throw new Error('no codec');
    const short: TextCodec = { ...codec, limits: { ...codec.limits, text: 60, caption: 60, speaker: 'native' } };
    fc.assert(
      fc.property(anyRich, (rich) => {
        const parts = partsFor(rich, 'Ann', short);
        const said = parts.map(plainText).join('');
        const whole = cleanContent({ rich, attachments: [] }).rich;
        const isWhole = !CUT.test(said);
        expect(wrongIn(isWhole ? whole : [], parts.flat())).toBe(null);
      }),
      each,
    );
  }, 600_000);
}
