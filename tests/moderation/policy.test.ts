import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newMessageId, userIdOf } from '../../core/async/mint.ts';
import { textContent } from '../../core/domain/content.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import type { Sanction } from '../../core/domain/user.ts';
import { judge, RULES } from '../../core/moderation/policy.ts';
import type { Case } from '../../core/moderation/rule.ts';
import { normalize } from '../../core/pipeline/normalize.ts';

const user = userIdOf('x', 'ann' as never);
function caseAt(now: number, sanction: Sanction | null, text = 'hello'): Case {
  const author = { user, name: 'Ann', platform: 'x', avatarUrl: null, badge: null };
  const channel = { id: 'lobby' as never, kind: 'mega', name: 'Lobby', topic: '', owner: null, state: 'open' } as const;
  const origin = { bridge: 'x' as never, ref: null };
  const addressed = { channel, author, content: textContent(text), replyTo: null, origin };
  return { message: normalize(addressed, now as EpochMs, newMessageId()), facts: { now: now as EpochMs, sanction } };
}

describe('sanctioned users', () => {
  const until = 600_000 as EpochMs;
  it('say nothing until their timeout ends, and then speak again by themselves', () => {
    const sanction = { user, act: 'timeout', until } as const;
    expect(judge(caseAt(until - 1, sanction), {}).kind).toBe('reject');
    expect(judge(caseAt(until, sanction), {}).kind).toBe('post');
  });
  it('are told for how long', () => {
    const verdict = judge(caseAt(until - 61_000, { user, act: 'timeout', until }), {});
    expect(verdict).toMatchObject({ findings: [{ say: 'You are timed out here for 2 more min.' }] });
  });
  it('stay out for good when banned', () => {
    expect(judge(caseAt(9e12, { user, act: 'ban', until: null }), {}).kind).toBe('reject');
  });
});

it('every rule gives the same finding for the same case and never throws', () => {
  fc.assert(
    fc.property(fc.nat(), fc.option(fc.nat()), fc.string({ unit: 'binary' }), (now, until, text) => {
      const subject = caseAt(
        now,
        { user, act: until === null ? 'ban' : 'timeout', until: until as EpochMs | null },
        text,
      );
      for (const rule of RULES) expect(rule(subject, {})).toEqual(rule(subject, {}));
    }),
  );
});
