import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { MessageId, Position, Seq } from '../../core/domain/ids.ts';
import { createApplier } from '../../core/store/archive/apply.ts';
import { type OpenedArchive, openArchive } from '../../core/store/archive/archive.ts';
import { type Entry, START, type Step } from '../../core/store/ports.ts';
import { openWriter } from '../../core/store/sql/connect.ts';
import { migrate } from '../../core/store/sql/migrate.ts';
import { MIGRATIONS } from '../../core/store/sql/migrations.ts';
import { asLog, dump, openFile, wordsOf } from './archive-fixture.ts';
import { BEN, CAT, edit, newPlace, post, react, redact, sanction } from './suite/steps.ts';

let file: ReturnType<typeof openFile>;
let archive: OpenedArchive;
beforeEach(() => {
  file = openFile();
  archive = openArchive({ file: file.file });
});
afterEach(async () => {
  await archive.close();
  file.close();
});

function apply(entries: readonly Entry[], from: Position = START) {
  return createApplier(file.db).apply(0, from, entries);
}
function dumped(): string {
  return JSON.stringify(dump(file.db), (_, value) => (typeof value === 'bigint' ? String(value) : value));
}
function textOf(row: { readonly message: { readonly content: { readonly rich: unknown } } } | undefined): string {
  return JSON.stringify(row?.message.content.rich);
}

describe('the archive', () => {
  it('keeps every entry and each message as it stands now', async () => {
    const at = newPlace();
    const [a, b] = [post(at, 'first'), post(at, 'second')];
    apply(
      asLog([
        a,
        b,
        edit(at, a.id, 0, 'first, mended'),
        react(at, a.id, '🔥', true),
        react(at, a.id, '🔥', true, { user: CAT }),
        react(at, b.id, '👍', true),
        react(at, b.id, '👍', false),
        sanction(at, BEN, 'timeout', 1),
      ]),
    );
    const page = await archive.page(at.channel, null, 10);
    expect(page.map(({ seq, message }) => [seq, message.id, message.revision])).toEqual([
      [2, b.id, 0],
      [1, a.id, 1],
    ]);
    expect(textOf(page[1])).toContain('first, mended');
    expect(page[1]?.reactions).toEqual([{ emoji: '🔥', users: [BEN, CAT] }]);
    expect(page[0]?.reactions).toEqual([]);
    expect((await archive.since(at.channel, 0 as Seq, null, 100)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(file.db.prepare("select kind, seq from entries where audience = 'hubs'").all()).toEqual([
      { kind: 'sanction', seq: null },
    ]);
  });

  it('answers for heads, single messages, keys and the newest seq of each channel', async () => {
    const [here, there] = [newPlace(), newPlace()];
    const [a, b] = [post(here, 'one'), post(there, 'two')];
    apply(asLog([a, b, edit(here, a.id, 0, 'uno'), redact(there, b.id)]));
    expect(await archive.head(a.id)).toEqual({
      id: a.id,
      channel: here.channel,
      author: a.note.author,
      revision: 1,
      isRedacted: false,
    });
    expect(await archive.head(b.id)).toMatchObject({ isRedacted: true });
    expect(await archive.head(post(here, 'never').id)).toBeNull();
    expect(await archive.message(a.id)).toMatchObject({ channel: here.channel, seq: 1, message: { revision: 1 } });
    expect(await archive.byKey(a.key)).toEqual({ message: a.id, seq: 1 });
    expect(await archive.byKey('nobody’s')).toBeNull();
    expect(await archive.newest()).toEqual(
      new Map([
        [here.channel, 2],
        [there.channel, 2],
      ]),
    );
  });

  it('writes nothing when the batch does not begin at the mark', () => {
    const at = newPlace();
    const log = asLog([post(at, 'one'), post(at, 'two'), post(at, 'three')]);
    expect(apply(log.slice(0, 2))).toMatchObject({ kind: 'applied' });
    const before = dump(file.db);
    expect(apply(log)).toEqual({ kind: 'moved', mark: '2' });
    expect(apply(log.slice(2), '1' as Position)).toEqual({ kind: 'moved', mark: '2' });
    expect(dump(file.db)).toEqual(before);
  });

  it('writes the mark only together with the batch', () => {
    const at = newPlace();
    const log = asLog([post(at, 'one'), post(at, 'two')]);
    const broken = [...log, { ...log[0], position: '3', key: null } as unknown as Entry];
    expect(() => apply(broken)).toThrow(/NOT NULL/);
    expect(createApplier(file.db).mark(0)).toBe(START);
    expect(file.db.prepare('select count(*) from entries').pluck().get()).toBe(0);
  });

  it('removes the words of a redacted message wherever they were kept', async () => {
    const at = newPlace();
    const a = post(at, 'unspeakable nonsense');
    const log = asLog([a, edit(at, a.id, 0, 'unmentionable'), react(at, a.id, '🔥', true), redact(at, a.id)]);
    apply(log.slice(0, 3));
    expect(wordsOf(file.db)).toEqual(['unmentionable']);
    apply(log.slice(3), '3' as Position);
    expect(dumped()).not.toMatch(/unspeakable|nonsense|unmentionable/);
    const entries = await archive.since(at.channel, 0 as Seq, null, 10);
    expect(entries.map(({ body }) => JSON.parse(body).type)).toEqual(['message', 'edit', 'reaction', 'redaction']);
    expect(JSON.parse(entries[0]?.body ?? '')).toMatchObject({
      message: { content: { rich: [], attachments: [] }, replyTo: null, redaction: { by: 'author' } },
    });
    expect((await archive.page(at.channel, null, 10))[0]).toMatchObject({
      message: { redaction: { by: 'author' }, revision: 1 },
      reactions: [],
    });
  });

  it('empties the quotes of a redacted message in every reply, archived before or after', async () => {
    const at = newPlace();
    const [a, other] = [post(at, 'unspeakable nonsense'), post(at, 'harmless')];
    const of = (id: MessageId, text: string) => ({ replyTo: { id, name: 'Ann', text } });
    const [early, late] = [post(at, 're', of(a.id, 'unspeakable')), post(at, 'same', of(a.id, 'unspeakable'))];
    const unrelated = post(at, 'indeed', of(other.id, 'harmless'));
    const log = asLog([a, other, early, unrelated, redact(at, a.id), late, redact(at, early.id)]);
    apply(log.slice(0, 4));
    const { replyTo } = (await archive.message(early.id))?.message ?? {};
    expect(replyTo).toEqual({ id: a.id, name: 'Ann', text: 'unspeakable' });
    apply(log.slice(4, 6), '4' as Position);
    const quotes = async () =>
      (await archive.page(at.channel, null, 10)).map(({ message }) => message.replyTo?.text ?? null);
    expect(await quotes()).toEqual(['', 'harmless', '', expect.anything(), null]);
    expect(dumped()).not.toMatch(/unspeakable|nonsense/);
    expect(await archive.quoteTexts([a.id, other.id, post(at, 'never').id])).toEqual(
      new Map([
        [a.id, ''],
        [other.id, 'harmless'],
      ]),
    );
    apply(log.slice(6), '6' as Position);
    expect(await quotes()).toEqual(['', 'harmless', null, expect.anything(), null]);
  });

  it('empties the quote of a reply whose redaction came first, in a log out of order', () => {
    const at = newPlace();
    const a = post(at, 'unspeakable');
    const reply = post(at, 're', { replyTo: { id: a.id, name: 'Ann', text: 'unspeakable' } });
    apply(asLog([redact(at, a.id), reply]));
    expect(dumped()).not.toContain('unspeakable');
  });

  it('finds and mends the replies of a file from before it kept who answers whom', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipmat-old-'));
    const db = openWriter(join(folder, 'hub.db'), 0);
    try {
      const upTo = MIGRATIONS.findIndex(({ name }) => name === 'archive-quotes');
      migrate(db, MIGRATIONS.slice(0, upTo), systemClock.now());
      const at = newPlace();
      const [a, b] = [post(at, 'unspeakable'), post(at, 'harmless')];
      const toA = post(at, 're', { replyTo: { id: a.id, name: 'Ann', text: 'unspeakable' } });
      const toB = post(at, 're', { replyTo: { id: b.id, name: 'Ann', text: 'harmless' } });
      for (const { id, seq, body } of asLog([a, b, toA, toB]).map((entry) => ({ ...entry, id: entry.message }))) {
        const isGone = id === a.id;
        const { message } = JSON.parse(isGone ? body.replaceAll('unspeakable', '') : body);
        db.prepare("insert into messages values (?, ?, ?, 'u', ?, '', 0, ?, ?)").run(
          id,
          at.channel,
          seq,
          JSON.stringify(isGone ? { ...message, replyTo: null } : message),
          Number(isGone),
          seq,
        );
        db.prepare("insert into entries values (?, ?, 0, ?, 'message', 'readers', ?, ?, 0, ?, '{}')").run(
          at.channel,
          seq,
          String(seq),
          id,
          `key ${seq}`,
          isGone ? '{}' : body,
        );
      }
      migrate(db, MIGRATIONS, systemClock.now());
      const rows = db.prepare('select reply_to, message from messages order by seq').all() as {
        reply_to: string | null;
        message: string;
      }[];
      expect(rows.map((row) => row.reply_to)).toEqual([null, b.id, a.id, b.id]);
      expect(JSON.parse(rows[2]?.message ?? '')).toMatchObject({ id: toA.id, replyTo: { name: 'Ann', text: '' } });
      expect(JSON.parse(rows[3]?.message ?? '')).toMatchObject({ replyTo: { text: 'harmless' } });
      const bodies = db.prepare<[], string>('select body from entries order by seq').pluck().all();
      expect(bodies.join()).not.toContain('unspeakable');
      expect(JSON.parse(bodies[3] ?? '')).toEqual(JSON.parse(toB.body));
    } finally {
      db.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps an entry that it cannot read, says so, and goes on', async () => {
    const at = newPlace();
    const [a, b, c] = [post(at, 'one'), post(at, 'two'), post(at, 'three')];
    const damaged = { ...b, body: '{"type":"message"}' };
    const outcome = apply(asLog([a, damaged, { ...post(at, 'x'), body: 'not json' }, c]));
    expect(outcome).toMatchObject({
      kind: 'applied',
      problems: [
        { position: '2', what: 'unreadable' },
        { position: '3', what: 'unreadable' },
      ],
    });
    expect((await archive.page(at.channel, null, 10)).map(({ message }) => message.id)).toEqual([c.id, a.id]);
    expect((await archive.since(at.channel, 0 as Seq, null, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('keeps an entry whose seq another one has, without the seq', () => {
    const at = newPlace();
    const log = asLog([post(at, 'one'), post(at, 'two')]);
    apply(log);
    const [other] = asLog([post(at, 'after the log went back')]);
    const outcome = apply([{ ...(other as Entry), position: '3' as Position }], '2' as Position);
    expect(outcome).toMatchObject({ kind: 'applied', problems: [{ position: '3', what: 'seq-taken' }] });
    expect(file.db.prepare('select count(*) from entries').pluck().get()).toBe(3);
  });

  it('comes to the same however often any part of the log is applied again', () => {
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (choices, from, size) => {
        const fresh = openFile();
        try {
          const log = asLog(stepsOf(choices));
          const { apply } = createApplier(fresh.db);
          apply(0, START, log);
          const once = dump(fresh.db);
          const back = from % log.length;
          const mark = (log[back - 1]?.position ?? START) as Position;
          fresh.db.prepare('update archive_marks set position = ?').run(mark);
          for (let next = back; next < log.length; ) {
            const batch = log.slice(next, next + 1 + (size % 7));
            expect(apply(0, (log[next - 1]?.position ?? START) as Position, batch).kind).toBe('applied');
            next += batch.length;
          }
          expect(dump(fresh.db)).toEqual(once);
        } finally {
          fresh.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});

const choice = fc.record({
  kind: fc.constantFrom('post', 'reply', 'reply', 'edit', 'redact', 'react', 'unreact'),
  target: fc.nat(5),
  word: fc.constantFrom('bass', 'drop', 'vinyl', ''),
});

/** Any steps that a log could hold: none changes a message after its redaction. */
function stepsOf(choices: readonly { kind: string; target: number; word: string }[]): readonly Step[] {
  const at = newPlace();
  const steps: Step[] = [];
  const posted: MessageId[] = [];
  const open: { id: MessageId; revision: number }[] = [];
  for (const { kind, target, word } of choices) {
    const message = open[target % Math.max(open.length, 1)];
    if (kind === 'post' || kind === 'reply' || message === undefined) {
      const quoted = posted[target % Math.max(posted.length, 1)];
      const replyTo = kind === 'reply' && quoted !== undefined ? { id: quoted, name: 'Ben', text: 'words' } : null;
      const made = post(at, word, replyTo === null ? {} : { replyTo });
      posted.push(made.id);
      open.push({ id: made.id, revision: 0 });
      steps.push(made);
    } else if (kind === 'edit') {
      steps.push(edit(at, message.id, message.revision, `${word} again`));
      message.revision += 1;
    } else if (kind === 'redact') {
      steps.push(redact(at, message.id));
      open.splice(open.indexOf(message), 1);
    } else {
      steps.push(react(at, message.id, '🔥', kind === 'react'));
    }
  }
  return steps;
}
