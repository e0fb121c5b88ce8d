import { expect, it } from 'vitest';
import { createLine } from '../../core/store/redis/line.ts';

it('gives what is left in the order of the numbers, whatever left before and from wherever', () => {
  const line = createLine<number>();
  const model = new Map<number, number>();
  for (let number = 1; number <= 20_000; number += 1) {
    line.add(number, number * 10);
    model.set(number, number * 10);
    // mostly the oldest, now and then one further behind, and twice everything
    const left = [...model.keys()];
    if (left.length > 40) for (const gone of [left[0] ?? 0, left[(number * 7) % 40] ?? 0]) remove(gone);
    if (number % 7_000 === 0) for (const gone of left) remove(gone);
    expect(line.size).toBe(model.size);
  }
  expect(line.all()).toEqual([...model.values()]);

  function remove(number: number): void {
    line.remove(number);
    model.delete(number);
  }
});

it('takes no notice of numbers that have left', () => {
  const line = createLine<string>();
  line.add(5, 'five');
  line.remove(5);
  line.remove(5);
  line.add(6, 'six');
  line.remove(4);
  expect(line.all()).toEqual(['six']);
  expect(line.size).toBe(1);
});
