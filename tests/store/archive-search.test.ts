import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChannelId, MessageId, Position } from '../../core/domain/ids.ts';
import { createApplier } from '../../core/store/archive/apply.ts';
import { type OpenedArchive, openArchive } from '../../core/store/archive/archive.ts';
import { searchExpression } from '../../core/store/archive/search-query.ts';
import { START, type Step, StoreUnavailable } from '../../core/store/ports.ts';
import { asLog, openFile } from './archive-fixture.ts';
import { edit, newPlace, post, redact } from './suite/steps.ts';

let file: ReturnType<typeof openFile>;
let archive: OpenedArchive;
const [here, there] = [newPlace(), newPlace()];
beforeEach(() => {
  file = openFile();
  archive = openArchive({ file: file.file });
});
afterEach(async () => {
  await archive.close();
  file.close();
});

let mark = START;
beforeEach(() => {
  mark = START;
});
function apply(steps: readonly Step[]): void {
  const base = Number(mark);
  const log = asLog(steps).map((entry, index) => ({
    ...entry,
    position: String(base + index + 1) as Position,
    seq: entry.seq === null ? null : ((entry.seq + base) as typeof entry.seq),
  }));
  createApplier(file.db).apply(0, mark, log);
  mark = String(base + steps.length) as Position;
}
async function find(
  text: string,
  channels: readonly ChannelId[] = [here.channel, there.channel],
  before: MessageId | null = null,
  limit = 50,
): Promise<readonly MessageId[]> {
  return (await archive.search({ text, channels, before, limit })).map(({ message }) => message.id);
}

it('finds words by their beginning, whatever their case and accents, newest first', async () => {
  const [a, b, c] = [post(here, 'Déjà vu, a classic'), post(there, 'deja-vu again'), post(here, 'something else')];
  apply([a, b, c]);
  expect(await find('DEJA')).toEqual([b.id, a.id]);
  expect(await find('déj clas')).toEqual([a.id]);
  expect(await find('lassic')).toEqual([]);
  expect(await find('else classic')).toEqual([]);
});

it('finds the words of an edited message, not those it had before', async () => {
  const a = post(here, 'wrong title');
  apply([a, edit(here, a.id, 0, 'right title')]);
  expect(await find('wrong')).toEqual([]);
  expect(await find('right')).toEqual([a.id]);
  expect(await find('title')).toEqual([a.id]);
});

it('never finds a redacted message', async () => {
  const [a, b] = [post(here, 'secret word'), post(here, 'another word')];
  apply([a, b]);
  expect(await find('word')).toEqual([b.id, a.id]);
  apply([redact(here, a.id)]);
  expect(await find('word')).toEqual([b.id]);
  expect(await find('secret')).toEqual([]);
});

it('looks only into the channels it was given', async () => {
  const [a, b] = [post(here, 'common ground'), post(there, 'common ground')];
  apply([a, b]);
  expect(await find('common', [here.channel])).toEqual([a.id]);
  expect(await find('common', [there.channel])).toEqual([b.id]);
  expect(await find('common', [])).toEqual([]);
  const [hit] = await archive.search({ text: 'common', channels: [there.channel], before: null, limit: 1 });
  expect(hit).toMatchObject({ channel: there.channel, message: { id: b.id }, reactions: [] });
});

it('goes on below a message, without a gap and without the same one twice', async () => {
  const posts = Array.from({ length: 57 }, (_, n) => post(n % 2 === 0 ? here : there, `track ${n}`));
  apply(posts);
  const found: MessageId[] = [];
  for (let before: MessageId | null = null; ; before = found.at(-1) ?? null) {
    const page = await find('track', undefined, before, 10);
    found.push(...page);
    if (page.length < 10) break;
  }
  expect(found).toEqual(posts.map(({ id }) => id).reverse());
});

it('goes on below a message that is gone from the index meanwhile', async () => {
  const posts = Array.from({ length: 5 }, (_, n) => post(here, `set ${n}`));
  apply(posts);
  const third = posts[2]?.id ?? null;
  apply([redact(here, third as MessageId)]);
  expect(await find('set', undefined, third)).toEqual([posts[1]?.id, posts[0]?.id]);
});

it.each([
  '"',
  '""',
  'a" OR "b',
  'text:word',
  'word*',
  '(word',
  'NEAR(word other)',
  'word AND',
  '-word',
  '^word',
  '\0word',
  '*',
  '+++ word',
  "'; drop table entries; --",
  '{text} : word',
])('takes %j as words and never as syntax', async (text) => {
  apply([post(here, 'a word or two')]);
  await expect(archive.search({ text, channels: [here.channel], before: null, limit: 5 })).resolves.toBeInstanceOf(
    Array,
  );
  expect(file.db.prepare('select count(*) from entries').pluck().get()).toBe(1);
});

it('looks for operators as words', () => {
  expect(searchExpression('cats OR dogs')).toBe('"cats"* "OR"* "dogs"*');
  expect(searchExpression('say "hi" x')).toBe('"say"* """hi"""* "x"');
  expect(searchExpression(' ++ "" ')).toBeNull();
});

it('gives up at the deadline, and finds again afterwards', async () => {
  const posts = Array.from({ length: 3_000 }, (_, n) => post(there, `common ${n}`));
  apply([...posts, post(here, 'rare bird')]);
  const hasty = openArchive({ file: file.file, searchDeadlineMs: 0 });
  await expect(
    hasty.search({ text: 'common', channels: [here.channel], before: null, limit: 5 }),
  ).rejects.toBeInstanceOf(StoreUnavailable);
  await hasty.close();
  expect(await find('common', [there.channel], null, 1)).toEqual([posts.at(-1)?.id]);
});

it('turns searches away when too many wait, and those that waited when it closes', async () => {
  apply([post(here, 'one')]);
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => find('one')));
  const turnedAway = all.filter(({ status }) => status === 'rejected').length;
  expect(turnedAway).toBe(68);
  const late = expect(find('one')).rejects.toBeInstanceOf(StoreUnavailable);
  await archive.close();
  await late;
  archive = openArchive({ file: file.file });
});
