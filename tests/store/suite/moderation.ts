import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newMessageId } from '../../../core/async/mint.ts';
import type { ChannelMode } from '../../../core/domain/channel-mode.ts';
import type { EpochMs, MessageId, Rev } from '../../../core/domain/ids.ts';
import type { Effect, LiveStore, Step } from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { stored, trimAll, wholeShard } from './opened.ts';
import { ANN, archivedHead, BEN, edit, newPlace, type Place, post, react, redact, seq } from './steps.ts';

const AT = 1_800_000_000_000;
const conflict = (what: string) => ({ kind: 'conflict', what });

/** The step that holds a post instead of storing it as a message. */
export function hold(at: Place, text: string, options: Parameters<typeof post>[2] = {}) {
  const posting = post(at, text, options);
  const body = JSON.stringify({ cameAs: posting.key, message: JSON.parse(posting.body).message });
  const effects: readonly Effect[] = [{ kind: 'hold', id: posting.id, author: options.author ?? ANN }];
  return { ...posting, kind: 'held', audience: 'hubs', body, effects } as const;
}
export function release(at: Place, id: MessageId): Step {
  const { key, ...posting } = post(at, 'as it was held');
  return { ...posting, key: `release ${key}`, effects: [{ kind: 'release', id, author: ANN }] };
}
export function discard(at: Place, id: MessageId): Step {
  return { ...hold(at, 'x'), kind: 'discarded', body: '{}', effects: [{ kind: 'discard', id, author: ANN }] };
}
const HIDING = { at: 1_700_000_000_000 as EpochMs, by: 'reports' } as const;
export function hide(at: Place, id: MessageId, known: Step['known'] = null): Step {
  const body = JSON.stringify({ type: 'redaction', channel: at.channel, id, redaction: HIDING });
  return {
    ...redact(at, id),
    kind: 'hidden',
    body,
    known,
    effects: [{ kind: 'hide', id, author: ANN, redaction: HIDING }],
  };
}
export function show(at: Place, id: MessageId, text: string, known: Step['known'] = null): Step {
  const { message } = JSON.parse(post(at, text).body) as { readonly message: object };
  const body = JSON.stringify({ type: 'shown', channel: at.channel, id, message: { ...message, id } });
  return { ...redact(at, id), kind: 'shown', body, known, effects: [{ kind: 'show', id, author: ANN }] };
}
export function mode(at: Place, set: ChannelMode): Step {
  const base = redact(at, newMessageId());
  const body = JSON.stringify({ type: 'notice', channel: at.channel, code: 'mode', say: '', at: 0, ...set });
  return { ...base, kind: 'mode', body, effects: [{ kind: 'mode', channel: at.channel, ...set }] };
}
function slowPost(at: Place, author: typeof ANN, saidAt: number, everyMs = 10_000): Step {
  const posting = post(at, 'slow', { author });
  const slow: Effect = { kind: 'slow', channel: at.channel, user: author, at: saidAt as EpochMs, everyMs };
  return { ...posting, effects: [...posting.effects, slow] };
}

/** What is held, hidden and slowed down. */
export function describeModeration(open: OpenForTest): void {
  describe('moderation', () => {
    let opened: OpenedForTest;
    let store: LiveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());
    const held = async (at: Place) => (await store.live.snapshot(store.log.shardOf(at.scope))).held;
    const texts = async (at: Place) => {
      const page = await store.log.page(at.scope, at.channel, null, 100);
      return page.messages.map(({ body, redaction }) => `${body?.includes('secret words')} ${redaction?.by ?? ''}`);
    };

    it('keeps a held message whole, away from readers, over a restart and trimming', async () => {
      const at = newPlace();
      const step = hold(at, 'secret words');
      const answer = await stored(store, step);
      expect(answer).toMatchObject({ message: step.id, seq: null });
      const expected = { id: step.id, channel: at.channel, author: ANN, at: step.at, body: step.body };
      expect(await held(at)).toEqual([expected]);
      expect(await texts(at)).toEqual([]);
      expect(await store.log.since(at.scope, at.channel, seq(0), 100)).toEqual([]);
      expect((await store.log.hot(at.scope, [step.id])).size).toBe(0);
      expect(await store.log.append(step)).toEqual({ ...answer, kind: 'duplicate' });
      await trimAll(store, store.log.shardOf(at.scope), answer.position);
      store = await opened.reopen();
      expect(await held(at)).toEqual([expected]);
    });

    it('releases a held message once: it is like any other from then on', async () => {
      const at = newPlace();
      const { id } = await storedHold(store, at);
      const answers = await Promise.all([release(at, id), discard(at, id), release(at, id)].map(store.log.append));
      expect(answers).toEqual([
        expect.objectContaining({ kind: 'stored', message: id }),
        conflict('decided'),
        conflict('decided'),
      ]);
      expect(answers[0]).toMatchObject({ seq: expect.any(Number) });
      expect(await held(at)).toEqual([]);
      expect((await store.log.hot(at.scope, [id])).get(id)?.head).toMatchObject({
        author: ANN,
        revision: 0,
        isRedacted: false,
      });
      expect(await store.log.append(edit(at, id, 0, 'later'))).toMatchObject({ kind: 'stored' });
      expect(await store.log.append(redact(at, id))).toMatchObject({ kind: 'stored' });
    });

    it('discards a held message for good', async () => {
      const at = newPlace();
      const { id } = await storedHold(store, at);
      expect(await store.log.append(discard(at, id))).toMatchObject({ kind: 'stored', seq: null });
      expect(await store.log.append(release(at, id))).toEqual(conflict('decided'));
      expect(await store.log.append(edit(at, id, 0, 'x'))).toEqual(conflict('redacted'));
      expect(await texts(at)).toEqual([]);
    });

    it('does not hold again what was decided and may only not be archived yet', async () => {
      const at = newPlace();
      for (const decide of [release, discard]) {
        const { id } = await storedHold(store, at);
        await stored(store, decide(at, id));
        expect(await store.log.append({ ...hold(at, 'again'), effects: [{ kind: 'hold', id, author: ANN }] })).toEqual(
          conflict('decided'),
        );
      }
      expect(await held(at)).toEqual([]);
    });

    it('releases and discards nothing that was never held', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      for (const step of [release(at, id), discard(at, id), discard(at, newMessageId())]) {
        expect(await store.log.append(step)).toEqual(conflict('decided'));
      }
      expect((await store.log.hot(at.scope, [id])).get(id)?.body).toContain('secret words');
    });

    it('counts what is held towards the cap', async () => {
      await opened.close();
      opened = await open({ maxEntries: 2 });
      store = opened.store;
      const at = newPlace();
      await stored(store, hold(at, 'one'));
      await stored(store, hold(at, 'two'));
      expect(await store.log.append(hold(at, 'three'))).toEqual({ kind: 'full' });
    });

    it('covers a hidden message from readers until it is shown again', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      await stored(store, hide(at, id));
      const hot = (await store.log.hot(at.scope, [id])).get(id);
      expect(hot).toMatchObject({ redaction: HIDING, head: { isRedacted: false, isHidden: true } });
      const since = await store.log.since(at.scope, at.channel, seq(0), 100);
      expect(since.map(({ kind }) => kind)).toEqual(['message', 'hidden']);
      expect(JSON.stringify(since)).not.toContain('secret words');
      for (const step of [edit(at, id, 0, 'x'), react(at, id, '🔥', true)]) {
        expect(await store.log.append(step)).toEqual(conflict('hidden'));
      }
      expect(await store.log.append(hide(at, id))).toEqual(conflict('decided'));
      store = await opened.reopen();
      await stored(store, show(at, id, 'secret words'));
      expect(await store.log.append(show(at, id, 'secret words'))).toEqual(conflict('decided'));
      const again = (await store.log.hot(at.scope, [id])).get(id);
      expect(again).toMatchObject({ redaction: null, shown: expect.stringContaining('secret words') });
      expect(await texts(at)).toEqual(['true ']);
      expect(JSON.stringify(await store.log.since(at.scope, at.channel, seq(0), 100))).toContain('secret words');
      expect(await store.log.append(edit(at, id, 0, 'edited'))).toMatchObject({ kind: 'stored' });
    });

    it('redacts a hidden message, after which nothing shows it', async () => {
      const at = newPlace();
      const { id } = await storedPost(store, at);
      await stored(store, hide(at, id));
      await stored(store, show(at, id, 'secret words'));
      await stored(store, hide(at, id));
      await stored(store, redact(at, id));
      expect(await store.log.append(show(at, id, 'secret words'))).toEqual(conflict('redacted'));
      expect(JSON.stringify(await store.log.since(at.scope, at.channel, seq(0), 100))).not.toContain('secret words');
    });

    it('hides and shows what is archived already', async () => {
      const at = newPlace();
      const id = newMessageId();
      expect(await store.log.append(hide(at, id))).toEqual(conflict('unknown'));
      await stored(store, hide(at, id, archivedHead(at, id)));
      const shard = store.log.shardOf(at.scope);
      const last = (await wholeShard(store, shard)).at(-1);
      if (last !== undefined) await trimAll(store, shard, last.position);
      expect(await store.log.append(hide(at, id, archivedHead(at, id, { isHidden: true })))).toEqual(
        conflict('decided'),
      );
      const step = show(at, id, 'back', archivedHead(at, id, { isHidden: true }));
      expect(await store.log.append(step)).toMatchObject({ kind: 'stored' });
      expect((await store.log.hot(at.scope, [id])).get(id)).toMatchObject({ body: null, shown: expect.any(String) });
    });

    it('keeps modes, and refuses what was judged by the mode before', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const before = (await store.live.snapshot(shard)).rev;
      const shieldUntil = 1_900_000_000_000 as EpochMs;
      await stored(store, mode(at, { slowSeconds: 30, shieldUntil }));
      await stored(store, mode(newPlace(), { slowSeconds: 5, shieldUntil: null }));
      store = await opened.reopen();
      const { modes, rev } = await store.live.snapshot(shard);
      expect(modes.get(at.channel)).toEqual({ slowSeconds: 30, shieldUntil });
      expect(rev).toBeGreaterThan(before);
      expect(await store.log.append(post(at, 'late', { ifRev: before as Rev }))).toEqual({ kind: 'stale', rev });
      await stored(store, mode(at, { slowSeconds: 0, shieldUntil: null }));
      expect((await store.live.snapshot(shard)).modes.get(at.channel)).toEqual({ slowSeconds: 0, shieldUntil: null });
    });

    it('in slow mode stores one message of each person in so long, to the millisecond', async () => {
      const at = newPlace();
      await stored(store, slowPost(at, ANN, AT));
      expect(await store.log.append(slowPost(at, ANN, AT + 9_999))).toEqual({ kind: 'slow', retryAfterMs: 1 });
      expect(await store.log.append(slowPost(at, BEN, AT + 1))).toMatchObject({ kind: 'stored' });
      expect(await store.log.append(slowPost(newPlace(), ANN, AT + 1))).toMatchObject({ kind: 'stored' });
      expect(await store.log.append(slowPost(at, ANN, AT + 10_000))).toMatchObject({ kind: 'stored' });
      expect(await store.log.append(slowPost(at, ANN, AT + 10_001))).toEqual({ kind: 'slow', retryAfterMs: 9_999 });
      store = await opened.reopen();
      expect(await store.log.append(slowPost(at, ANN, AT + 15_000))).toEqual({ kind: 'slow', retryAfterMs: 5_000 });
    });

    it('in slow mode lets one through of many that come at once', async () => {
      const at = newPlace();
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.log.append(slowPost(at, ANN, AT))));
      expect(answers.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
      expect(answers.filter(({ kind }) => kind === 'slow')).toHaveLength(19);
    });

    it('in slow mode a held message counts like any other, and a refused one does not', async () => {
      const at = newPlace();
      const slow: Effect = { kind: 'slow', channel: at.channel, user: ANN, at: AT as EpochMs, everyMs: 10_000 };
      const holding = hold(at, 'x');
      await stored(store, { ...holding, effects: [...holding.effects, slow] });
      expect(await store.log.append(slowPost(at, ANN, AT + 5_000))).toMatchObject({ kind: 'slow' });
      expect(await store.log.append(slowPost(at, ANN, AT + 10_000))).toMatchObject({ kind: 'stored' });
    });
  });
}

async function storedPost(store: LiveStore, at: Place) {
  const step = post(at, 'secret words');
  await stored(store, step);
  return step;
}

async function storedHold(store: LiveStore, at: Place) {
  const step = hold(at, 'secret words');
  await stored(store, step);
  return step;
}
