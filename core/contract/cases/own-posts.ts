import assert from 'node:assert/strict';
import { textContent } from '../../domain/content.ts';
import { type ContractCase, onBridge } from '../case.ts';
import { type Rig, textsOf } from '../rig.ts';

const HUB = { kind: 'hub' } as const;

/** What the bridge did itself never comes back as somebody's. */
export const OWN_CASES: readonly ContractCase[] = [
  onBridge('posts what it is asked to, and its own posts never come back', { needs: ['post'] }, async (rig) => {
    await rig.start();
    const refs = await rig.post('from the hub', 'k1');
    assert.ok(
      refs.length > 0 && refs.every(({ room }) => room === rig.double.room),
      'a post returns a ref in its room',
    );
    assert.deepEqual(
      refs.map(({ id }) => id),
      rig.double.posted().map(({ id }) => id),
    );
    await hearsOnly(rig, 'from a person');
    assert.deepEqual(textsOf(rig), ['from the hub']);
  }),
  onBridge(
    'its own posts never come back when the echo is faster than the answer',
    { needs: ['post'], wants: ['echoBeforeResponse'] },
    async (rig) => {
      await rig.start();
      rig.double.echoBeforeResponse?.();
      await rig.post('one', 'k1');
      await Promise.all([rig.post('two', 'k2'), rig.post('three', 'k3')]);
      await hearsOnly(rig, 'from a person');
    },
  ),
  onBridge('its own posts never come back after a new start', { needs: ['post'] }, async (rig) => {
    await rig.start();
    await rig.post('from the hub', 'k1');
    await rig.bridge.stop();
    await rig.start();
    await hearsOnly(rig, 'from a person');
  }),
  onBridge('somebody who says the same words is heard', { needs: ['post'] }, async (rig) => {
    await rig.start();
    await rig.post('lol', 'k1');
    const id = await rig.double.userPosts('lol');
    await rig.hears('lol');
    assert.deepEqual(rig.heard(), [{ id, text: 'lol' }]);
  }),
  onBridge('its own edits never come back', { needs: ['post', 'edit'] }, async (rig) => {
    await rig.start();
    const [ref] = await rig.post('frist', 'k1');
    assert.ok(ref, 'a post returns a ref');
    await rig.run('edit', { ref, speaker: HUB, text: textContent('first').rich, key: 'k2' });
    await hearsOnly(rig, 'from a person');
  }),
  onBridge('its own redactions never come back', { needs: ['post', 'redact'] }, async (rig) => {
    await rig.start();
    await rig.run('redact', { refs: await rig.post('oops', 'k1'), reason: null });
    await hearsOnly(rig, 'from a person');
  }),
  onBridge('its own reactions never come back', { needs: ['react'] }, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('tune!');
    await rig.hears('tune!');
    const ref = { room: rig.double.room, id };
    await rig.run('react', { ref, speaker: HUB, emoji: '👍', on: true, key: 'k1' });
    await rig.run('react', { ref, speaker: HUB, emoji: '👍', on: false, key: 'k2' });
    await hearsOnly(rig, 'and you', ['tune!']);
  }),
];

/** Somebody posts, and beyond `before` that is all the hub hears. */
async function hearsOnly(rig: Rig, text: string, before: readonly string[] = []): Promise<void> {
  await rig.double.userPosts(text);
  await rig.hears(text);
  await rig.silence();
  assert.deepEqual(
    rig.heard().map((one) => one.text),
    [...before, text],
  );
  const acts = rig.hub.received.filter(({ kind }) => kind === 'edit' || kind === 'redaction' || kind === 'reaction');
  assert.deepEqual(acts, []);
}
