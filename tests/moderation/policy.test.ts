import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_RULES, type RuleSettings } from '../../core/domain/channel-settings.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { RANKS } from '../../core/domain/permission.ts';
import type { Sanction } from '../../core/domain/user.ts';
import { judge, policyOf, RULES } from '../../core/moderation/policy.ts';
import type { Facts } from '../../core/moderation/rule.ts';
import { foldRepeated } from '../../core/moderation/rules/repeated-text.ts';
import { createWordList } from '../../core/moderation/word-list.ts';
import { ANN, caseOf, NOW, verdictOn } from './case.ts';

describe('sanctioned users', () => {
  const until = (NOW + 600_000) as EpochMs;
  const sanction = { user: ANN, act: 'timeout', until } as const;
  it('say nothing until their timeout ends, and then speak again by themselves', () => {
    expect(verdictOn('hi', { sanction, now: (until - 1) as EpochMs }).kind).toBe('reject');
    expect(verdictOn('hi', { sanction, now: until }).kind).toBe('post');
  });
  it('are told for how long', () => {
    const verdict = verdictOn('hi', { sanction, now: (until - 61_000) as EpochMs });
    expect(verdict).toMatchObject({ findings: [{ say: 'You are timed out here for 2 more min.' }] });
  });
  it('stay out for good when banned, moderators too', () => {
    const banned = { user: ANN, act: 'ban', until: null } as const;
    expect(verdictOn('hi', { sanction: banned, now: 9e12 as EpochMs }).kind).toBe('reject');
    expect(verdictOn('hi', { sanction: banned, rank: 'moderator' }).kind).toBe('reject');
  });
});

describe('the rules', () => {
  const ago = (...seconds: readonly number[]) => seconds.map((one) => (NOW - one * 1_000) as EpochMs);
  const rules = (verdict: ReturnType<typeof verdictOn>) =>
    verdict.kind === 'post' ? [] : verdict.findings.map(({ rule, action }) => `${rule} ${action}`);

  it('stop a flood at the number that is set, and say when to go on', () => {
    const flood = { isOn: true, count: 3, seconds: 10 };
    expect(verdictOn('hi', { lately: ago(1, 2, 11) }, { flood }).kind).toBe('post');
    const verdict = verdictOn('hi', { lately: ago(1, 2, 6) }, { flood });
    expect(verdict).toMatchObject({ kind: 'reject', findings: [{ code: 'rate-limited', retryAfterMs: 4_000 }] });
    expect(verdictOn('hi', { lately: ago(1, 2, 6) }).kind).toBe('post');
  });

  it('judge the pace of what comes late by when it was said', () => {
    const flood = { isOn: true, count: 2, seconds: 10 };
    const saidAt = (NOW - 600_000) as EpochMs;
    expect(verdictOn('hi', { saidAt, lately: ago(0, 1, 2) }, { flood }).kind).toBe('post');
    expect(verdictOn('hi', { saidAt, lately: ago(601, 602) }, { flood }).kind).toBe('reject');
  });

  const link = [{ t: 'link', url: 'https://a.example/', children: [{ t: 'text', text: 'this' }] }] as const;
  it.each(['https://a.example/x', 'see www.a.example', 'come to discord.gg/abc', 'buy at shop.xyz now', link])(
    'hold a link of a newcomer: %j',
    (said) => {
      expect(rules(verdictOn(said, { isNewcomer: true }, { links: 'not-newcomers' }))).toEqual(['unwanted-links hold']);
      expect(verdictOn(said, {}, { links: 'not-newcomers' }).kind).toBe('post');
      expect(rules(verdictOn(said, {}, { links: 'none' }))).toEqual(['unwanted-links reject']);
      expect(verdictOn(said, { isNewcomer: true }, { links: 'all' }).kind).toBe('post');
    },
  );
  it.each(['no. really', '3.50 each', 'wait...what', 'v1.2.3', 'a.b.c', 'hello.world'])(
    'find no link in %j',
    (said) => {
      expect(verdictOn(said, {}, { links: 'none' }).kind).toBe('post');
    },
  );

  it('turn down a crowd of mentions, and leave addresses alone', () => {
    const mentions = { isOn: true, most: 2 };
    expect(verdictOn('@ann @ben', {}, { mentions }).kind).toBe('post');
    expect(rules(verdictOn('@ann @ben @cat', {}, { mentions }))).toEqual(['unwanted-mentions reject']);
    expect(verdictOn('a@x.example b@x.example c@x.example', {}, { mentions }).kind).toBe('post');
  });

  it('hold the words of the list, whatever letters they are written in, and no longer words that contain them', () => {
    const heldWords = ['scunthorpe spam', 'Grift'];
    for (const said of ['a GRIFT!', 'ａ ｇｒｉｆｔ', 'gri\u200bft', 'gr\u0456ft', 'so: Scunthorpe, spam']) {
      expect({ said, found: rules(verdictOn(said, {}, { heldWords })) }).toEqual({
        said,
        found: ['held-words hold'],
      });
    }
    for (const said of ['grifter', 'scunthorpe', 'spam scunthorpe']) {
      expect(verdictOn(said, {}, { heldWords }).kind).toBe('post');
    }
  });

  it('let crowds shout and repeat themselves unless the channel asks otherwise', () => {
    const said = 'ONE MORE TUNE PLEASE';
    expect(verdictOn(said, { lateTexts: [foldRepeated(said)] }).kind).toBe('post');
    expect(rules(verdictOn(said, {}, { shouting: true }))).toEqual(['shouting reject']);
    expect(verdictOn('OMG WOW', {}, { shouting: true }).kind).toBe('post');
    expect(
      rules(
        verdictOn(
          'One more  tune PLEASE',
          { lateTexts: [foldRepeated('one MORE tune please')] },
          { repeatedText: true },
        ),
      ),
    ).toEqual(['repeated-text reject']);
  });

  it('hold what people of bad standing say', () => {
    expect(rules(verdictOn('hi', { karma: -21 }, { holdBelowKarma: -20 }))).toEqual(['low-karma hold']);
    expect(verdictOn('hi', { karma: -20 }, { holdBelowKarma: -20 }).kind).toBe('post');
    expect(verdictOn('hi', { karma: -500 }, { holdBelowKarma: null }).kind).toBe('post');
  });

  it('in shield mode hold newcomers and take no links', () => {
    expect(rules(verdictOn('hi', { isShielded: true, isNewcomer: true }))).toEqual(['shielded-channel hold']);
    expect(verdictOn('hi', { isShielded: true }).kind).toBe('post');
    expect(rules(verdictOn('https://a.example', { isShielded: true }))).toEqual(['shielded-channel reject']);
  });

  it('together give the strictest verdict, with all that was found', () => {
    const settings = { heldWords: ['grift'], links: 'not-newcomers', mentions: { isOn: true, most: 0 } } as const;
    const verdict = verdictOn('@ann grift https://a.example', { isNewcomer: true, karma: -30 }, settings);
    expect(verdict.kind).toBe('reject');
    expect(rules(verdict)).toEqual(['unwanted-mentions reject', 'unwanted-links hold', 'held-words hold']);
  });

  it('are not for moderators, DJs and admins', () => {
    const settings = { heldWords: ['grift'], links: 'none', flood: { isOn: true, count: 1, seconds: 10 } } as const;
    for (const rank of RANKS) {
      const isFree = rank === 'moderator' || rank === 'dj' || rank === 'admin';
      const verdict = verdictOn('grift https://a.example', { rank, isShielded: true, lately: ago(1) }, settings);
      expect({ rank, kind: verdict.kind }).toEqual({ rank, kind: isFree ? 'post' : 'reject' });
    }
  });
});

const settings: fc.Arbitrary<RuleSettings> = fc.record({
  flood: fc.record({
    isOn: fc.boolean(),
    count: fc.integer({ min: 1, max: 16 }),
    seconds: fc.integer({ min: 1, max: 120 }),
  }),
  links: fc.constantFrom('all' as const, 'not-newcomers' as const, 'none' as const),
  mentions: fc.record({ isOn: fc.boolean(), most: fc.nat({ max: 50 }) }),
  shouting: fc.boolean(),
  repeatedText: fc.boolean(),
  heldWords: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 4 }),
  holdBelowKarma: fc.option(fc.integer({ min: -100, max: 0 })),
});
const time = fc.integer({ min: -200_000, max: 200_000 }).map((off) => (NOW + off) as EpochMs);
const facts: fc.Arbitrary<Partial<Facts>> = fc.record({
  sanction: fc.option(
    fc.record({
      user: fc.constant(ANN),
      act: fc.constantFrom('timeout' as const, 'ban' as const),
      until: fc.option(time),
    }),
  ) as fc.Arbitrary<Sanction | null>,
  rank: fc.constantFrom(...RANKS),
  karma: fc.integer({ min: -100, max: 100 }),
  isNewcomer: fc.boolean(),
  isShielded: fc.boolean(),
  saidAt: time,
  lately: fc.array(time, { maxLength: 16 }),
  lateTexts: fc.array(fc.string(), { maxLength: 3 }),
});
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constant('@a http://b.example'),
);

describe('whatever is said by whomever', () => {
  it('a word of the list is found in plain letters as it is among any others', () => {
    const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
    fc.assert(
      fc.property(plain, fc.array(plain, { maxLength: 4 }), (said, listed) => {
        const list = createWordList(listed);
        // one character outside ASCII, which stands alone and is on no list, leads by the other way
        expect(list.find(`${said} \u2605`)).toBe(list.find(`${said} `));
      }),
    );
  });

  it('every rule gives the same finding for the same case and never throws', () => {
    fc.assert(
      fc.property(text, facts, settings, (said, known, set) => {
        const subject = caseOf(said, known);
        const policy = policyOf(set);
        for (const rule of RULES) expect(rule(subject, policy)).toEqual(rule(subject, policy));
      }),
    );
  });

  it('the verdict is the strictest of what the rules found, and nothing found is lost', () => {
    fc.assert(
      fc.property(text, facts, settings, (said, known, set) => {
        const subject = caseOf(said, { ...known, rank: 'listener' });
        const policy = policyOf(set);
        const found = RULES.flatMap((rule) => rule(subject, policy) ?? []);
        const verdict = judge(subject, policy);
        const strictest = found.some(({ action }) => action === 'reject') ? 'reject' : 'hold';
        expect(verdict.kind).toBe(found.length === 0 ? 'post' : strictest);
        if (verdict.kind !== 'post') expect(new Set(verdict.findings)).toEqual(new Set(found));
      }),
    );
  });

  it('with all rules off only a sanction stops anybody', () => {
    fc.assert(
      fc.property(text, facts, (said, known) => {
        const calm = { ...known, sanction: null, isShielded: false };
        expect(judge(caseOf(said, calm), policyOf(NO_RULES))).toEqual({ kind: 'post' });
      }),
    );
  });
});
