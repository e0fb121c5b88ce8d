import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessageId, Seq } from '../../core/domain/ids.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import { createHistory } from '../../core/store/archive/history.ts';
import { BACKENDS } from './archive-backends.ts';
import { archiveAndTrim, channelOf, headOf, openRig, privatePlace, type Rig } from './archive-rig.ts';
import { stored } from './suite/opened.ts';
import { BEN, CAT, edit, type Place, type Post, post, react, redact } from './suite/steps.ts';

let names = 0;
const newRoom = () => {
  names += 1;
  return privatePlace(`history-${names}`);
};
function textOf(message: HistoryMessage | null | undefined): string {
  return message?.message.content.rich.map((node) => ('text' in node ? node.text : '')).join('') ?? '';
}

describe.each(BACKENDS)('history over the $name log and the archive', (backend) => {
  let end: () => Promise<void>;
  beforeAll(async () => {
    end = await backend.prepare();
  });
  afterAll(() => end());
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig(backend);
  });
  afterEach(() => rig.close());
  async function storedPost(at: Place, text: string): Promise<Post> {
    const made = post(at, text);
    await stored(rig.store, made);
    return made;
  }

  it('pages through hot and archived messages as if they were one list', async () => {
    const at = newRoom();
    const ids: MessageId[] = [];
    for (let n = 0; n < 30; n += 1) {
      const step = post(at, `m${n}`);
      await stored(rig.store, step);
      ids.push(step.id);
      if (n === 17) await archiveAndTrim(rig);
    }
    const found: MessageId[] = [];
    for (let before: Seq | null = null, isEnd = false; !isEnd; ) {
      const page = await rig.history.page(channelOf(at), before, 7);
      expect(page.messages.length).toBeLessThanOrEqual(7);
      found.push(...page.messages.map(({ message }) => message.id));
      before = page.messages.at(-1)?.seq ?? null;
      isEnd = page.isEnd;
    }
    expect(found).toEqual(ids.toReversed());
    expect(await rig.history.page(channelOf(at), 1 as Seq, 7)).toEqual({ messages: [], isEnd: true });
    expect((await rig.history.page(channelOf(at), null, 30)).isEnd).toBe(true);
    expect((await rig.history.page(channelOf(at), null, 29)).isEnd).toBe(false);
  });

  it('shows late edits, redactions and reactions of archived messages at once, and the same once they are archived', async () => {
    const at = newRoom();
    const [a, b, c] = [post(at, 'apple'), post(at, 'banana'), post(at, 'cherry')];
    for (const step of [a, b, c, react(at, c.id, '🔥', true), react(at, c.id, '👍', true)])
      await stored(rig.store, step);
    await archiveAndTrim(rig);

    await stored(rig.store, edit(at, a.id, 0, 'apricot', { known: await headOf(rig, at, a.id) }));
    await stored(rig.store, redact(at, b.id, { known: await headOf(rig, at, b.id) }));
    const known = await headOf(rig, at, c.id);
    await stored(rig.store, react(at, c.id, '🔥', false, { known }));
    await stored(rig.store, react(at, c.id, '👍', true, { known, user: CAT }));

    const types = [...Array(3).fill('message'), 'reaction', 'reaction', 'edit', 'redaction', 'reaction', 'reaction'];
    async function look() {
      const { messages } = await rig.history.page(channelOf(at), null, 10);
      expect(messages.map(textOf)).toEqual(['cherry', '', 'apricot']);
      expect(messages.map(({ message }) => [message.revision, message.redaction?.by ?? null])).toEqual([
        [0, null],
        [0, 'author'],
        [1, null],
      ]);
      expect(messages[0]?.reactions).toEqual([{ emoji: '👍', users: [BEN, CAT] }]);
      const singly = [c, b, a].map(({ id }) => rig.history.message(channelOf(at), id));
      expect(await Promise.all(singly)).toEqual(messages);
      expect(await headOf(rig, at, a.id)).toMatchObject({ revision: 1, isRedacted: false });
      expect(await headOf(rig, at, b.id)).toMatchObject({ isRedacted: true });
      const entries = await rig.history.since(channelOf(at), 0 as Seq, 100);
      expect(entries.map(({ body }) => JSON.parse(body).type)).toEqual(types);
      expect(JSON.stringify(entries)).not.toContain('banana');
      const hits = await rig.history.search([channelOf(at)], { text: 'banana', before: null, limit: 5 });
      expect(hits).toEqual([]);
      return messages;
    }
    const hot = await look();
    await archiveAndTrim(rig);
    expect(await look()).toEqual(hot);
    const find = async (text: string) =>
      (await rig.history.search([channelOf(at)], { text, before: null, limit: 5 })).map(({ message }) => message.id);
    expect(await find('apricot')).toEqual([a.id]);
    expect(await find('apple')).toEqual([]);
  });

  it('leaves out of a search what was redacted and is not archived yet, and fills the page up from below', async () => {
    const at = newRoom();
    const posts = Array.from({ length: 6 }, (_, n) => post(at, `track ${n}`));
    for (const step of posts) await stored(rig.store, step);
    await archiveAndTrim(rig);
    const [oldest, , , , , newest] = posts;
    for (const gone of posts.slice(2, 5))
      await stored(rig.store, redact(at, gone.id, { known: await headOf(rig, at, gone.id) }));
    const hits = await rig.history.search([channelOf(at)], { text: 'track', before: null, limit: 3 });
    expect(hits.map(({ message }) => message.id)).toEqual([newest?.id, posts[1]?.id, oldest?.id]);
  });

  it('empties the quotes of a redacted message at once, whatever of it and of its replies is hot or archived', async () => {
    for (const archivedFirst of ['nothing', 'the message', 'both'] as const) {
      const at = newRoom();
      const a = post(at, 'the secret word');
      const reply = post(at, 'answer', { replyTo: { id: a.id, name: 'Ann', text: 'the secret word' } });
      const quotes = async () => {
        const { messages } = await rig.history.page(channelOf(at), null, 1);
        const single = await rig.history.message(channelOf(at), reply.id);
        const entries = await rig.history.since(channelOf(at), 1 as Seq, 1);
        const hits = await rig.history.search([channelOf(at)], { text: 'answer', before: null, limit: 5 });
        const bodies = entries.map(({ body }) => JSON.parse(body));
        return [...messages, single, ...bodies, ...hits].map((one) => one?.message.replyTo?.text);
      };
      await stored(rig.store, a);
      if (archivedFirst === 'the message') await archiveAndTrim(rig);
      await stored(rig.store, reply);
      if (archivedFirst === 'both') await archiveAndTrim(rig);
      expect(new Set(await quotes())).toEqual(new Set(['the secret word']));
      await stored(rig.store, redact(at, a.id, { known: await headOf(rig, at, a.id) }));
      expect(new Set(await quotes())).toEqual(new Set(['']));
      await archiveAndTrim(rig);
      expect(await quotes()).toEqual(['', '', '', '']);
    }
  });

  it('empties the quote of a reply that was stored after the redaction, also when that is archived', async () => {
    const at = newRoom();
    const a = post(at, 'the secret word');
    await stored(rig.store, a);
    await stored(rig.store, redact(at, a.id));
    await archiveAndTrim(rig);
    await stored(rig.store, post(at, 'late', { replyTo: { id: a.id, name: 'Ann', text: 'the secret word' } }));
    for (const _ of ['hot', 'archived']) {
      const { messages } = await rig.history.page(channelOf(at), null, 10);
      expect(messages[0]?.message.replyTo).toEqual({ id: a.id, name: 'Ann', text: '' });
      expect(JSON.stringify(await rig.history.since(channelOf(at), 0 as Seq, 10))).not.toContain('secret');
      await archiveAndTrim(rig);
    }
  });

  it('quotes what an edited message says now', async () => {
    const at = newRoom();
    const a = post(at, 'frist');
    await stored(rig.store, a);
    await stored(rig.store, post(at, 'answer', { replyTo: { id: a.id, name: 'Ann', text: 'frist' } }));
    const quote = async () => (await rig.history.page(channelOf(at), null, 1)).messages[0]?.message.replyTo?.text;
    await stored(rig.store, edit(at, a.id, 0, `first ${'x'.repeat(200)}`));
    for (const _ of ['hot', 'archived']) {
      expect(await quote()).toBe(`first ${'x'.repeat(114)}`);
      await archiveAndTrim(rig);
    }
  });

  it('reads nothing more for a page without replies', async () => {
    const at = newRoom();
    await stored(rig.store, redact(at, (await storedPost(at, 'gone')).id));
    const asked: string[] = [];
    const watched = <T extends object>(name: string, port: T): T =>
      new Proxy(port, {
        get(target, property) {
          asked.push(`${name}.${String(property)}`);
          return Reflect.get(target, property);
        },
      });
    const log = watched('log', rig.store.log);
    const history = createHistory({ log, archive: watched('archive', rig.archive) });
    await history.page(channelOf(at), null, 1);
    await history.page(channelOf(at), null, 1);
    await history.since(channelOf(at), 0 as Seq, 10);
    expect(asked.filter((one) => one !== 'archive.page')).toEqual(['log.page', 'log.page', 'log.since', 'log.bounds']);
  });

  it('gives no message of another channel', async () => {
    const [here, there] = [newRoom(), newRoom()];
    const a = post(here, 'mine');
    await stored(rig.store, a);
    expect(await rig.history.message(channelOf(there), a.id)).toBeNull();
    await archiveAndTrim(rig);
    expect(await rig.history.message(channelOf(there), a.id)).toBeNull();
    expect(textOf(await rig.history.message(channelOf(here), a.id))).toBe('mine');
  });

  it('gives every entry after a seq once, whichever part is archived, dropped or hot', async () => {
    const at = newRoom();
    const seqs: Seq[] = [];
    for (let n = 0; n < 40; n += 1) {
      const { seq } = await stored(rig.store, post(at, `m${n}`));
      if (seq !== null) seqs.push(seq);
      if (n === 20) await archiveAndTrim(rig);
    }
    expect(seqs.length).toBe(40);
    for (const limit of [5, 10, 100]) {
      for (const after of [0 as Seq, ...seqs]) {
        const entries = await rig.history.since(channelOf(at), after, limit);
        expect(entries.map(({ seq }) => seq)).toEqual(seqs.filter((seq) => seq > after).slice(0, limit));
      }
    }
  });
});
