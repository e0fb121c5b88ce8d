import { describe, expect, it } from 'vitest';
import { effectText } from '../../core/community/moderation/effect-text.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { planNative, type SanctionLimits } from '../../core/relay/mirror-plan.ts';

const NOW = 1_000_000 as EpochMs;
const ALL: SanctionLimits = { acts: ['timeout', 'ban', 'lift'], minMs: 1_000, maxMs: 600_000 };
const after = (ms: number) => (NOW + ms) as EpochMs;
const timeout = (ms: number) => ({ act: 'timeout', until: after(ms) }) as const;
const BAN = { act: 'ban', until: null } as const;
const at = (reach: 'none' | 'timeouts' | 'bans', isPaused = false) => ({ reach, isPaused });

describe('whether an act is done natively', () => {
  it.each([
    ['a timeout where timeouts are allowed', timeout(300_000), at('timeouts'), ALL, 'timeout'],
    ['a ban where bans are allowed', BAN, at('bans'), ALL, 'ban'],
    ['nothing unless somebody has allowed it', timeout(300_000), at('none'), ALL, 'reach-none'],
    ['a ban is wider than timeouts', BAN, at('timeouts'), ALL, 'reach-timeouts'],
    ['nothing over a link that is paused', BAN, at('bans', true), ALL, 'paused'],
    ['nothing where the bot lacks the right', BAN, at('bans'), null, 'no-right'],
    ['35 s are enough', timeout(35_000), at('bans'), ALL, 'timeout'],
    ['less than 35 s are not', timeout(34_999), at('bans'), ALL, 'too-short'],
    ['nor is less than the platform takes', timeout(59_000), at('bans'), { ...ALL, minMs: 60_000 }, 'too-short'],
    ['a timeout longer than the platform has', timeout(600_001), at('bans'), ALL, 'too-long'],
    ['a timeout is never made a ban', timeout(300_000), at('bans'), { ...ALL, acts: ['ban', 'lift'] }, 'no-such-act'],
    ['what cannot be taken back is not done', BAN, at('bans'), { ...ALL, acts: ['ban'] }, 'no-such-act'],
    [
      'nor a timeout that would not end',
      timeout(300_000),
      at('bans'),
      { ...ALL, acts: ['timeout'], needsLift: true },
      'no-such-act',
    ],
  ] as const)('%s', (_, restraint, portal, limits, expected) => {
    const plan = planNative(restraint, portal, limits, NOW);
    expect(plan.kind === 'native' ? plan.restraint.act : plan.why).toBe(expected);
  });
});

it('tells what became of an act with the rooms of a platform apart only where they differ', () => {
  const room = (platform: string, kind: 'native' | 'hub' | 'pending', roomName: string | null = null) =>
    ({ platform, roomName, what: 'act', kind, why: kind === 'hub' ? 'reach-none' : null }) as const;
  expect(effectText([])).toBe(null);
  expect(effectText([room('B', 'native', 'one'), room('B', 'native', 'two'), room('A', 'native')])).toBe(
    'A, B: applied',
  );
  expect(effectText([room('B', 'hub', 'one'), room('B', 'native', 'two'), room('A', 'pending')])).toBe(
    '"two" on B: applied; "one" on B: by the hub, native acts are not allowed there; A: pending',
  );
});
