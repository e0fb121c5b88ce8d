import fc from 'fast-check';
import { expect, it } from 'vitest';
import { webhookUsername } from '../../../bridges/discord/names.ts';

it.each([
  ['Ann', 'Ann'],
  ['Discord Fan', 'Dis\u0441ord Fan'],
  ['DISCORD', 'DIS\u0421ORD'],
  ['Clyde', 'Clyd\u0435'],
  ['everyone', 'everyone.'],
  ['HERE', 'HERE.'],
  ['  a \n b ', 'a b'],
  ['@#:`', '\uff20\uff03\ua789\u02cb'],
  ['\u202e\u200b', 'somebody'],
  ['', 'somebody'],
  ['👩‍👩‍👧 Mum', '👩‍👩‍👧 Mum'],
])('%j is shown as %j', (name, shown) => expect(webhookUsername(name)).toBe(shown));

it('is taken by Discord whatever the name, and stays the same when it is made again', () => {
  const parts = fc.array(
    fc.constantFrom('discord', 'DiscoRd', 'clyde', 'everyone', 'here', '@', '#', ':', '```', ' ', '\u200b', 'é', '😀'),
    { maxLength: 40 },
  );
  const wild = fc.oneof(
    fc.string({ maxLength: 200, unit: 'binary' }),
    parts.map((all) => all.join('')),
  );
  fc.assert(
    fc.property(wild, (name) => {
      const shown = webhookUsername(name);
      expect(shown.length).toBeGreaterThanOrEqual(1);
      expect(shown.length).toBeLessThanOrEqual(80);
      expect(shown).not.toMatch(/discord|clyde|[@#:]|```/i);
      expect(shown).not.toMatch(/^(everyone|here)$/i);
      expect(shown.isWellFormed()).toBe(true);
      expect(webhookUsername(shown)).toBe(shown);
    }),
    { numRuns: 1_000 },
  );
});
