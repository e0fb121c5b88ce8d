import assert from 'node:assert/strict';
import { textContent } from '../domain/content.ts';
import type { Operations } from '../plugin/operations.ts';
import { textOf } from './port-double.ts';
import { onRig, postOf, type Rig } from './rig.ts';
import type { ContractSubject } from './subject.ts';

/** One promise that every bridge keeps. */
export interface ContractCase {
  readonly name: string;
  /** Operations without which the case has nothing to try. */
  readonly needs?: readonly (keyof Operations)[];
  /** Rejects with an AssertionError when the promise is broken. */
  run<Config>(subject: ContractSubject<Config>): Promise<void>;
}

const REQUIRED_FIELD: ContractCase = {
  name: 'refuses a config without its required field and names it, never its other values',
  async run(subject) {
    const double = await subject.open();
    try {
      const { [subject.requiredField]: _, ...rest }: Record<string, unknown> = { ...subject.config(double) };
      const said = textOf(errorOf(() => subject.plugin.parseConfig(rest)));
      assert.ok(said.includes(subject.requiredField), `the error names ${subject.requiredField}`);
      assert.ok(!said.includes(double.secret), 'the error holds no secret');
    } finally {
      await double.stop();
    }
  },
};

/** In the order in which a bridge grows. Loop over it in any test runner. */
export const contractCases: readonly ContractCase[] = [
  REQUIRED_FIELD,
  onRun('delivers what is posted after start resolves', [], async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('hello');
    await rig.hears('hello');
    assert.deepEqual(rig.heard(), [{ id, text: 'hello' }]);
  }),
  onRun('gives the same message the same id when the platform delivers it again', [], async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('hello');
    await rig.hears('hello');
    await rig.double.deliverAgain(id);
    await rig.double.userPosts('after');
    await rig.hears('after');
    const ids = rig.heard().flatMap((one) => (one.text === 'hello' ? [one.id] : []));
    assert.deepEqual([...new Set(ids)], [id]);
  }),
  onRun('is silent after stop', [], async (rig) => {
    await rig.start();
    await rig.bridge.stop();
    const before = rig.hub.received.length;
    await rig.double.userPosts('too late');
    await rig.silence();
    assert.equal(rig.hub.received.length, before);
  }),
  onRun('stops twice', [], async (rig) => {
    await rig.start();
    await rig.bridge.stop();
    await rig.bridge.stop();
  }),
  onRun('stops without having been started', [], (rig) => rig.bridge.stop()),
  onRun('starts again after stop', [], async (rig) => {
    await rig.start();
    await rig.bridge.stop();
    await rig.start();
    await rig.double.userPosts('back');
    await rig.hears('back');
    assert.equal(rig.heard().filter(({ text }) => text === 'back').length, 1);
  }),
  onRun('does not move the cursor when nothing was stored', [], async (rig) => {
    await rig.start();
    rig.hub.answerStopping();
    await rig.double.userPosts('lost');
    await rig.hears('lost');
    await rig.bridge.stop();
    assert.equal(rig.hub.cursor(), null);
  }),
  onRun('posts what it is asked to, and its own posts never come back', ['post'], async (rig) => {
    await rig.start();
    await rig.post('from the hub', 'k1');
    await rig.double.userPosts('from a person');
    await rig.hears('from a person');
    assert.deepEqual(textsOf(rig), ['from the hub']);
    assert.deepEqual(
      rig.heard().map(({ text }) => text),
      ['from a person'],
    );
  }),
  onRun('posts a text of exactly its limit, astral characters included', ['post'], async (rig) => {
    await rig.start();
    const { text, unit } = postLimits(rig);
    const weight = { utf16: 2, 'code-point': 1, byte: 4 }[unit];
    const full = '😀'.repeat(Math.floor(text / weight)) + 'x'.repeat(text % weight);
    await rig.post(full, 'k1');
    assert.deepEqual(textsOf(rig), [full]);
  }),
  onRun('posts once for one key, where it says that posts are idempotent', ['post'], async (rig) => {
    await rig.start();
    if (!postLimits(rig).idempotent) return;
    const first = await rig.post('once', 'k1');
    assert.deepEqual(await rig.post('once', 'k1'), first);
    assert.deepEqual(textsOf(rig), ['once']);
  }),
  onRun('returns a ref that edit accepts', ['post', 'edit'], async (rig) => {
    await rig.start();
    const [ref] = await rig.post('frist', 'k1');
    assert.ok(ref, 'a post returns a ref');
    const text = textContent('first').rich;
    await rig.can().edit?.run({ ref, speaker: { kind: 'hub' }, text, key: 'k2' }, new AbortController().signal);
    assert.deepEqual(textsOf(rig), ['first']);
  }),
  onRun('returns a ref that redact accepts', ['post', 'redact'], async (rig) => {
    await rig.start();
    const refs = await rig.post('oops', 'k1');
    await rig.post('fine', 'k2');
    await rig.can().redact?.run({ refs, reason: null }, new AbortController().signal);
    assert.deepEqual(textsOf(rig), ['fine']);
  }),
  onRun('finds a post that arrived, and none that did not', ['post', 'find'], async (rig) => {
    await rig.start();
    const refs = await rig.post('here', 'k1');
    const find = (text: string, key: string) =>
      rig.can().find?.run(postOf(rig.double, text, key), new AbortController().signal);
    assert.deepEqual(await find('here', 'k1'), refs);
    assert.equal(await find('never sent', 'k2'), null);
  }),
  onRun('makes a rate limit retryable, after the milliseconds that the platform asks', ['post'], async (rig) => {
    await rig.start();
    rig.double.failNext('rate-limit');
    const { failure } = await rig.failureOf(rig.post('again', 'k1'));
    assert.deepEqual(failure, { kind: 'retryable', delivered: 'no', retryAfterMs: rig.double.retryAfterMs });
  }),
  onRun('makes a refused credential an auth failure', ['post'], async (rig) => {
    await rig.start();
    rig.double.failNext('unauthorized');
    assert.deepEqual((await rig.failureOf(rig.post('no', 'k1'))).failure, { kind: 'auth' });
  }),
  onRun('makes a lost room permanent for the portal', ['post'], async (rig) => {
    await rig.start();
    rig.double.failNext('room-gone');
    const { failure } = await rig.failureOf(rig.post('no', 'k1'));
    assert.deepEqual(failure, { kind: 'permanent', scope: 'portal' });
  }),
  onRun('posts nothing when it is aborted before, and rejects', ['post'], async (rig) => {
    await rig.start();
    const aborted = rig.can().post?.run(postOf(rig.double, 'never', 'k1'), AbortSignal.abort());
    await assert.rejects(async () => aborted);
    await rig.post('after', 'k2');
    assert.deepEqual(textsOf(rig), ['after']);
  }),
  onRun('never prints its credential in an error, a log or a status', ['post'], async (rig) => {
    await rig.start();
    for (const failure of ['rate-limit', 'unauthorized', 'room-gone'] as const) {
      rig.double.failNext(failure);
      const { error } = await rig.failureOf(rig.post('no', failure));
      assert.ok(!textOf(error).includes(rig.double.secret), `the error of ${failure} holds no secret`);
    }
    assert.ok(!rig.hub.logged().includes(rig.double.secret), 'the log holds no secret');
    assert.ok(!textOf(rig.hub.states).includes(rig.double.secret), 'the status holds no secret');
  }),
];

/** Why a case is left out for this bridge; null: it must hold. Print it in the report. */
export async function skipReason<Config>(of: ContractCase, subject: ContractSubject<Config>): Promise<string | null> {
  const said = subject.skips?.[of.name];
  if (said !== undefined) return said;
  let missing: readonly string[] = [];
  await onRig(subject, async (rig) => {
    missing = (of.needs ?? []).filter((operation) => rig.can()[operation] === undefined);
  });
  return missing.length === 0 ? null : `the bridge has no ${missing.join(', ')}`;
}

function onRun(name: string, needs: readonly (keyof Operations)[], run: (rig: Rig) => Promise<void>): ContractCase {
  return { name, needs, run: (subject) => onRig(subject, run) };
}

function textsOf(rig: Rig): readonly string[] {
  return rig.double.posted().map(({ text }) => text);
}

function postLimits(rig: Rig): Operations['post'][2] {
  const { post } = rig.can();
  assert.ok(post, 'the bridge can post');
  return post.limits;
}

function errorOf(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  return assert.fail('it was accepted');
}
