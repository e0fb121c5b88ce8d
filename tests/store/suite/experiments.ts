import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageId, Position, Rev, Seq, UserId } from '../../../core/domain/ids.ts';
import type { Entry, LiveStore } from '../../../core/store/ports.ts';
import { START } from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { stored, trimAll, until, wholeShard } from './opened.ts';
import type { Place } from './steps.ts';
import { archivedHead, edit, newPlace, post, sanction, seq } from './steps.ts';

/** Small experiments on what goes wrong when the order of things is another. */
export function describeExperiments(open: OpenForTest): void {
  describe('experiments', () => {
    let opened: OpenedForTest;
    let store: LiveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('compare and append: of thousands of posts none is stored after the sanction of its author', async () => {
      const at = newPlace();
      const authors = Array.from({ length: 60 }, (_, i) => `u-${String.fromCharCode(97 + (i % 26))}${i}` as UserId);
      const judge = createJudge(store, at);
      await Promise.all([
        ...authors.map(async (author, i) => {
          for (let n = 0; n < 50; n += 1) await judge.post(author, `${i}-${n}`);
        }),
        ...authors.map(async (author, i) => {
          await until('some posts are in', () => judge.posted() > i * 10);
          await stored(store, sanction(at, author, 'ban', null));
        }),
      ]);
      const entries = await wholeShard(store, store.log.shardOf(at.scope));
      expect(entries.filter(({ kind }) => kind === 'sanction')).toHaveLength(60);
      expect(entries.filter(({ kind }) => kind === 'message').length).toBeGreaterThan(590);
      expect(storedAfterSanction(entries)).toEqual([]);
    });

    it('compare and append, control: without it a post judged before the sanction is stored after it', async () => {
      const at = newPlace();
      const author = 'u-late' as UserId;
      const judged = post(at, 'judged before', { author });
      await stored(store, sanction(at, author, 'ban', null));
      await stored(store, judged);
      expect(storedAfterSanction(await wholeShard(store, store.log.shardOf(at.scope)))).toEqual([judged.id]);
    });

    it('pages, hot first and then the archive, show no gap and no stale edit while trimming runs', async () => {
      const at = newPlace();
      const archive = createStandIn(store, at);
      const posted: { readonly seq: Seq; readonly id: MessageId; revision: number }[] = [];
      let isPosting = true;
      const post1 = async (): Promise<void> => {
        const step = post(at, 'x');
        const { seq: own } = await stored(store, step);
        if (own !== null) posted.push({ seq: own, id: step.id, revision: 0 });
        const older = posted[posted.length - 1 - (posted.length % 40)];
        if (older === undefined || posted.length % 3 !== 0) return;
        const known = archivedHead(at, older.id, { revision: older.revision });
        await stored(store, edit(at, older.id, older.revision, 'y', { known }));
        older.revision += 1;
      };
      const posting = (async () => {
        while (posted.length < 1_500) await post1();
        isPosting = false;
      })();
      const trimming = (async () => {
        while (isPosting) await archive.carryAndTrim();
      })();
      let pages = 0;
      const reading = (async () => {
        while (isPosting) {
          const before = posted[posted.length - 1 - ((pages * 7) % 60)]?.seq ?? null;
          const atLeast = new Map(posted.map(({ id, revision }) => [id, revision]));
          const page = await archive.page(before, 40);
          const seqs = posted.map((one) => one.seq);
          const first = page[0];
          if (first === undefined) continue;
          const end = seqs.indexOf(first.seq);
          const expected = end < 0 ? [] : seqs.slice(Math.max(0, end - page.length + 1), end + 1).toReversed();
          if (end >= 0) expect(page.map((row) => row.seq)).toEqual(expected);
          if (end >= 39) expect(page).toHaveLength(40);
          if (before !== null && end >= 0) expect(seqs[end + 1]).toBe(before);
          for (const row of page) expect(row.revision).toBeGreaterThanOrEqual(atLeast.get(row.id) ?? 0);
          pages += 1;
        }
      })();
      await Promise.all([posting, trimming, reading]);
      expect(pages).toBeGreaterThan(50);
      expect(archive.trimmed()).toBeGreaterThan(500);
    });

    it('join after reading: 200 readers that resume while posting goes on each see the whole sequence once', async () => {
      const at = newPlace();
      const feed = createStandInFeed(store, at);
      for (let i = 0; i < 50; i += 1) await stored(store, post(at, `${i}`));
      let isPosting = true;
      const posting = (async () => {
        for (let i = 0; i < 1_000; i += 1) await stored(store, post(at, `${i}`));
        isPosting = false;
      })();
      const readers: Seq[][] = [];
      const resuming = (async () => {
        while (readers.length < 200) {
          readers.push(await feed.resume(seq(0)));
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await Promise.all([posting, resuming]);
      expect(isPosting).toBe(false);
      const whole = (await wholeShard(store, store.log.shardOf(at.scope))).map((entry) => entry.seq);
      await until('all readers are up to date', () => readers.every((reader) => reader.length >= whole.length));
      for (const reader of readers) expect(reader).toEqual(whole);
      await feed.stop();
    });

    it('keeps the order of calls of each of many senders', async () => {
      const at = newPlace();
      const steps = Array.from({ length: 2_000 }, (_, i) => post(at, `${i}`, { author: `u-${i % 20}` as UserId }));
      await Promise.all(steps.map((step) => store.log.append(step)));
      const entries = await wholeShard(store, store.log.shardOf(at.scope));
      expect(entries.map(({ message }) => message)).toEqual(steps.map(({ id }) => id));
    });
  });
}

/** Ids of messages that stand in the log after a ban of their author. */
function storedAfterSanction(entries: readonly Entry[]): readonly (MessageId | null)[] {
  const banned = new Set<unknown>();
  const late: (MessageId | null)[] = [];
  for (const { kind, body, note, message } of entries) {
    if (kind === 'sanction') banned.add((JSON.parse(body) as { user: unknown }).user);
    if (kind === 'message' && banned.has((JSON.parse(note) as { author: unknown }).author)) late.push(message);
  }
  return late;
}

/** Judges posts by an own copy of the live state, as a hub does, and again when the store calls that copy stale. */
function createJudge(store: LiveStore, at: Place) {
  const shard = store.log.shardOf(at.scope);
  let rev = 0 as Rev;
  let banned: ReadonlySet<UserId> = new Set();
  let posted = 0;
  async function refresh(): Promise<void> {
    const snapshot = await store.live.snapshot(shard);
    if (snapshot.rev < rev) return;
    rev = snapshot.rev;
    banned = new Set(snapshot.sanctions.map(({ user }) => user));
  }
  return {
    posted: () => posted,
    async post(author: UserId, text: string): Promise<void> {
      for (;;) {
        if (banned.has(author)) break;
        const answer = await store.log.append(post(at, text, { author, ifRev: rev }));
        if (answer.kind === 'stored') {
          posted += 1;
          break;
        }
        if (answer.kind !== 'stale') throw new Error(`unexpected: ${answer.kind}`);
        await refresh();
      }
    },
  };
}

/** Rounds of the stand-in for which carried entries stay hot: no page takes longer, as none takes 15 minutes. */
const HOT_ROUNDS = 10;

/** Stands in for the archive: carries entries over, trims what is carried long enough, and reads pages hot first. */
function createStandIn(store: LiveStore, at: Place) {
  const shard = store.log.shardOf(at.scope);
  const rows = new Map<MessageId, { readonly seq: Seq; readonly id: MessageId; readonly revision: number }>();
  const marks: Position[] = [];
  let mark: Position = START;
  let trimmed = 0;
  const revisionOf = (body: string | null): number =>
    body === null ? 0 : (JSON.parse(body) as { revision: number }).revision;
  return {
    trimmed: () => trimmed,
    async carryAndTrim(): Promise<void> {
      for (const entry of await store.log.range(shard, mark, 100)) {
        const row = entry.message === null ? undefined : rows.get(entry.message);
        if (entry.kind === 'message' && entry.message !== null && entry.seq !== null) {
          rows.set(entry.message, { seq: entry.seq, id: entry.message, revision: 0 });
        } else if (row !== undefined) rows.set(row.id, { ...row, revision: revisionOf(entry.body) });
        mark = entry.position;
      }
      marks.push(mark);
      const old = marks.length > HOT_ROUNDS ? marks.shift() : undefined;
      if (old !== undefined) trimmed += await trimAll(store, shard, old);
    },
    async page(before: Seq | null, limit: number) {
      const hot = await store.log.page(at.scope, at.channel, before, limit);
      const fresh = hot.messages.map(({ head, seq: own, edit: changed }) => ({
        seq: own ?? seq(0),
        id: head.id,
        revision: revisionOf(changed),
      }));
      const below = fresh.at(-1)?.seq ?? before ?? (Number.MAX_SAFE_INTEGER as Seq);
      const old = [...rows.values()]
        .filter((row) => row.seq < below)
        .sort((a, b) => b.seq - a.seq)
        .slice(0, limit - fresh.length);
      const over = await store.log.hot(
        at.scope,
        old.map(({ id }) => id),
      );
      const laid = old.map((row) => ({
        ...row,
        revision: Math.max(row.revision, revisionOf(over.get(row.id)?.edit ?? null)),
      }));
      return [...fresh, ...laid];
    },
  };
}

/** Stands in for a hub's feed: one tail, many readers that read up to the live seq and join in the same tick. */
function createStandInFeed(store: LiveStore, at: Place) {
  const readers: { readonly seqs: Seq[]; last: Seq }[] = [];
  const seen = collectInto(store, (entry) => {
    if (entry.seq === null || entry.channel !== at.channel) return;
    live = entry.seq;
    for (const reader of readers) {
      if (entry.seq <= reader.last) continue;
      reader.seqs.push(entry.seq);
      reader.last = entry.seq;
    }
  });
  let live = seq(0);
  return {
    async resume(after: Seq): Promise<Seq[]> {
      const reader = { seqs: [] as Seq[], last: after };
      for (;;) {
        const entries = await store.log.since(at.scope, at.channel, reader.last, 200);
        for (const entry of entries) {
          if (entry.seq === null) continue;
          reader.seqs.push(entry.seq);
          reader.last = entry.seq;
        }
        if (entries.length < 200 && reader.last >= live) break;
      }
      readers.push(reader);
      return reader.seqs;
    },
    stop: () => seen.stop(),
  };
}

function collectInto(store: LiveStore, take: (entry: Entry) => void) {
  const stopping = new AbortController();
  const from = Array.from({ length: store.log.shards }, () => START);
  const running = (async () => {
    for await (const batch of store.log.tail(from, stopping.signal)) for (const entry of batch) take(entry);
  })();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
