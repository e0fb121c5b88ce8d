import assert from 'node:assert/strict';
import { type Rich, textContent } from '../../domain/content.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import { type ContractCase, onBridge } from '../case.ts';
import { PICTURE } from '../picture.ts';
import { postOf, type Rig, textsOf } from '../rig.ts';

const HUB = { kind: 'hub' } as const;
const MINUTE_MS = 60_000;

/** Operations, and what becomes of them on the platform. */
export const POSTING_CASES: readonly ContractCase[] = [
  onBridge(
    'posts once for one key',
    { needs: ['post'], unless: ({ post }) => (post?.limits.idempotent ? null : 'its posts are not idempotent') },
    async (rig) => {
      await rig.start();
      const first = await rig.post('once', 'k1');
      assert.deepEqual(await rig.post('once', 'k1'), first);
      assert.deepEqual(textsOf(rig), ['once']);
    },
  ),
  onBridge('posts in the order in which it is asked', { needs: ['post'] }, async (rig) => {
    await rig.start();
    for (const text of ['one', 'two', 'three']) await rig.post(text, text);
    assert.deepEqual(textsOf(rig), ['one', 'two', 'three']);
  }),
  onBridge('edits the one message that it is asked to', { needs: ['post', 'edit'] }, async (rig) => {
    await rig.start();
    await rig.post('one', 'k1');
    const second = await postOne(rig, 'two', 'k2');
    const edited = await edit(rig, second, 'zwei', 'k3');
    assert.deepEqual(textsOf(rig), ['one', 'zwei']);
    await edit(rig, edited, 'deux', 'k4');
    assert.deepEqual(textsOf(rig), ['one', 'deux']);
  }),
  onBridge(
    'redacts the messages that it is asked to, as many as it says it can',
    { needs: ['post', 'redact'] },
    async (rig) => {
      await rig.start();
      const refs = [...(await rig.post('oops', 'k1')), ...(await rig.post('sorry', 'k2'))];
      await rig.post('fine', 'k3');
      const many = rig.can().redact?.limits.maxRefs ?? 1;
      assert.ok(many >= 1, 'it can redact one at least');
      await rig.run('redact', { refs: refs.slice(0, many), reason: null });
      assert.deepEqual(textsOf(rig), many >= 2 ? ['fine'] : ['sorry', 'fine']);
    },
  ),
  onBridge('redacts what was edited', { needs: ['post', 'edit', 'redact'] }, async (rig) => {
    await rig.start();
    const edited = await edit(rig, await postOne(rig, 'oops', 'k1'), 'ooops', 'k2');
    await rig.run('redact', { refs: [edited], reason: 'a test' });
    assert.deepEqual(textsOf(rig), []);
  }),
  onBridge(
    'an edit or redaction of what is gone fails for that command at most',
    { needs: ['post', 'edit', 'redact'] },
    async (rig) => {
      await rig.start();
      const ref = await postOne(rig, 'gone', 'k1');
      await rig.run('redact', { refs: [ref], reason: null });
      const attempts = [() => edit(rig, ref, 'back', 'k2'), () => rig.run('redact', { refs: [ref], reason: null })];
      for (const attempt of attempts) {
        const failure = await attempt().then(
          () => null,
          async (error: unknown) => (await rig.failureOf(Promise.reject(error))).failure,
        );
        if (failure !== null) assert.deepEqual(failure, { kind: 'permanent', scope: 'command' });
      }
      await rig.post('still here', 'k3');
      assert.deepEqual(textsOf(rig), ['still here']);
    },
  ),
  onBridge('puts a reaction and takes it away again', { needs: ['react'], wants: ['reactionsOf'] }, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('tune!');
    await rig.hears('tune!');
    const ref = { room: rig.double.room, id };
    const react = (on: boolean, key: string) => rig.run('react', { ref, speaker: HUB, emoji: '👍', on, key });
    await react(true, 'k1');
    assert.deepEqual(rig.double.reactionsOf?.(id), ['👍']);
    await react(false, 'k2');
    assert.deepEqual(rig.double.reactionsOf?.(id), []);
  }),
  onBridge(
    'answers the message that it is asked to',
    { needs: ['post'], wants: ['replyOf'], unless: ({ post }) => (post?.limits.reply ? null : 'it has no replies') },
    async (rig) => {
      await rig.start();
      await rig.double.userPosts('before');
      const id = await rig.double.userPosts('ID?');
      await rig.hears('ID?');
      const [answer] = await rig.post('a white label', 'k1', { replyTo: { room: rig.double.room, id } });
      assert.equal(rig.double.replyOf?.(answer?.id ?? ''), id);
    },
  ),
  onBridge(
    'shows the name of the author',
    {
      needs: ['post'],
      wants: ['nameOf'],
      unless: ({ post }) => (post?.limits.speaker === 'native' ? null : 'it shows no name of its own'),
    },
    async (rig) => {
      await rig.start();
      const speak = (name: string, key: string) =>
        rig.post('hello', key, { speaker: { kind: 'user', name, avatarUrl: null, key: `u-${name}` } });
      const [ann] = await speak('Ann', 'k1');
      const [ben] = await speak('Ben', 'k2');
      assert.deepEqual([rig.double.nameOf?.(ann?.id ?? ''), rig.double.nameOf?.(ben?.id ?? '')], ['Ann', 'Ben']);
    },
  ),
  onBridge(
    'forgets how somebody was shown, and shows them anew when they come back',
    { needs: ['post', 'retire'], wants: ['nameOf'] },
    async (rig) => {
      await rig.start();
      const speaker = { kind: 'user', name: 'Ann', avatarUrl: null, key: 'u-ann', platform: 'elsewhere' } as const;
      const who = { key: speaker.key, platform: speaker.platform };
      await rig.run('retire', { ...who, key: 'u-never-seen' });
      const [before] = await rig.post('hello', 'k1', { speaker });
      assert.equal(rig.double.nameOf?.(before?.id ?? ''), 'Ann');
      await rig.run('retire', who);
      await rig.run('retire', who);
      assert.ok(!rig.double.nameOf?.(before?.id ?? '').includes('Ann'), 'the name is gone');
      const [after] = await rig.post('hello again', 'k2', { speaker: { ...speaker, name: 'Anna' } });
      assert.equal(rig.double.nameOf?.(after?.id ?? ''), 'Anna');
    },
  ),
  onBridge(
    'uploads a picture',
    {
      needs: ['post'],
      wants: ['filesOf'],
      unless: ({ post }) => ((post?.limits.maxMedia ?? 0) > 0 ? null : 'it takes no media'),
    },
    async (rig) => {
      await rig.start();
      const url = rig.hub.media.keep(PICTURE.file);
      const { name, bytes } = PICTURE.file;
      const media = {
        url,
        publicUrl: null,
        name,
        type: 'image/png',
        bytes: bytes.length,
        width: 1,
        height: 1,
        alt: null,
        isSpoiler: false,
      };
      const [ref] = await rig.post('look', 'k1', { media: [media] });
      const files = rig.double.filesOf?.(ref?.id ?? '') ?? [];
      assert.equal(files.length, 1);
      assert.ok(PICTURE.equals(files[0]?.bytes), 'the bytes are the same');
      assert.ok(
        textsOf(rig).some((text) => text.includes('look')),
        'the caption is shown',
      );
    },
  ),
  onBridge('finds a post that arrived, and none that did not', { needs: ['post', 'find'] }, async (rig) => {
    await rig.start();
    await rig.post('earlier', 'k0');
    const refs = await rig.post('here', 'k1');
    await rig.post('later', 'k2');
    const ids = async (text: string, key: string) =>
      (await rig.run('find', postOf(rig.double, text, key)))?.map(({ id }) => id) ?? null;
    assert.deepEqual(
      await ids('here', 'k1'),
      refs.map(({ id }) => id),
    );
    assert.equal(await ids('never sent', 'k9'), null);
  }),
  onBridge(
    'does and undoes the sanctions that it says it can',
    { needs: ['sanction'], wants: ['person'] },
    async (rig) => {
      const { person, room } = rig.double;
      assert.ok(person, 'the double has a person');
      await rig.start();
      const limits = rig.can().sanction?.limits;
      const until = rig.hub.port.clock.now() + Math.max(limits?.minMs ?? 0, 2 * MINUTE_MS);
      for (const act of ['timeout', 'ban'] as const) {
        if (!limits?.acts.includes(act)) continue;
        const sanction = (what: typeof act | 'lift') =>
          rig.run('sanction', {
            room,
            account: person.account,
            act: what,
            until: what === 'timeout' ? epochMs(until) : null,
            reason: 'a test',
          });
        await sanction(act);
        assert.equal(person.standing(), act);
        if (limits.acts.includes('lift')) await sanction('lift');
        if (limits.acts.includes('lift')) assert.equal(person.standing(), 'free');
      }
    },
  ),
  onBridge('knows who an account is in the room, strangers too', { needs: ['authority'] }, async (rig) => {
    await rig.start();
    await rig.double.userPosts('hello');
    await rig.hears('hello');
    const [message] = rig.heardOf('message');
    assert.ok(message, 'somebody was heard');
    const ranks = ['owner', 'admin', 'moderator', 'member', 'none'];
    const { room } = rig.double;
    assert.ok(ranks.includes(await rig.run('authority', { room, account: message.by.id })), 'one of the ranks');
  }),
];

function epochMs(ms: number): EpochMs {
  return ms as EpochMs;
}

async function postOne(rig: Rig, text: string | Rich, key: string): Promise<RemoteRef> {
  const [ref] = await rig.post(text, key);
  assert.ok(ref, 'a post returns a ref');
  return ref;
}

function edit(rig: Rig, ref: RemoteRef, text: string, key: string): Promise<RemoteRef> {
  return rig.run('edit', { ref, speaker: HUB, text: textContent(text).rich, key });
}
