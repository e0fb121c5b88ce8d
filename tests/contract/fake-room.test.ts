import { contractCases, contractTests, skipReason } from 'slipmat-hub/contract';
import { describe, expect, it } from 'vitest';
import fakeRoom from '../fakes/fake-room-bridge.ts';
import { fakeRoomSubject } from './fake-subject.ts';

describe.each([
  ['plain', {}],
  ['with keys', { isIdempotent: true }],
  ['that can be asked', { canFind: true }],
  ['without edits', { canEdit: false }],
])('a bridge %s', (_, fields) => {
  for (const { name, run } of contractTests(fakeRoomSubject(fakeRoom, fields))) it(name, run);
});

describe('a case is left out', () => {
  const plain = fakeRoomSubject(fakeRoom);
  const named = (part: string) => {
    const found = contractCases.find(({ name }) => name.includes(part));
    if (found === undefined) throw new Error(`no case ${part}`);
    return found;
  };

  it('when the bridge cannot do what it tries', async () => {
    expect(await skipReason(named('finds a post'), plain)).toBe('the bridge has no find');
    expect(await skipReason(named('finds a post'), fakeRoomSubject(fakeRoom, { canFind: true }))).toBe(null);
    expect(await skipReason(named('posts once'), plain)).toBe('its posts are not idempotent');
  });

  it('when the double cannot show it, which is then named', async () => {
    expect(await skipReason(named('hands a picture'), plain)).toBe('the double has no userPostsImage');
    const open = async () => Object.assign(await plain.open(), { failures: [] });
    expect(await skipReason(named('connection breaks'), { ...plain, open })).toMatch(/no failure "cut"/);
  });

  it('when its author says why, in words', async () => {
    const { name } = named('stops twice');
    const reason = 'the platform has no second stop';
    expect(await skipReason(named('stops twice'), { ...plain, skips: { [name]: reason } })).toBe(reason);
    await expect(skipReason(named('stops twice'), { ...plain, skips: { [name]: ' ' } })).rejects.toThrow(
      /without a reason/,
    );
  });

  it('never under a name that no case has', async () => {
    const skips = { 'stops thrice': 'the platform has no third stop' };
    await expect(skipReason(named('stops twice'), { ...plain, skips })).rejects.toThrow(/no case "stops thrice"/);
  });

  it('with its reason handed to the test runner', async () => {
    const said: string[] = [];
    const test = contractTests(plain).find(({ name }) => name.includes('finds a post'));
    await test?.run({ skip: (reason) => void said.push(reason) });
    expect(said).toEqual(['the bridge has no find']);
  });
});

it('gives every case a name of its own', () => {
  const names = contractCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
