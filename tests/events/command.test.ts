import { afterEach, describe, expect, it } from 'vitest';
import { readWhen } from '../../core/community/events/when.ts';
import type { ChannelId, EpochMs } from '../../core/domain/ids.ts';
import { type Rig, startRig } from '../portals/rig.ts';

describe('a time as a DJ writes it', () => {
  const NOW = Date.parse('2026-08-01T20:00:00Z') as EpochMs;
  it.each([
    ['in 45m Night', '2026-08-01T20:45:00.000Z', 'Night'],
    ['in 3 hours Late Night', '2026-08-01T23:00:00.000Z', 'Late Night'],
    ['in 2d x', '2026-08-03T20:00:00.000Z', 'x'],
    ['2026-08-01 22:00 UTC Night', '2026-08-01T22:00:00.000Z', 'Night'],
    ['at 2026-08-01T22:00+02:00 Night', '2026-08-01T20:00:00.000Z', 'Night'],
    ['2026-08-01 9:05 -0330', '2026-08-01T12:35:00.000Z', ''],
  ])('%s', (text, at, rest) => {
    const when = readWhen(text, NOW);
    expect(when && { at: new Date(when.at).toISOString(), rest: when.rest }).toEqual({ at, rest });
  });
  it.each(['Night', 'tomorrow Night', '22:00 Night', '2026-08-01 22:00 Night', '2026-13-41 22:00 UTC x', 'in m x'])(
    'none in: %s',
    (text) => expect(readWhen(text, NOW)).toBeNull(),
  );
});

describe('/live', () => {
  let rig: Rig;
  afterEach(() => rig.close());
  const say = (text: string, channel = 'dj-kool') => rig.act('kool', text, channel);

  it('plans, lists, moves, names, starts, ends, resumes and cancels, and says what it did not understand', async () => {
    rig = await startRig();
    const kool = await rig.native('kool', 'dj');
    expect(await say('live')).toContain('Nothing is planned');
    expect(await say('live new tomorrow Night')).toContain('Say when and what');
    expect(await say('live new in 2h')).toContain('1 to 80 characters');
    expect(await say('live new in 2h Night')).toMatch(/^"Night" is planned for .* UTC; its chat live-night opens/);
    expect(await say('live new in 3h Day')).toContain('"Day"');
    expect(await say('live')).toMatch(/^1\. "Night": planned, .*\n2\. "Day": planned/);
    expect(await say('live move in 10m')).toContain('Say which one');
    expect(await say('live 1 move in 10m')).toContain('in warmup');
    expect(await say('live 1 title Long Night')).toContain('"Long Night"');
    expect(await say('live dance')).toContain('not understood');
    expect(await say('live start')).toBe('"Long Night" is live.');
    expect(await say('live cancel', 'live-night')).toContain('end it');
    expect(await say('live end')).toContain('stays open for 30 minutes');
    expect(await say('live resume', 'live-night')).toContain('in warmup');
    expect(await say('live 2 cancel')).toBe('"Day" is cancelled.');
    expect(await say('live', 'lobby')).toContain('Only a DJ');
    // by the socket as well
    const told = await kool.client.command('dj-kool', 'live');
    expect(told).toMatchObject({ ok: true, value: expect.stringContaining('"Long Night": warmup') });
  });

  it('is for the DJ and admins, and its events are open to see for all in the list of channels', async () => {
    rig = await startRig();
    await rig.native('kool', 'dj');
    const ann = await rig.native('ann');
    await rig.native('root', 'admin');
    expect(await rig.act('ann', 'live new in 2h Mine', 'dj-kool')).toContain('Only a DJ');
    expect(await rig.act('root', 'live new in 2h Night', 'dj-kool')).toContain('"Night"');
    const place = rig.hub().hub.knowledge.directory.channel('live-night' as ChannelId);
    expect(place).toMatchObject({ kind: 'event', state: 'read-only', name: 'Night' });
    expect((await ann.client.join('live-night')).ok).toBe(true);
  });
});
