import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveStore } from '../../../core/store/ports.ts';
import { START } from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { collect, stored, trimAll, until, wholeShard } from './opened.ts';
import { edit, newPlace, post, react, redact, seq } from './steps.ts';

/** What trimming takes away and what it leaves. */
export function describeTrimming(open: OpenForTest): void {
  describe('trim', () => {
    let opened: OpenedForTest;
    let store: LiveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('drops entries up to and with the position, from every way of reading', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const answers = [];
      for (let i = 0; i < 6; i += 1) answers.push(await stored(store, post(at, `${i}`)));
      const third = answers[2]?.position ?? START;
      expect(await trimAll(store, shard, third)).toBe(3);
      expect(await trimAll(store, shard, third)).toBe(0);
      const left = answers.slice(3);
      expect((await wholeShard(store, shard)).map(({ position }) => position)).toEqual(left.map((a) => a.position));
      expect((await store.log.since(at.scope, at.channel, seq(0), 10)).map((e) => e.seq)).toEqual(
        left.map((a) => a.seq),
      );
      const { messages } = await store.log.page(at.scope, at.channel, null, 10);
      expect(messages.map((m) => m.seq)).toEqual(left.map((a) => a.seq).toReversed());
      expect(await store.log.bounds(at.scope, at.channel)).toEqual({ lowest: left[0]?.seq, head: left[2]?.seq });
      expect((await store.log.size()).entries).toBe(3);
    });

    it('drops what is known of a message that no younger entry touches, and keeps what is touched', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const [quiet, edited, reacted, redacted] = [post(at, 'a'), post(at, 'b'), post(at, 'c'), post(at, 'd')];
      for (const step of [quiet, edited, reacted]) await stored(store, step);
      await stored(store, react(at, quiet.id, '🔥', true));
      const { position } = await stored(store, redacted);
      const change = edit(at, edited.id, 0, 'b one');
      await stored(store, change);
      await stored(store, react(at, reacted.id, '🔥', true));
      await stored(store, redact(at, redacted.id));
      await trimAll(store, shard, position);

      const hot = await store.log.hot(at.scope, [quiet.id, edited.id, reacted.id, redacted.id]);
      expect([...hot.keys()].sort()).toEqual([edited.id, reacted.id, redacted.id].sort());
      expect(hot.get(edited.id)).toMatchObject({ head: { revision: 1 }, seq: null, body: null, edit: change.body });
      expect(hot.get(reacted.id)).toMatchObject({ seq: null, body: null, reactions: [{ emoji: '🔥', on: true }] });
      expect(hot.get(redacted.id)).toMatchObject({ head: { isRedacted: true }, seq: null });
      expect(await store.log.append(edit(at, quiet.id, 0, 'x'))).toEqual({ kind: 'conflict', what: 'unknown' });
      expect(await store.log.append(edit(at, edited.id, 0, 'x'))).toEqual({ kind: 'conflict', what: 'edited' });
      expect(await store.log.append(edit(at, redacted.id, 0, 'x'))).toEqual({ kind: 'conflict', what: 'redacted' });
      expect((await store.log.page(at.scope, at.channel, null, 10)).messages).toEqual([]);
    });

    it('goes on with seqs and positions after everything is gone, also after a restart', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const last = await stored(store, post(at, 'last'));
      await trimAll(store, shard, last.position);
      expect(await store.log.bounds(at.scope, at.channel)).toEqual({ lowest: null, head: last.seq });
      store = await opened.reopen();
      const seen = collect(
        store,
        Array.from({ length: store.log.shards }, (_, i) => (i === shard ? last.position : START)),
      );
      const next = await stored(store, post(at, 'next'));
      expect(next.seq).toBeGreaterThan(last.seq ?? 0);
      expect(store.log.isBefore(last.position, next.position)).toBe(true);
      await until('the next entry tailed', () => seen.entries.length > 0);
      await seen.stop();
      expect(seen.entries.map(({ position }) => position)).toEqual([next.position]);
    });

    it('still knows the key of a trimmed entry', async () => {
      const at = newPlace();
      const step = post(at, 'once');
      const first = await stored(store, step);
      await trimAll(store, store.log.shardOf(at.scope), first.position);
      expect(await store.log.append(step)).toEqual({ ...first, kind: 'duplicate' });
    });

    it('takes away thousands while posts go on', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const answers = await Promise.all(Array.from({ length: 3_000 }, (_, i) => store.log.append(post(at, `${i}`))));
      const middle = answers[1_999];
      if (middle?.kind !== 'stored') throw new Error('not stored');
      const [dropped] = await Promise.all([
        trimAll(store, shard, middle.position),
        ...Array.from({ length: 100 }, (_, i) => stored(store, post(at, `more ${i}`))),
      ]);
      expect(dropped).toBe(2_000);
      expect(await wholeShard(store, shard)).toHaveLength(1_100);
    });
  });
}
