import { expect, it } from 'vitest';
import type { ChannelId, EpochMs, MessageId, Position, Seq } from '../../core/domain/ids.ts';
import { createRecent } from '../../core/pipeline/recent.ts';
import type { Entry } from '../../core/store/ports.ts';

function message(n: number): Entry {
  return {
    shard: 0,
    position: `${n}-0` as Position,
    kind: 'message',
    audience: 'readers',
    channel: 'lobby' as ChannelId,
    seq: n as Seq,
    message: `m${n}` as MessageId,
    key: `k${n}`,
    at: n as EpochMs,
    body: '{}',
    note: '{"author":"u-ann"}',
  };
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

it('keeps the newest messages and forgets the others, over many rounds', () => {
  const recent = createRecent(100);
  for (const n of range(0, 1_050)) recent.apply([message(n)]);
  for (const n of range(0, 950)) expect(recent.byKey(`k${n}`)).toBeNull();
  for (const n of range(950, 1_050)) {
    expect(recent.byKey(`k${n}`)).toBe(`m${n}`);
    expect(recent.head(`m${n}` as MessageId)?.author).toBe('u-ann');
  }
});

it('gives a message that comes twice one place', () => {
  const recent = createRecent(3);
  for (const n of [1, 2, 2, 2, 3]) recent.apply([message(n)]);
  expect(recent.byKey('k1')).toBe('m1');
});

it('begins anew after it was told to forget', () => {
  const recent = createRecent(3);
  for (const n of [1, 2]) recent.apply([message(n)]);
  recent.forget();
  for (const n of [3, 4, 5]) recent.apply([message(n)]);
  expect([1, 2, 3, 4, 5].map((n) => recent.byKey(`k${n}`))).toEqual([null, null, 'm3', 'm4', 'm5']);
});

it('knows of what was hidden or redacted a moment ago also where the message is not at hand', () => {
  const recent = createRecent(3);
  const told = (kind: 'hidden' | 'shown' | 'redaction', n: number) => recent.apply([{ ...message(n), kind }]);
  const gone = () => range(1, 4).filter((n) => recent.isGone(`m${n}` as MessageId));
  recent.apply([message(3)]);
  expect(gone()).toEqual([]);
  for (const n of [1, 3]) told('hidden', n);
  told('redaction', 2);
  expect(gone()).toEqual([1, 2, 3]);
  for (const n of [1, 3]) told('shown', n);
  expect(gone()).toEqual([2]);
  // thousands of others went since
  for (const n of range(10_000, 11_001)) told('redaction', n);
  expect(gone()).toEqual([]);
});
