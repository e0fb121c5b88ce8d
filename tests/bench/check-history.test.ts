import { expect, it } from 'vitest';
import { compare } from '../../bench/lib/check-history.ts';
import type { SentPost } from '../../bench/lib/senders.ts';

const posts = (count: number): SentPost[] =>
  Array.from({ length: count }, (_, n) => ({ sender: 'ann', n: n + 1, text: `ann ${n + 1}`, message: `m${n + 1}` }));
const history = (numbers: readonly number[]) => numbers.map((n) => ({ id: `m${n}`, text: `ann ${n}` }));

it('the checker of the crash bench finds nothing where all is well', () => {
  expect(compare(posts(3), history([1, 2, 3]))).toEqual({
    acked: 3,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    unanswered: 0,
  });
});

it('and finds what was lost, doubled, reordered, or stored under another id than was acknowledged', () => {
  expect(compare(posts(3), history([1, 3])).lost).toBe(1);
  expect(compare(posts(3), history([1, 2, 2, 3])).duplicated).toBe(1);
  expect(compare(posts(3), history([2, 1, 3])).reordered).toBe(1);
  expect(compare(posts(1), [{ id: 'other', text: 'ann 1' }]).lost).toBe(1);
});

it('and does not count what was never acknowledged as lost', () => {
  const unanswered = posts(2).map((post) => ({ ...post, message: null }));
  expect(compare(unanswered, history([1]))).toMatchObject({ acked: 0, lost: 0, unanswered: 2 });
});
