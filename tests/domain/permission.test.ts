import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNEL_KINDS, isPublic } from '../../core/domain/channel.ts';
import { ACTS, may, outranks, RANKS, type Standing } from '../../core/domain/permission.ts';

const standing = fc.record({
  kind: fc.constantFrom(...CHANNEL_KINDS),
  rank: fc.constantFrom(...RANKS),
  isMember: fc.boolean(),
  channelState: fc.constantFrom('open', 'read-only'),
  guestsMayPost: fc.boolean(),
  moderatorsMayBan: fc.boolean(),
}) satisfies fc.Arbitrary<Standing>;
const act = fc.constantFrom(...ACTS);

const lobby: Standing = {
  kind: 'mega',
  rank: 'listener',
  isMember: true,
  channelState: 'open',
  guestsMayPost: false,
  moderatorsMayBan: false,
};
const allows = (what: (typeof ACTS)[number], who: Partial<Standing>): boolean => may(what, { ...lobby, ...who }).ok;

describe('who may do what in a public channel', () => {
  it.each([
    ['read', 'guest', true],
    ['post', 'guest', false],
    ['post', 'listener', true],
    ['react', 'listener', true],
    ['edit-own', 'guest', false],
    ['redact-others', 'listener', false],
    ['redact-others', 'moderator', true],
    ['timeout', 'listener', false],
    ['timeout', 'moderator', true],
    ['ban', 'dj', true],
    ['appoint', 'moderator', false],
    ['appoint', 'dj', true],
    ['portals', 'moderator', false],
    ['make-dj', 'dj', false],
    ['make-dj', 'admin', true],
  ] as const)('%s as %s: %s', (what, rank, expected) => {
    expect(allows(what, { rank })).toBe(expected);
  });
  it('lets guests post only where the configuration says so, and only in public channels', () => {
    expect(allows('post', { rank: 'guest', guestsMayPost: true })).toBe(true);
    expect(allows('post', { rank: 'guest', guestsMayPost: true, kind: 'private' })).toBe(false);
    expect(allows('post', { rank: 'guest', guestsMayPost: true, channelState: 'read-only' })).toBe(false);
  });
  it('lets moderators ban where the DJ allows it, and always in the megachannel', () => {
    expect(allows('ban', { rank: 'moderator', kind: 'dj', moderatorsMayBan: true })).toBe(true);
    expect(allows('ban', { rank: 'moderator', kind: 'dj', moderatorsMayBan: false })).toBe(false);
    expect(allows('ban', { rank: 'moderator', kind: 'mega', moderatorsMayBan: false })).toBe(true);
  });
  it('tells a guest to sign in and a listener whose right it is', () => {
    expect(may('post', { ...lobby, rank: 'guest' })).toMatchObject({ code: 'sign-in' });
    expect(may('timeout', lobby)).toMatchObject({ code: 'forbidden', say: expect.stringContaining('moderator') });
  });
});

describe('for every standing', () => {
  it('gives nothing in a closed channel to those outside, an admin included', () => {
    fc.assert(
      fc.property(act, standing, (what, who) => {
        if (!isPublic(who.kind)) expect(may(what, { ...who, isMember: false }).ok).toBe(false);
      }),
    );
  });
  it('takes nothing away from a higher rank that a lower one has', () => {
    fc.assert(
      fc.property(act, standing, fc.constantFrom(...RANKS), (what, who, other) => {
        const higher = outranks(other, who.rank) ? other : who.rank;
        if (may(what, who).ok) expect(may(what, { ...who, rank: higher }).ok).toBe(true);
      }),
    );
  });
  it('lets nobody post, react or edit in a read-only channel', () => {
    fc.assert(
      fc.property(standing, (who) => {
        for (const what of ['post', 'react', 'edit-own'] as const) {
          expect(may(what, { ...who, channelState: 'read-only' }).ok).toBe(false);
        }
      }),
    );
  });
  it('lets nobody act on the same or a higher rank', () => {
    for (const a of RANKS) for (const b of RANKS) expect(outranks(a, b) && outranks(b, a)).toBe(false);
    for (const a of RANKS) expect(outranks(a, a)).toBe(false);
  });
});
