import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newMessageId } from '../../../core/async/mint.ts';
import type { Rev } from '../../../core/domain/ids.ts';
import type { LiveStore } from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { stored, trimAll, wholeShard } from './opened.ts';
import {
  ANN,
  archivedHead,
  BEN,
  change,
  channelState,
  edit,
  newPlace,
  post,
  react,
  redact,
  sanction,
} from './steps.ts';

/** What one atomic step promises. */
export function describeAppend(open: OpenForTest): void {
  describe('append', () => {
    let opened: OpenedForTest;
    let store: LiveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('stores an entry with all its fields', async () => {
      const at = newPlace();
      const step = post(at, 'hello "you" — ünïcode 🎧');
      const answer = await stored(store, step);
      expect(answer).toMatchObject({ message: step.id });
      const [entry] = await wholeShard(store, store.log.shardOf(at.scope));
      expect(entry).toEqual({
        shard: store.log.shardOf(at.scope),
        position: answer.position,
        kind: 'message',
        audience: 'readers',
        channel: at.channel,
        seq: answer.seq,
        message: step.id,
        key: step.key,
        at: step.at,
        body: step.body,
        note: JSON.stringify(step.note),
      });
    });

    it('gives seqs that strictly grow per channel, and none to entries for hubs', async () => {
      const [one, two] = [newPlace(), newPlace()];
      const seqs = { one: [] as (number | null)[], two: [] as (number | null)[] };
      for (let i = 0; i < 5; i += 1) {
        seqs.one.push((await stored(store, post(one, `${i}`))).seq);
        seqs.two.push((await stored(store, post(two, `${i}`))).seq);
        expect((await stored(store, sanction(one, BEN, 'timeout', 1))).seq).toBeNull();
      }
      for (const list of [seqs.one, seqs.two]) {
        expect(list.every((seq, i) => seq !== null && seq > (list[i - 1] ?? 0))).toBe(true);
      }
    });

    it('stores an entry that belongs to no channel', async () => {
      const at = newPlace();
      const answer = await stored(store, change(at.scope, 'c-1'));
      expect(answer).toMatchObject({ message: null, seq: null });
      const entries = await wholeShard(store, store.log.shardOf(at.scope));
      expect(entries).toMatchObject([{ kind: 'change', channel: null, message: null, seq: null, key: 'change:c-1' }]);
    });

    it('answers a repeat with what was stored the first time, and stores nothing more', async () => {
      const at = newPlace();
      const step = post(at, 'once');
      const first = await stored(store, step);
      expect(await store.log.append(step)).toEqual({ ...first, kind: 'duplicate' });
      expect(await wholeShard(store, store.log.shardOf(at.scope))).toHaveLength(1);
    });

    it('answers a repeat also when it comes together with the first', async () => {
      const at = newPlace();
      const step = post(at, 'at once');
      const answers = await Promise.all([store.log.append(step), store.log.append(step), store.log.append(step)]);
      expect(answers.map(({ kind }) => kind)).toEqual(['stored', 'duplicate', 'duplicate']);
      expect(await wholeShard(store, store.log.shardOf(at.scope))).toHaveLength(1);
    });

    it('refuses a key that comes with other content', async () => {
      const at = newPlace();
      const step = post(at, 'mine');
      await stored(store, step);
      expect(await store.log.append(post(at, 'other', { key: step.key }))).toEqual({ kind: 'key-reused' });
    });

    it('knows a key after a restart', async () => {
      const step = post(newPlace(), 'kept');
      const first = await stored(store, step);
      store = await opened.reopen();
      expect(await store.log.append(step)).toEqual({ ...first, kind: 'duplicate' });
    });

    it('leaves the key of a refused step free', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      const tooEarly = edit(at, id, 1, 'second');
      expect(await store.log.append(tooEarly)).toEqual({ kind: 'conflict', what: 'edited' });
      await stored(store, edit(at, id, 0, 'first'));
      expect(await store.log.append(tooEarly)).toMatchObject({ kind: 'stored' });
    });

    it('answers a duplicate before it asks for rights or heads', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      const { rev } = await store.live.snapshot(store.log.shardOf(at.scope));
      const step = edit(at, id, 0, 'new', { ifRev: rev });
      await stored(store, step);
      await stored(store, sanction(at, ANN, 'ban', null));
      expect(await store.log.append(step)).toMatchObject({ kind: 'duplicate' });
    });

    it('refuses what was judged by older rights, for each kind of change', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const changes = [
        sanction(at, BEN, 'ban', null),
        sanction(at, BEN, 'lift', null),
        channelState(at, 'read-only'),
        change(at.scope, 'c-2'),
      ];
      for (const raising of changes) {
        const { rev: before } = await store.live.snapshot(shard);
        await stored(store, raising);
        const { rev } = await store.live.snapshot(shard);
        expect(rev).toBe(before + 1);
        expect(await store.log.append(post(at, 'late', { ifRev: before }))).toEqual({ kind: 'stale', rev });
        expect(await store.log.append(post(at, 'fresh', { ifRev: rev }))).toMatchObject({ kind: 'stored' });
      }
    });

    it('does not raise the revision of rights for a repeat', async () => {
      const at = newPlace();
      const step = sanction(at, BEN, 'ban', null);
      await stored(store, step);
      const { rev } = await store.live.snapshot(store.log.shardOf(at.scope));
      expect(await store.log.append(step)).toMatchObject({ kind: 'duplicate' });
      expect((await store.live.snapshot(store.log.shardOf(at.scope))).rev).toBe(rev);
    });

    it('takes a step judged by rights of another revision when no right decides', async () => {
      const at = newPlace();
      await stored(store, sanction(at, BEN, 'ban', null));
      expect(await store.log.append(post(at, 'system'))).toMatchObject({ kind: 'stored' });
      expect(await store.log.append(post(at, 'judged', { ifRev: 0 as Rev }))).toMatchObject({ kind: 'stale' });
    });
  });

  describe('changes of a message', () => {
    let opened: OpenedForTest;
    let store: LiveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('accepts an edit from its author on the newest revision alone', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      expect(await store.log.append(edit(at, id, 0, 'x', { author: BEN }))).toEqual(conflict('not-author'));
      await stored(store, edit(at, id, 0, 'one'));
      expect(await store.log.append(edit(at, id, 0, 'two'))).toEqual(conflict('edited'));
      await stored(store, edit(at, id, 1, 'two'));
    });

    it('lets an edit lose against a redaction', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      await stored(store, redact(at, id));
      expect(await store.log.append(edit(at, id, 0, 'late'))).toEqual(conflict('redacted'));
      expect(await store.log.append(react(at, id, '🔥', true))).toEqual(conflict('redacted'));
      expect(await store.log.append(redact(at, id))).toEqual(conflict('redacted'));
    });

    it('refuses a redaction that names another author', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      expect(await store.log.append(redact(at, id, { author: BEN }))).toEqual(conflict('not-author'));
    });

    it('stores of two edits at once only one', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      const answers = await Promise.all([1, 2, 3].map((n) => store.log.append(edit(at, id, 0, `${n}`))));
      expect(answers.map(({ kind }) => kind)).toEqual(['stored', 'conflict', 'conflict']);
    });

    it('keeps a reaction as a member of a set', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      const count = async (): Promise<number> => (await wholeShard(store, store.log.shardOf(at.scope))).length;
      expect(await store.log.append(react(at, id, '🔥', false))).toEqual({ kind: 'unchanged' });
      await stored(store, react(at, id, '🔥', true));
      const before = await count();
      expect(await store.log.append(react(at, id, '🔥', true))).toEqual({ kind: 'unchanged' });
      expect(await count()).toBe(before);
      await stored(store, react(at, id, '🔥', true, { user: ANN }));
      await stored(store, react(at, id, '👏', true));
      await stored(store, react(at, id, '🔥', false));
      expect(await store.log.append(react(at, id, '🔥', false))).toEqual({ kind: 'unchanged' });
      await stored(store, react(at, id, '🔥', true));
    });

    it('knows nothing of a message that it never saw, unless the step brings its archived head', async () => {
      const at = newPlace();
      const id = newMessageId();
      for (const step of [edit(at, id, 0, 'x'), redact(at, id), react(at, id, '🔥', true)]) {
        expect(await store.log.append(step)).toEqual(conflict('unknown'));
      }
      const known = archivedHead(at, id, { revision: 4 });
      expect(await store.log.append(edit(at, id, 3, 'x', { known }))).toEqual(conflict('edited'));
      await stored(store, edit(at, id, 4, 'x', { known }));
      await stored(store, edit(at, id, 5, 'y', { known }));
      const gone = archivedHead(at, newMessageId(), { isRedacted: true });
      expect(await store.log.append(react(at, gone.id, '🔥', true, { known: gone }))).toEqual(conflict('redacted'));
    });

    it('believes its own head more than an archived one', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      await stored(store, redact(at, id));
      const known = archivedHead(at, id);
      expect(await store.log.append(edit(at, id, 0, 'x', { known }))).toEqual(conflict('redacted'));
    });

    it('stores a reaction to an archived message either way, since it cannot know what is archived', async () => {
      const at = newPlace();
      const known = archivedHead(at, newMessageId());
      await stored(store, react(at, known.id, '🔥', false, { known }));
      expect(await store.log.append(react(at, known.id, '🔥', false, { known }))).toEqual({ kind: 'unchanged' });
    });
  });

  describe('the cap', () => {
    it('refuses posts when the log is full, keeps what is there, and lets posts in again after trimming', async () => {
      const opened = await open({ maxEntries: 20 });
      try {
        const { store } = opened;
        const at = newPlace();
        const shard = store.log.shardOf(at.scope);
        for (let i = 0; i < 20; i += 1) await stored(store, post(at, `${i}`));
        const refused = post(at, 'too many');
        expect(await store.log.append(refused)).toEqual({ kind: 'full' });
        expect(await store.log.size()).toEqual({ entries: 20, cap: 20 });
        expect(await wholeShard(store, shard)).toHaveLength(20);

        expect(await store.log.append(sanction(at, BEN, 'ban', null))).toMatchObject({ kind: 'stored' });
        expect(await store.log.append(change(at.scope, 'c-3'))).toMatchObject({ kind: 'stored' });

        const entries = await wholeShard(store, shard);
        const tenth = entries[9];
        if (tenth === undefined) throw new Error('too few entries');
        expect(await trimAll(store, shard, tenth.position)).toBe(10);
        expect(await store.log.append(refused)).toMatchObject({ kind: 'stored' });
      } finally {
        await opened.close();
      }
    });
  });
}

async function storedPost(store: LiveStore, at: ReturnType<typeof newPlace>) {
  const step = post(at, 'hello');
  return { id: step.id, answer: await stored(store, step) };
}
const conflict = (what: string) => ({ kind: 'conflict', what });
