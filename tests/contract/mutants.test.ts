import { describe, expect, it } from 'vitest';
import fakeRoom from '../fakes/fake-room-bridge.ts';
import { fakeRoomSubject } from './fake-subject.ts';
import { caseOf, fateOf } from './mutants.ts';
import { mutations } from './mutations.ts';

const subject = fakeRoomSubject(fakeRoom, { canFind: true });
/** The fake room has no files and gives no cursor back; other bridges have. */
const UNTRIED = ['files are dropped'];

// Most of them wait for what never comes.
describe.concurrent('the kit finds a bridge in which', () => {
  it.each(mutations.filter(({ fault }) => !UNTRIED.includes(fault)).map((one) => [one.fault, one] as const))(
    '%s',
    async (_, mutation) => {
      expect(await fateOf(mutation, subject)).toEqual({ kind: 'killed', by: caseOf(mutation).name });
    },
    60_000,
  );

  it.each(UNTRIED)('or says why it cannot: %s', async (fault) => {
    const mutation = mutations.find((one) => one.fault === fault);
    if (mutation === undefined) throw new Error(`no mutation "${fault}"`);
    expect(await fateOf(mutation, subject)).toEqual({ kind: 'untried', because: 'the double has no userPostsImage' });
  });
});

it('plants each fault under a name of its own', () => {
  const faults = mutations.map(({ fault }) => fault);
  expect(new Set(faults).size).toBe(faults.length);
});
