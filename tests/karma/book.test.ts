import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKarmaBook } from '../../core/community/karma/book.ts';
import { createKarmaGiver } from '../../core/community/karma/give.ts';
import type { EpochMs, MessageId, UserId } from '../../core/domain/ids.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import { balanceOf, DAY_MS, type DatedLine } from '../../core/domain/karma.ts';
import { ANN, anyLines, line, NOW } from './lines.ts';

function movable() {
  let now: number = NOW;
  const forward = (ms: number): void => {
    now += ms;
  };
  return { clock: { now: () => now as EpochMs }, forward };
}

function actor(user: string, more: Partial<Actor> = {}): Actor {
  return {
    user: user as UserId,
    name: user,
    platform: 'slipmat',
    avatarUrl: null,
    isGuest: false,
    isBot: false,
    ...more,
  };
}

describe('the book of karma', () => {
  it('says of any lines what the rules say, before and after it was tidied, and however late it heard of them', () => {
    fc.assert(
      fc.property(anyLines, anyLines, fc.array(fc.nat(40), { maxLength: 4 }), (first, second, days) => {
        const { clock, forward } = movable();
        const book = createKarmaBook({ clock });
        for (const one of first) book.add(one);
        expect(book.karmaOf(ANN)).toBe(balanceOf(first, clock.now()));
        // good lines of days long past are added up, so that they come once: as they do
        const late = second.filter(({ points, at }) => points < 0 || at > NOW - DAY_MS);
        book.sweep();
        for (const one of late) book.add(one);
        const all: DatedLine[] = [...first, ...late];
        const isTold = late.some((one) => first.some((other) => other.points > 0 && one.cause === other.cause));
        fc.pre(!isTold);
        expect(book.karmaOf(ANN)).toBe(balanceOf(all, clock.now()));
        for (const ahead of days) {
          forward(ahead * DAY_MS);
          book.sweep();
          expect(book.karmaOf(ANN)).toBe(balanceOf(all, clock.now()));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps nothing of anybody once all of it counts no more', () => {
    const { clock, forward } = movable();
    const book = createKarmaBook({ clock });
    book.add(line('ban', -30));
    forward(70 * DAY_MS);
    book.sweep();
    expect(book.karmaOf(ANN)).toBe(0);
    expect(book.timeoutsSince(ANN, 0 as EpochMs)).toBe(0);
  });

  it('counts timeouts of a time, without those that were undone', () => {
    const { clock } = movable();
    const book = createKarmaBook({ clock });
    const since = (NOW - DAY_MS) as EpochMs;
    book.add(line('timeout', -5, { cause: 'a', at: (NOW - 2 * DAY_MS) as EpochMs }));
    book.add(line('timeout', -5, { cause: 'b' }));
    book.add(line('timeout', -8, { cause: 'c' }));
    expect(book.timeoutsSince(ANN, since)).toBe(2);
    book.add(line('undone', 0, { cause: 'b' }));
    expect(book.timeoutsSince(ANN, since)).toBe(1);
  });

  it('takes several accounts of one person for one', () => {
    const { clock } = movable();
    const other = 'u-other' as UserId;
    const book = createKarmaBook({ clock, sameAs: (user) => (user === ANN || user === other ? [ANN, other] : [user]) });
    book.add(line('timeout', -5, { cause: 'a' }));
    expect(book.karmaOf(other)).toBe(-5);
    book.add(line('timeout', -8, { cause: 'b', user: other }));
    expect([book.karmaOf(ANN), book.karmaOf(other)]).toEqual([-13, -13]);
  });
});

describe('good points', () => {
  const MESSAGE = 'm1' as MessageId;
  const rig = () => {
    const { clock, forward } = movable();
    const book = createKarmaBook({ clock });
    const giver = createKarmaGiver(book, clock);
    const take = (lines: readonly Omit<DatedLine, 'at'>[]) => {
      for (const one of lines) book.add({ ...one, at: clock.now() });
    };
    return { book, giver, take, forward };
  };

  it('come once a day for writing in good order, not to guests and bots, and not on a bad day', () => {
    const { book, giver, take, forward } = rig();
    expect(giver.forPost(actor('u-g', { isGuest: true }))).toEqual([]);
    expect(giver.forPost(actor('u-g', { isBot: true }))).toEqual([]);
    take(giver.forPost(actor(ANN)));
    expect(giver.forPost(actor(ANN))).toEqual([]);
    expect(book.karmaOf(ANN)).toBe(1);
    forward(DAY_MS);
    book.add(line('timeout', -5, { at: (NOW + DAY_MS) as EpochMs }));
    expect(giver.forPost(actor(ANN))).toEqual([]);
    forward(DAY_MS + 1);
    expect(giver.forPost(actor(ANN))).toHaveLength(1);
  });

  it('come from reactions of others that mean well, once for a message, never from oneself', () => {
    const { book, giver, take } = rig();
    const give = (by: Actor, emoji: string, message = MESSAGE) => take(giver.forReaction(by, ANN, message, emoji));
    give(actor(ANN), '🔥');
    give(actor('u-b'), '👎');
    give(actor('u-b', { isGuest: true }), '🔥');
    expect(book.karmaOf(ANN)).toBe(0);
    give(actor('u-b'), '👍🏽');
    give(actor('u-b'), '👍🏽');
    expect(book.karmaOf(ANN)).toBe(1);
    give(actor('u-c'), '❤️');
    expect(book.karmaOf(ANN)).toBe(3);
  });

  it('are not written down any more once nothing more counts today, so that the ledger stays small', () => {
    const { book, giver, take } = rig();
    const given = Array.from({ length: 200 }, (_, n) => {
      const lines = giver.forReaction(actor(`u-${n % 20}`), ANN, `m${n}` as MessageId, '🔥');
      take(lines);
      return lines.length;
    });
    expect(given.reduce((sum, one) => sum + one, 0)).toBe(10);
    expect(book.karmaOf(ANN)).toBe(10);
  });

  it('are not for those to give who stand badly themselves', () => {
    const { book, giver } = rig();
    book.add(line('timeout', -5, { user: 'u-b' as UserId }));
    expect(giver.forReaction(actor('u-b'), ANN, MESSAGE, '🙏')).toEqual([]);
  });
});
