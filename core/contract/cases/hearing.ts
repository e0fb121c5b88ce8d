import assert from 'node:assert/strict';
import { plainText } from '../../domain/content.ts';
import { type ContractCase, onBridge } from '../case.ts';
import { PICTURE } from '../picture.ts';
import { until } from '../rig.ts';

/** What people do on the platform, and how the hub hears of it. */
export const HEARING_CASES: readonly ContractCase[] = [
  onBridge('delivers what is posted after start resolves', {}, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('hello');
    await rig.hears('hello');
    assert.deepEqual(rig.heard(), [{ id, text: 'hello' }]);
    const [message] = rig.heardOf('message');
    assert.equal(message?.ref.room, rig.double.room);
    assert.ok(message.by.id !== '' && message.by.name !== '', 'it says who wrote it');
    assert.ok(Number.isSafeInteger(message.at) && message.at > 0, 'it says when, in whole milliseconds');
  }),
  onBridge('gives the same message the same id when the platform delivers it again', {}, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('hello');
    await rig.hears('hello');
    await rig.double.deliverAgain(id);
    await rig.double.userPosts('after');
    await rig.hears('after');
    const ids = rig.heard().flatMap((one) => (one.text === 'hello' ? [one.id] : []));
    assert.deepEqual([...new Set(ids)], [id]);
  }),
  onBridge('gives two messages of equal text two ids and one author', {}, async (rig) => {
    await rig.start();
    const ids = [await rig.double.userPosts('lol'), await rig.double.userPosts('lol')];
    const heard = await rig.hearsOf('message', 2);
    assert.deepEqual(
      heard.map(({ ref }) => ref.id),
      ids,
    );
    assert.equal(heard[0]?.by.id, heard[1]?.by.id);
  }),
  onBridge('keeps the order of one person, also while the store is slow', {}, async (rig) => {
    await rig.start();
    const release = rig.hub.holdReceipts();
    for (const text of ['one', 'two', 'three']) await rig.double.userPosts(text);
    await rig.hears('one');
    await rig.silence();
    release();
    await rig.hears('three');
    assert.deepEqual(
      rig.heard().map(({ text }) => text),
      ['one', 'two', 'three'],
    );
  }),
  onBridge('does not move the cursor when nothing was stored', {}, async (rig) => {
    await rig.start();
    const before = rig.hub.cursor();
    rig.hub.answerStopping();
    await rig.double.userPosts('lost');
    await rig.hears('lost');
    await rig.bridge.stop();
    assert.equal(rig.hub.cursor(), before);
  }),
  onBridge('does not move the cursor before the receipt', {}, async (rig) => {
    await rig.start();
    const before = rig.hub.cursor();
    const release = rig.hub.holdReceipts();
    try {
      await rig.double.userPosts('slow');
      await rig.hears('slow');
      await rig.silence();
      assert.equal(rig.hub.cursor(), before);
    } finally {
      release();
    }
  }),
  onBridge('delivers again after a new start what was not stored', { wants: ['resumes'] }, async (rig) => {
    await rig.start();
    const before = rig.hub.cursor();
    rig.hub.answerStopping();
    await rig.double.userPosts('not lost');
    await rig.hears('not lost');
    await rig.bridge.stop();
    rig.hub.answerAccepted();
    await rig.start();
    const again = (): boolean => rig.heard().filter(({ text }) => text === 'not lost').length === 2;
    await until('the message comes again', again);
    await until('the cursor moves', () => rig.hub.cursor() !== before);
  }),
  onBridge(
    'delivers after a new start what was said meanwhile, and nothing older',
    { wants: ['resumes'] },
    async (rig) => {
      await rig.start();
      const before = rig.hub.cursor();
      await rig.double.userPosts('before');
      await rig.hears('before');
      await until('the cursor moves', () => rig.hub.cursor() !== before);
      await rig.bridge.stop();
      await rig.double.userPosts('meanwhile');
      await rig.start();
      await rig.hears('meanwhile');
      assert.deepEqual(
        rig.heard().map(({ text }) => text),
        ['before', 'meanwhile'],
      );
    },
  ),
  onBridge(
    'reports an edit with the ref of its message, each under its own id',
    { wants: ['userEdits'] },
    async (rig) => {
      await rig.start();
      const id = await rig.double.userPosts('frist');
      await rig.double.userEdits?.(id, 'first');
      await rig.double.userEdits?.(id, 'First!');
      const edits = await rig.hearsOf('edit', 2);
      assert.deepEqual(
        edits.map(({ ref, content }) => [ref.id, plainText(content.rich)]),
        [
          [id, 'first'],
          [id, 'First!'],
        ],
      );
      assert.notEqual(edits[0]?.eventId, edits[1]?.eventId);
      assert.equal(edits[0]?.by.id, rig.heardOf('message')[0]?.by.id);
    },
  ),
  onBridge('reports a redaction with the ref of its message', { wants: ['userRedacts'] }, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('oops');
    await rig.hears('oops');
    await rig.double.userRedacts?.(id);
    const [redaction] = await rig.hearsOf('redaction');
    assert.ok(redaction?.of.kind === 'refs', 'it names messages');
    assert.deepEqual(
      redaction.of.refs.map((ref) => [ref.room, ref.id]),
      [[rig.double.room, id]],
    );
  }),
  onBridge('reports a reaction with the ref of its message', { wants: ['userReacts'] }, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('tune!');
    await rig.hears('tune!');
    await rig.double.userReacts?.(id, '👍');
    const [reaction] = await rig.hearsOf('reaction');
    assert.deepEqual([reaction?.ref.id, reaction?.emoji, reaction?.on], [id, '👍', true]);
  }),
  onBridge(
    'reports a reaction of somebody to one of its own posts',
    { needs: ['post'], wants: ['userReacts'] },
    async (rig) => {
      await rig.start();
      const [ref] = await rig.post('from the hub', 'k1');
      assert.ok(ref, 'a post returns a ref');
      await rig.double.userReacts?.(ref.id, '👍');
      const [reaction] = await rig.hearsOf('reaction');
      assert.deepEqual([reaction?.ref.id, reaction?.emoji], [ref.id, '👍']);
    },
  ),
  onBridge('reports a reply with the ref of what it answers', { wants: ['userReplies'] }, async (rig) => {
    await rig.start();
    const id = await rig.double.userPosts('ID?');
    await rig.double.userReplies?.(id, 'a white label');
    const [, reply] = await rig.hearsOf('message', 2);
    assert.deepEqual([reply?.replyTo?.room, reply?.replyTo?.id], [rig.double.room, id]);
    assert.equal(plainText(reply?.content.rich ?? []), 'a white label');
  }),
  onBridge('reports a reply to one of its own posts', { needs: ['post'], wants: ['userReplies'] }, async (rig) => {
    await rig.start();
    const [ref] = await rig.post('from the hub', 'k1');
    assert.ok(ref, 'a post returns a ref');
    await rig.double.userReplies?.(ref.id, 'hello hub');
    const [reply] = await rig.hearsOf('message');
    assert.equal(reply?.replyTo?.id, ref.id);
  }),
  onBridge('hands a picture to the hub, bytes and caption', { wants: ['userPostsImage'] }, async (rig) => {
    rig.hub.media.take();
    await rig.start();
    await rig.double.userPostsImage?.(PICTURE.file, 'look');
    const [message] = await rig.hearsOf('message');
    const [attachment] = message?.content.attachments ?? [];
    assert.ok(attachment, 'the message has an attachment');
    assert.ok(PICTURE.equals(rig.hub.media.taken.get(attachment.url)?.bytes), 'the bytes are the same');
    assert.ok(plainText(message?.content.rich ?? []).includes('look'), 'the caption is its text');
  }),
  onBridge('says in the text what the hub did not take', { wants: ['userPostsImage'] }, async (rig) => {
    await rig.start();
    await rig.double.userPostsImage?.(PICTURE.file, 'look');
    const [message] = await rig.hearsOf('message');
    const said = plainText(message?.content.rich ?? []);
    assert.deepEqual(message?.content.attachments, []);
    assert.ok(said.includes('look') && said.includes('(a file)'), `it says so: ${said}`);
  }),
  onBridge('tells two rooms apart', { needs: ['post'], wants: ['second'] }, async (rig) => {
    const { second } = rig.double;
    assert.ok(second, 'the double has a second room');
    rig.hub.link(second.room);
    await rig.start();
    await rig.double.userPosts('in the first');
    await second.userPosts('in the second');
    const heard = await rig.hearsOf('message', 2);
    assert.deepEqual(
      new Map(heard.map(({ ref, content }) => [plainText(content.rich), ref.room])),
      new Map([
        ['in the first', rig.double.room],
        ['in the second', second.room],
      ]),
    );
    await rig.post('to the second', 'k1', { room: second.room });
    await rig.silence();
    assert.deepEqual([rig.double.posted().length, second.posted().map(({ text }) => text)], [0, ['to the second']]);
    assert.equal(rig.heardOf('message').length, 2);
  }),
  onBridge('hears a room that is linked while it runs', { wants: ['second'] }, async (rig) => {
    const { second } = rig.double;
    assert.ok(second, 'the double has a second room');
    await rig.start();
    rig.hub.link(second.room);
    await rig.silence();
    await second.userPosts('hello from here');
    await rig.hears('hello from here');
    assert.equal(rig.heardOf('message')[0]?.ref.room, second.room);
  }),
];
