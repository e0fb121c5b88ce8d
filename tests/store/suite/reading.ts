import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/async/clock.ts';
import { newMessageId } from '../../../core/async/mint.ts';
import type { LiveStore } from '../../../core/store/ports.ts';
import { START } from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { collect, stored, until, wholeShard } from './opened.ts';
import type { Place } from './steps.ts';
import {
  ANN,
  archivedHead,
  BEN,
  CAT,
  change,
  edit,
  newPlace,
  post,
  REDACTION,
  react,
  redact,
  sanction,
  seq,
} from './steps.ts';

/** What each way of reading shows. */
export function describeReading(open: OpenForTest): void {
  let opened: OpenedForTest;
  let store: LiveStore;
  const openStore = async (): Promise<void> => {
    opened = await open();
    store = opened.store;
  };

  describe('tail', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('shows everything once and in order within each shard, what was there and what comes', async () => {
      const places = Array.from({ length: 6 }, newPlace);
      for (const at of places) await stored(store, post(at, 'before'));
      const seen = collect(store);
      await Promise.all(places.flatMap((at) => range(50).map((i) => store.log.append(post(at, `live ${i}`)))));
      await until('all entries tailed', () => seen.entries.length >= 6 * 51);
      await seen.stop();
      const shards = new Set(places.map((at) => store.log.shardOf(at.scope)));
      for (const shard of shards) {
        const own = seen.entries.filter((entry) => entry.shard === shard);
        expect(own).toEqual(await wholeShard(store, shard));
        expect(own.every((entry, i) => i === 0 || isAfter(store, entry.position, own[i - 1]?.position))).toBe(true);
      }
      expect(seen.entries).toHaveLength(6 * 51);
    });

    it('goes on from an old position, also after a restart', async () => {
      const at = newPlace();
      const answers: Awaited<ReturnType<typeof stored>>[] = [];
      for (let i = 0; i < 10; i += 1) answers.push(await stored(store, post(at, `${i}`)));
      store = await opened.reopen();
      const from = range(store.log.shards).map((shard) =>
        shard === store.log.shardOf(at.scope) ? (answers[3]?.position ?? START) : START,
      );
      const seen = collect(store, from);
      answers.push(await stored(store, post(at, 'after')));
      await until('the rest tailed', () => seen.entries.length >= 7);
      await seen.stop();
      expect(seen.entries.map(({ seq: each }) => each)).toEqual(answers.slice(4).map((answer) => answer.seq));
    });

    it('shows nothing old when it starts at the heads', async () => {
      const at = newPlace();
      await stored(store, post(at, 'old'));
      const seen = collect(store, await store.log.heads());
      const { position } = await stored(store, post(at, 'new'));
      await until('the new entry tailed', () => seen.entries.length > 0);
      await seen.stop();
      expect(seen.entries.map((entry) => entry.position)).toEqual([position]);
    });

    it('ends when it is told to, with nothing new to read', async () => {
      const seen = collect(store);
      await seen.stop();
      expect(seen.entries).toEqual([]);
    });
  });

  describe('range, heads, positionAt', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('reads a shard in pages without gap or double', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const answers = await Promise.all(range(25).map((i) => store.log.append(post(at, `${i}`))));
      const first = await store.log.range(shard, START, 10);
      const second = await store.log.range(shard, first[9]?.position ?? START, 10);
      const third = await store.log.range(shard, second[9]?.position ?? START, 10);
      const read = [...first, ...second, ...third].map(({ position, seq: each }) => ({ position, seq: each }));
      expect(read).toEqual(answers.map((answer) => (answer.kind === 'stored' ? pick(answer) : null)));
      expect(await store.log.range(shard, third[4]?.position ?? START, 10)).toEqual([]);
    });

    it('names the newest position of each shard', async () => {
      const at = newPlace();
      expect(await store.log.heads()).toEqual(range(store.log.shards).map(() => START));
      const { position } = await stored(store, post(at, 'x'));
      const heads = await store.log.heads();
      expect(heads[store.log.shardOf(at.scope)]).toBe(position);
      expect(heads.filter((head) => head !== START)).toHaveLength(1);
    });

    it('orders positions of a shard', async () => {
      const at = newPlace();
      const a = await stored(store, post(at, 'a'));
      const b = await stored(store, post(at, 'b'));
      expect(store.log.isBefore(a.position, b.position)).toBe(true);
      expect(store.log.isBefore(b.position, a.position)).toBe(false);
      expect(store.log.isBefore(a.position, a.position)).toBe(false);
      expect(store.log.isBefore(START, a.position)).toBe(true);
    });

    it('finds the position before a time', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const early = await stored(store, post(at, 'early'));
      const start = systemClock.now();
      await until('some time passed', () => systemClock.now() > start + 3);
      const between = systemClock.now();
      await until('more time passed', () => systemClock.now() > between + 3);
      const late = await stored(store, post(at, 'late'));
      const position = await store.log.positionAt(shard, between);
      expect(store.log.isBefore(position, early.position)).toBe(false);
      expect(store.log.isBefore(position, late.position)).toBe(true);
    });
  });

  describe('since', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('shows the entries for readers of one channel alone, oldest first, after a seq and up to a limit', async () => {
      const [at, other] = [newPlace(), newPlace()];
      const posts = range(6).map((i) => post(at, `${i}`));
      for (const step of posts) {
        await stored(store, step);
        await stored(store, post(other, 'elsewhere'));
        await stored(store, sanction(at, CAT, 'timeout', 1));
      }
      const all = await store.log.since(at.scope, at.channel, seq(0), 100);
      expect(all.map(({ message }) => message)).toEqual(posts.map(({ id }) => id));
      expect(all.map(({ body }) => body)).toEqual(posts.map(({ body }) => body));
      const some = await store.log.since(at.scope, at.channel, all[1]?.seq ?? seq(0), 3);
      expect(some).toEqual(all.slice(2, 5));
    });

    it('blanks a redacted message and its edits, and nothing else', async () => {
      const at = newPlace();
      const gone = post(at, 'secret-one');
      const stays = post(at, 'stays');
      await stored(store, gone);
      await stored(store, stays);
      await stored(store, edit(at, gone.id, 0, 'secret-two'));
      await stored(store, edit(at, stays.id, 0, 'stays too'));
      await stored(store, redact(at, gone.id));
      const entries = await store.log.since(at.scope, at.channel, seq(0), 100);
      expect(entries.map(({ kind }) => kind)).toEqual(['message', 'message', 'edit', 'edit', 'redaction']);
      expect(JSON.stringify(entries)).not.toMatch(/secret/);
      expect(JSON.parse(entries[0]?.body ?? '')).toMatchObject({
        type: 'message',
        message: { id: gone.id, content: { rich: [], attachments: [] }, replyTo: null, redaction: REDACTION },
      });
      expect(JSON.parse(entries[2]?.body ?? '')).toMatchObject({
        type: 'edit',
        id: gone.id,
        content: { rich: [], attachments: [] },
      });
      expect(entries[1]?.body).toBe(stays.body);
      expect(entries[3]?.body).toContain('stays too');
    });
  });

  describe('page, hot, bounds', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('shows messages newest first, with what happened to them laid over', async () => {
      const at = newPlace();
      const steps = range(5).map((i) => post(at, `text ${i}`));
      const [a, b, c, d, e] = steps;
      if (!a || !b || !c || !d || !e) throw new Error('too few');
      const seqs = [];
      for (const step of steps) seqs.push((await stored(store, step)).seq);
      await stored(store, edit(at, b.id, 0, 'b one'));
      const last = edit(at, b.id, 1, 'b two');
      await stored(store, last);
      await stored(store, redact(at, c.id));
      await stored(store, react(at, d.id, '🔥', true, { user: BEN }));
      await stored(store, react(at, d.id, '🔥', true, { user: CAT }));
      await stored(store, react(at, d.id, '🔥', false, { user: BEN }));

      const { messages } = await store.log.page(at.scope, at.channel, null, 50);
      expect(messages.map(({ head }) => head.id)).toEqual([e.id, d.id, c.id, b.id, a.id]);
      expect(messages.map((message) => message.seq)).toEqual(seqs.toReversed());
      const [pe, pd, pc, pb, pa] = messages;
      expect(pa).toEqual({
        head: { id: a.id, channel: at.channel, author: ANN, revision: 0, isRedacted: false },
        seq: seqs[0],
        body: a.body,
        edit: null,
        redaction: null,
        shown: null,
        reactions: [],
      });
      expect(pb).toMatchObject({ head: { revision: 2 }, body: b.body, edit: last.body });
      expect(pc).toMatchObject({ head: { isRedacted: true }, redaction: REDACTION });
      expect(byUser(pd?.reactions)).toEqual([
        { emoji: '🔥', user: BEN, on: false },
        { emoji: '🔥', user: CAT, on: true },
      ]);
      expect(pe).toMatchObject({ edit: null, reactions: [] });
    });

    it('pages below a seq', async () => {
      const at = newPlace();
      const ids = [];
      const seqs = [];
      for (let i = 0; i < 10; i += 1) {
        const step = post(at, `${i}`);
        ids.push(step.id);
        seqs.push((await stored(store, step)).seq);
        await stored(store, react(at, step.id, '🔥', true));
      }
      const page = await store.log.page(at.scope, at.channel, seqs[6] ?? null, 3);
      expect(page.messages.map(({ head }) => head.id)).toEqual([ids[5], ids[4], ids[3]]);
      expect((await store.log.page(at.scope, at.channel, seqs[0] ?? null, 3)).messages).toEqual([]);
      expect((await store.log.page(newPlace().scope, newPlace().channel, null, 3)).messages).toEqual([]);
    });

    it('tells what is hot about messages that are archived already', async () => {
      const at = newPlace();
      const known = archivedHead(at, newMessageId(), { revision: 2 });
      const step = edit(at, known.id, 2, 'third', { known });
      await stored(store, step);
      const hot = await store.log.hot(at.scope, [known.id, newMessageId()]);
      expect([...hot.keys()]).toEqual([known.id]);
      expect(hot.get(known.id)).toEqual({
        head: { ...known, revision: 3 },
        seq: null,
        body: null,
        edit: step.body,
        redaction: null,
        shown: null,
        reactions: [],
      });
      expect((await store.log.page(at.scope, at.channel, null, 10)).messages).toEqual([]);
      expect((await store.log.hot(at.scope, [])).size).toBe(0);
    });

    it('knows the oldest hot seq and the newest ever given', async () => {
      const at: Place = newPlace();
      expect(await store.log.bounds(at.scope, at.channel)).toEqual({ lowest: null, head: null });
      const first = await stored(store, post(at, 'a'));
      await stored(store, post(at, 'b'));
      const last = await stored(store, post(at, 'c'));
      await stored(store, change(at.scope, 'c-4'));
      expect(await store.log.bounds(at.scope, at.channel)).toEqual({ lowest: first.seq, head: last.seq });
    });

    it('raises seqs, and never lowers them', async () => {
      const [at, untouched] = [newPlace(), newPlace()];
      await stored(store, post(at, 'a'));
      await store.log.raise(
        at.scope,
        new Map([
          [at.channel, seq(500)],
          [untouched.channel, seq(7)],
        ]),
      );
      expect((await store.log.bounds(at.scope, at.channel)).head).toBe(500);
      expect((await stored(store, post(at, 'b'))).seq).toBeGreaterThan(500);
      const { head } = await store.log.bounds(at.scope, at.channel);
      await store.log.raise(at.scope, new Map([[at.channel, seq(3)]]));
      expect((await store.log.bounds(at.scope, at.channel)).head).toBe(head);
      expect((await stored(store, post({ ...at, channel: untouched.channel }, 'x'))).seq).toBeGreaterThan(7);
    });
  });
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const pick = ({ position, seq: each }: { position: unknown; seq: unknown }) => ({ position, seq: each });
function isAfter(store: LiveStore, a: Parameters<LiveStore['log']['isBefore']>[0], b: typeof a | undefined): boolean {
  return b !== undefined && store.log.isBefore(b, a);
}
function byUser<T extends { readonly user: string }>(list: readonly T[] | undefined): readonly T[] {
  return [...(list ?? [])].sort((a, b) => (a.user < b.user ? -1 : 1));
}
