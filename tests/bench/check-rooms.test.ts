import { describe, expect, it } from 'vitest';
import { checkRooms, type RoomSeen } from '../../bench/lib/check-rooms.ts';

const SAID = ['w-0', 'w-1', 'w-2', 'w-3'];
const LOG = SAID.map((word) => `said ${word}`);
const copies = (...words: readonly string[]): readonly string[] => words.map((word) => `[Fakeroom] Ben: said ${word}`);
function seen(shown: readonly string[], fields: Partial<RoomSeen> = {}): RoomSeen {
  return { name: 'a', own: new Set(), shown, unknown: 0, ...fields };
}
const check = (...rooms: readonly RoomSeen[]) => checkRooms(SAID, LOG, rooms).checked;
const FINE = { missing: 0, doubled: 0, unknown: 0, reordered: 0 };

describe('what a benchmark of crashes looks for', () => {
  it('finds nothing where each room got each message of others once, in order', () => {
    const own = new Set(['w-1']);
    expect(check(seen(copies(...SAID)), seen(copies('w-0', 'w-2', 'w-3'), { own }))).toEqual(FINE);
  });

  it('finds what is missing, but for what is counted in doubt', () => {
    expect(check(seen(copies('w-0', 'w-3')))).toEqual({ ...FINE, missing: 2 });
    expect(check(seen(copies('w-0', 'w-3'), { unknown: 1 }))).toEqual({ ...FINE, missing: 1, unknown: 1 });
  });

  it('finds what the hub never stored', () => {
    const { checked, notStored } = checkRooms([...SAID, 'w-4'], LOG, [seen(copies(...SAID))]);
    expect(checked).toEqual({ ...FINE, missing: 1 });
    expect(notStored).toEqual(['w-4']);
  });

  it('finds what came twice or out of order', () => {
    expect(check(seen(copies('w-0', 'w-1', 'w-1', 'w-2', 'w-3')))).toEqual({ ...FINE, doubled: 1 });
    expect(check(seen(copies('w-0', 'w-2', 'w-1', 'w-3')))).toEqual({ ...FINE, reordered: 1 });
  });
});
