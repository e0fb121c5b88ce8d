import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessageId, Seq, UserId } from '../../core/domain/ids.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import type { Step } from '../../core/store/ports.ts';
import { BACKENDS } from './archive-backends.ts';
import { channelOf, headOf, openRig, privatePlace, type Rig } from './archive-rig.ts';
import { stored } from './suite/opened.ts';
import { BEN, edit, post, react, redact } from './suite/steps.ts';

/** What somebody was told is stored, and so must be seen by every page asked for from then on. */
interface Told {
  readonly id: MessageId;
  readonly seq: Seq;
  revision: number;
  isRedacted: boolean;
  hasReaction: boolean;
}

const POSTS = 1_200;

describe.each(BACKENDS)('while posts, archiving and trimming run over the $name log', (backend) => {
  let end: () => Promise<void>;
  beforeAll(async () => {
    end = await backend.prepare();
  });
  afterAll(() => end());
  let rig: Rig;
  const told: Told[] = [];
  /** Of every entry for readers that was stored. */
  const seqs: (Seq | null)[] = [];
  let isPosting = true;
  const at = privatePlace(`moving-${backend.name}`);
  beforeEach(async () => {
    rig = await openRig(backend);
    told.length = 0;
    seqs.length = 0;
    isPosting = true;
  });
  afterEach(() => rig.close());

  /** Posts, and changes messages old and new; each only once the one before is stored. */
  async function keepPosting(): Promise<void> {
    for (let n = 0; n < POSTS; n += 1) {
      const steps = Array.from({ length: 4 }, (_, part) => post(at, `track ${n} ${part}`));
      const answers = await Promise.all(steps.map(say));
      for (const [index, { seq }] of answers.entries()) {
        const id = steps[index]?.id;
        if (id === undefined || seq === null) throw new Error('no seq');
        told.push({ id, seq, revision: 0, isRedacted: false, hasReaction: false });
      }
      n += 3;
      await change(told[(n * 7_919) % told.length], n);
      rig.clock.ahead(50);
    }
    isPosting = false;
  }

  async function say(step: Step) {
    const answer = await stored(rig.store, step);
    seqs.push(answer.seq);
    return answer;
  }

  async function change(message: Told | undefined, n: number): Promise<void> {
    if (message === undefined || message.isRedacted) return;
    const known = await headOf(rig, at, message.id);
    const { id } = message;
    if (n % 5 === 0) {
      await say(redact(at, id, { known }));
      message.isRedacted = true;
    } else if (n % 2 === 0) {
      await say(react(at, id, '🔥', !message.hasReaction, { known }));
      message.hasReaction = !message.hasReaction;
    } else {
      await say(edit(at, id, known.revision, `track again ${n}`, { known }));
      message.revision = known.revision + 1;
    }
  }

  async function onePage(before: Seq | null): Promise<readonly HistoryMessage[]> {
    const expected = told.filter(({ seq }) => before === null || seq < before).map((one) => ({ ...one }));
    const { messages, isEnd } = await rig.history.page(channelOf(at), before, 20);
    const lowest = isEnd ? 0 : (messages.at(-1)?.seq ?? 0);
    const page = new Map(messages.map((row) => [row.message.id, row]));
    expect(page.size, 'no double').toBe(messages.length);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map(({ seq }) => seq).toSorted((a, b) => b - a));
    for (const one of expected.filter(({ seq }) => seq >= lowest)) {
      const row = page.get(one.id);
      expect(row?.seq, `no gap at ${one.seq}`).toBe(one.seq);
      expect(row?.message.revision, 'fresh').toBeGreaterThanOrEqual(one.revision);
      if (one.isRedacted) expect(row?.message.redaction).not.toBeNull();
    }
    return messages;
  }

  it('gives pages without gap, double or stale content', async () => {
    const archiver = rig.archiver({ hotMs: 0, batch: 50 });
    const posting = keepPosting();
    let pages = 0;
    for (let before: Seq | null = null; isPosting || pages < 200; pages += 1) {
      const messages: readonly HistoryMessage[] = await onePage(before);
      before = messages.at(-1)?.seq ?? null;
      await nextTurn();
    }
    await posting;
    expect(pages).toBeGreaterThan(50);
    expect(archiver.state()?.trimmed, 'trimming ran').toBeGreaterThan(POSTS / 4);

    const all: HistoryMessage[] = [];
    for (let before: Seq | null = null, isEnd = false; !isEnd; before = all.at(-1)?.seq ?? null) {
      const page = await rig.history.page(channelOf(at), before, 100);
      all.push(...page.messages);
      isEnd = page.isEnd;
    }
    const users: readonly UserId[] = [BEN];
    expect(
      all.map(({ seq, message, reactions }) => ({
        seq,
        id: message.id,
        revision: message.revision,
        isRedacted: message.redaction !== null,
        reactions,
      })),
    ).toEqual(
      told
        .map(({ seq, id, revision, isRedacted, hasReaction }) => ({
          seq,
          id,
          revision,
          isRedacted,
          reactions: hasReaction && !isRedacted ? [{ emoji: '🔥', users }] : [],
        }))
        .toReversed(),
    );
  });

  it('gives everything after a seq without gap or double', async () => {
    rig.archiver({ hotMs: 0, batch: 50 });
    const posting = keepPosting();
    const seen: number[] = [];
    while (isPosting || seen.at(-1) !== seqs.at(-1)) {
      const entries = await rig.history.since(channelOf(at), (seen.at(-1) ?? 0) as Seq, 37);
      seen.push(...entries.map(({ seq }) => seq));
      await nextTurn();
    }
    await posting;
    expect(seen).toEqual(seqs);
  });
});
