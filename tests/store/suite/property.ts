import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId, Position, Rev, UserId } from '../../../core/domain/ids.ts';
import type { LiveStore, Step, Stored } from '../../../core/store/ports.ts';
import type { Model } from './model.ts';
import { applyStep, emptyModel, readable, trimModel } from './model.ts';
import { discard, hide, hold, release, show } from './moderation.ts';
import type { OpenedForTest, OpenForTest } from './opened.ts';
import { trimAll, wholeShard } from './opened.ts';
import type { Place } from './steps.ts';
import { ANN, BEN, edit, newPlace, post, react, redact, sanction, seq } from './steps.ts';

type Move =
  | { readonly do: 'post'; readonly by: UserId }
  | { readonly do: 'edit'; readonly message: number; readonly by: UserId; readonly offset: number }
  | { readonly do: 'redact'; readonly message: number; readonly by: UserId }
  | { readonly do: 'hold' }
  | { readonly do: 'release' | 'discard' | 'hide' | 'show'; readonly message: number }
  | { readonly do: 'react'; readonly message: number; readonly emoji: string; readonly on: boolean }
  | { readonly do: 'ban' | 'lift'; readonly who: UserId }
  | { readonly do: 'judged'; readonly by: UserId; readonly behind: number }
  | { readonly do: 'repeat'; readonly step: number; readonly same: boolean }
  | { readonly do: 'trim'; readonly upTo: number };

const by = fc.constantFrom(ANN, BEN);
const message = fc.nat({ max: 5 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('post' as const), by }) },
  fc.record({ do: fc.constant('edit' as const), message, by, offset: fc.constantFrom(0, 0, 0, 1, -1) }),
  fc.record({ do: fc.constant('redact' as const), message, by }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('release', 'discard', 'hide', 'show'), message }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('react' as const),
      message,
      emoji: fc.constantFrom('🔥', '👏'),
      on: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constantFrom('ban' as const, 'lift' as const), who: by }),
  fc.record({ do: fc.constant('judged' as const), by, behind: fc.nat({ max: 1 }) }),
  fc.record({ do: fc.constant('repeat' as const), step: fc.nat({ max: 9 }), same: fc.boolean() }),
  fc.record({ do: fc.constant('trim' as const), upTo: fc.nat({ max: 12 }) }),
);

/** Random steps: the store answers and holds what a plain model does. */
export function describeModel(open: OpenForTest): void {
  describe('random steps', () => {
    let opened: OpenedForTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    it('are answered and kept as a plain model would', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 40 }), async (moves) => {
          await runMoves(opened.store, moves);
        }),
        { numRuns: 60 },
      );
    });
  });
}

const DECISIONS = {
  release,
  discard,
  hide: (at: Place, id: MessageId) => hide(at, id),
  show: (at: Place, id: MessageId) => show(at, id, 'text 0'),
} as const;

interface Run {
  readonly store: LiveStore;
  readonly at: Place;
  readonly model: Model;
  readonly ids: MessageId[];
  readonly steps: Step[];
  /** Position of each stored step by its place. */
  readonly positions: Position[];
}

async function runMoves(store: LiveStore, moves: readonly Move[]): Promise<void> {
  const at = newPlace();
  const { rev } = await store.live.snapshot(store.log.shardOf(at.scope));
  const run: Run = { store, at, model: emptyModel(rev), ids: [], steps: [], positions: [] };
  for (const each of moves) {
    if (each.do === 'trim') await trim(run, each.upTo);
    else await take(run, each);
  }
  await compare(run);
}

async function take(run: Run, each: Exclude<Move, { do: 'trim' }>): Promise<void> {
  const step = stepOf(run, each);
  if (step === null) return;
  const expected = applyStep(run.model, step);
  const answer = await run.store.log.append(step);
  expect({ move: each, answer: nameOf(answer) }).toEqual({ move: each, answer: expected });
  if (answer.kind === 'stored') run.positions.push(answer.position);
  run.steps.push(step);
}

function stepOf({ at, ids, steps, model }: Run, each: Exclude<Move, { do: 'trim' }>): Step | null {
  const pick = (index: number): MessageId | undefined => ids[index % Math.max(ids.length, 1)];
  switch (each.do) {
    case 'post':
    case 'judged': {
      const ifRev = each.do === 'judged' ? ((model.rev - each.behind) as Rev) : null;
      const step = post(at, `text ${ids.length}`, { author: each.by, ifRev });
      if (ifRev === null || ifRev === model.rev) ids.push(step.id);
      return step;
    }
    case 'edit': {
      const id = pick(each.message);
      const from = (id === undefined ? 0 : (model.heads.get(id)?.revision ?? 0)) + each.offset;
      return id === undefined || from < 0 ? null : edit(at, id, from, `edit ${from}`, { author: each.by });
    }
    case 'redact': {
      const id = pick(each.message);
      return id === undefined ? null : redact(at, id, { author: each.by });
    }
    case 'hold': {
      const step = hold(at, `text ${ids.length}`);
      ids.push(step.id);
      return step;
    }
    case 'release':
    case 'discard':
    case 'hide':
    case 'show': {
      const id = pick(each.message);
      return id === undefined ? null : DECISIONS[each.do](at, id);
    }
    case 'react': {
      const id = pick(each.message);
      return id === undefined ? null : react(at, id, each.emoji, each.on);
    }
    case 'ban':
    case 'lift':
      return sanction(at, each.who, each.do, null);
    case 'repeat': {
      const step = steps[each.step % Math.max(steps.length, 1)];
      if (step === undefined) return null;
      return each.same ? step : { ...step, digest: `${step.digest}-other` };
    }
  }
}

async function trim({ store, at, model, positions }: Run, upTo: number): Promise<void> {
  const position = positions[upTo];
  if (position === undefined) return;
  trimModel(model, upTo);
  await trimAll(store, store.log.shardOf(at.scope), position);
}

const WITH_WORDS: ReadonlySet<string> = new Set(['message', 'edit', 'shown']);

async function compare({ store, at, model, ids }: Run): Promise<void> {
  const shard = store.log.shardOf(at.scope);
  const own = (await wholeShard(store, shard)).filter((entry) => entry.channel === at.channel);
  expect(own.map(({ key }) => key)).toEqual(model.entries.map(({ step }) => step.key));
  expect(own.map(({ body }) => body)).toEqual(model.entries.map(({ step }) => step.body));

  const since = await store.log.since(at.scope, at.channel, seq(0), 1_000);
  expect(since.map(({ key }) => key)).toEqual(readable(model).map(({ step }) => step.key));
  for (const { message: id, kind, body } of since) {
    const head = id === null ? undefined : model.heads.get(id);
    if (!(head?.isRedacted || head?.isHidden) || !WITH_WORDS.has(kind)) continue;
    expect(body).not.toMatch(/text \d|edit \d/);
  }

  const { messages } = await store.log.page(at.scope, at.channel, null, 1_000);
  const posts = model.entries.filter(({ step }) => step.kind === 'message');
  expect(messages.map(({ head }) => head.id)).toEqual(posts.map((entry) => entry.message).toReversed());

  const hot = await store.log.hot(at.scope, ids);
  expect([...hot.keys()].sort()).toEqual([...model.heads.keys()].sort());
  for (const [id, { head, edit: edited, reactions }] of hot) {
    const known = model.heads.get(id);
    expect(head).toMatchObject({ author: known?.author, revision: known?.revision, isRedacted: known?.isRedacted });
    expect(head.isHidden ?? false).toBe(known?.isHidden);
    const lastEdit = model.entries.findLast(({ step, message: of }) => step.kind === 'edit' && of === id);
    if (!head.isRedacted) expect(edited).toBe(lastEdit?.step.body ?? null);
    const got = reactions.map(({ emoji, user, on }) => [`${emoji} ${user}`, on]);
    expect(new Map(got as [string, boolean][])).toEqual(known?.reactions);
  }

  const { sanctions, rev, held } = await store.live.snapshot(shard);
  const waiting = held.filter(({ channel }) => channel === at.channel).map(({ id }) => id);
  expect(waiting.sort()).toEqual([...model.held.keys()].sort());
  expect(rev).toBe(model.rev);
  const banned = sanctions.filter(({ scope }) => scope === at.scope).map(({ user }) => user);
  expect(banned.sort()).toEqual([...model.banned].sort());
  const { lowest } = await store.log.bounds(at.scope, at.channel);
  expect(lowest).toBe(since[0]?.seq ?? null);
}

function nameOf(answer: Stored): string {
  return answer.kind === 'conflict' ? `conflict ${answer.what}` : answer.kind;
}
