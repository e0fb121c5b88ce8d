import assert from 'node:assert/strict';
import { textContent } from '../../domain/content.ts';
import type { RemoteRef } from '../../domain/message.ts';
import { type ContractCase, onBridge } from '../case.ts';
import { textOf } from '../port-double.ts';
import { postOf, type Rig, textsOf, until } from '../rig.ts';

const PROMPT_MS = 2_000;

/** How things fail, and what the hub is told of it. */
export const FAILURE_CASES: readonly ContractCase[] = [
  onBridge(
    'makes a rate limit retryable, after the milliseconds that the platform asks',
    { needs: ['post'] },
    async (rig) => {
      await rig.start();
      rig.double.failNext('rate-limit');
      const { failure } = await rig.failureOf(rig.post('again', 'k1'));
      assert.deepEqual(failure, { kind: 'retryable', delivered: 'no', retryAfterMs: rig.double.retryAfterMs });
      assert.deepEqual(textsOf(rig), []);
    },
  ),
  onBridge('makes a rate limit of an edit retryable too', { needs: ['post', 'edit'] }, async (rig) => {
    await rig.start();
    const [ref] = await rig.post('frist', 'k1');
    assert.ok(ref, 'a post returns a ref');
    rig.double.failNext('rate-limit');
    const { failure } = await rig.failureOf(edit(rig, ref));
    assert.equal(failure.kind, 'retryable');
    await edit(rig, ref);
    assert.deepEqual(textsOf(rig), ['first']);
  }),
  onBridge('makes a rate limit of a redaction retryable too', { needs: ['post', 'redact'] }, async (rig) => {
    await rig.start();
    const refs = await rig.post('oops', 'k1');
    rig.double.failNext('rate-limit');
    const { failure } = await rig.failureOf(rig.run('redact', { refs, reason: null }));
    assert.equal(failure.kind, 'retryable');
    await rig.run('redact', { refs, reason: null });
    assert.deepEqual(textsOf(rig), []);
  }),
  onBridge('makes a refused credential an auth failure', { needs: ['post'] }, async (rig) => {
    await rig.start();
    rig.double.failNext('unauthorized');
    assert.deepEqual((await rig.failureOf(rig.post('no', 'k1'))).failure, { kind: 'auth' });
  }),
  onBridge('makes a lost room permanent for the portal', { needs: ['post'] }, async (rig) => {
    await rig.start();
    rig.double.failNext('room-gone');
    const { failure } = await rig.failureOf(rig.post('no', 'k1'));
    assert.deepEqual(failure, { kind: 'permanent', scope: 'portal' });
  }),
  onBridge(
    'makes an outage of the platform retryable, and posts afterwards',
    { needs: ['post'], fails: 'outage' },
    async (rig) => {
      await rig.start();
      rig.double.failNext('outage');
      const { failure } = await rig.failureOf(rig.post('later', 'k1'));
      assert.equal(failure.kind, 'retryable');
      await rig.post('later', 'k1');
      assert.deepEqual(textsOf(rig), ['later']);
    },
  ),
  onBridge(
    'says that it does not know when the connection breaks before the answer',
    { needs: ['post'], fails: 'cut' },
    async (rig) => {
      await rig.start();
      rig.double.failNext('cut');
      const { failure } = await rig.failureOf(rig.post('perhaps', 'k1'));
      assert.equal(failure.kind, 'retryable');
      assert.equal(failure.delivered, 'unknown');
    },
  ),
  onBridge('posts nothing when it is aborted before, and rejects', { needs: ['post'] }, async (rig) => {
    await rig.start();
    const aborted = rig.can().post?.run(postOf(rig.double, 'never', 'k1'), AbortSignal.abort());
    await assert.rejects(async () => aborted);
    await rig.post('after', 'k2');
    assert.deepEqual(textsOf(rig), ['after']);
  }),
  onBridge(
    'rejects promptly when it is aborted while it waits, and does not say that nothing arrived',
    { needs: ['post'], fails: 'silence' },
    async (rig) => {
      await rig.start();
      rig.double.failNext('silence');
      const giveUp = new AbortController();
      const attempt = rig.can().post?.run(postOf(rig.double, 'perhaps', 'k1'), giveUp.signal) ?? Promise.resolve();
      let outcome: { readonly error: unknown } | null = null;
      void attempt.then(
        () => {
          outcome = { error: null };
        },
        (error: unknown) => {
          outcome = { error };
        },
      );
      await rig.silence();
      assert.equal(outcome, null, 'it waits for the answer');
      giveUp.abort();
      await until('it rejects', () => outcome !== null, PROMPT_MS);
      const { failure } = await rig.failureOf(attempt);
      assert.equal(failure.kind, 'retryable');
      assert.equal(failure.delivered, 'unknown');
    },
  ),
  onBridge('never prints its credential in an error, a log or a status', { needs: ['post'] }, async (rig) => {
    await rig.start();
    const more = (['outage', 'cut'] as const).filter((one) => rig.double.failures?.includes(one));
    for (const failure of ['rate-limit', 'unauthorized', 'room-gone', ...more] as const) {
      rig.double.failNext(failure);
      const { error } = await rig.failureOf(rig.post('no', failure));
      assert.ok(!textOf(error).includes(rig.double.secret), `the error of ${failure} holds no secret`);
    }
    rig.double.dropConnections?.();
    await rig.silence();
    assert.ok(!rig.hub.logged().includes(rig.double.secret), 'the log holds no secret');
    assert.ok(!textOf(rig.hub.states).includes(rig.double.secret), 'the status holds no secret');
  }),
];

function edit(rig: Rig, ref: RemoteRef): Promise<RemoteRef> {
  return rig.run('edit', { ref, speaker: { kind: 'hub' }, text: textContent('first').rich, key: 'k2' });
}
