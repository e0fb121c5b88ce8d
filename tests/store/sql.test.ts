import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { StoreUnavailable } from '../../core/store/ports.ts';
import { SqlError } from '../../core/store/sql/errors.ts';
import { DatabaseTooNew } from '../../core/store/sql/migrate.ts';
import { MIGRATIONS } from '../../core/store/sql/migrations.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';
import type { Statement } from '../../core/store/sql/sql.ts';

let folder = '';
let file = '';
let opened: OpenedSql[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-sql-'));
  file = join(folder, 'hub.db');
});
afterEach(async () => {
  for (const sql of opened) await sql.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

async function open(busyTimeoutMs = 2_000): Promise<OpenedSql> {
  const sql = await openSql({ file, clock: systemClock, log: silentLogger, busyTimeoutMs });
  opened.push(sql);
  return sql;
}

const fact = (sql: OpenedSql, name: string, value = 'x'): Statement => ({
  query: sql.build.insertInto('meta').values({ name, value }).compile(),
});
const change = (sql: OpenedSql, name: string, value: string, expect: number): Statement => ({
  query: sql.build.updateTable('meta').set({ value }).where('name', '=', name).compile(),
  expect,
});
async function facts(sql: OpenedSql): Promise<Record<string, string>> {
  const query = sql.build.selectFrom('meta').selectAll().where('name', '!=', 'archive_id').orderBy('name').compile();
  return Object.fromEntries((await sql.read(query)).map(({ name, value }) => [name, value]));
}

describe('write and read', () => {
  it('reads what was written before', async () => {
    const sql = await open();
    expect(await sql.write([fact(sql, 'a', '1'), fact(sql, 'b', '2')])).toEqual({ ok: true, changes: [1, 1] });
    expect(await facts(sql)).toEqual({ a: '1', b: '2' });
  });

  it('writes nothing of a transaction whose expectation fails, and keeps its neighbours of the same batch', async () => {
    const sql = await open();
    const answers = await Promise.all([
      sql.write([fact(sql, 'before')]),
      sql.write([fact(sql, 'half'), change(sql, 'nobody', 'y', 1), fact(sql, 'other half')]),
      sql.write([change(sql, 'before', 'changed', 1)]),
    ]);
    expect(answers).toEqual([
      { ok: true, changes: [1] },
      { ok: false, failed: 1 },
      { ok: true, changes: [1] },
    ]);
    expect(await facts(sql)).toEqual({ before: 'changed' });
  });

  it('writes nothing of a transaction that breaks a rule of the tables, and keeps its neighbours', async () => {
    const sql = await open();
    const credentials = { user_id: 'nobody', password_hash: 'x', changed_at: 1 };
    const orphan = { query: sql.build.insertInto('credentials').values(credentials).compile() };
    const answers = await Promise.allSettled([
      sql.write([fact(sql, 'before')]),
      sql.write([fact(sql, 'half'), fact(sql, 'before', 'again')]),
      sql.write([fact(sql, 'other half'), orphan]),
      sql.write([fact(sql, 'after')]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    const [, twice, unowned] = answers;
    expect(twice).toMatchObject({ reason: { name: 'SqlError', code: 'SQLITE_CONSTRAINT_PRIMARYKEY' } });
    expect(unowned).toMatchObject({ reason: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' } });
    expect(await facts(sql)).toEqual({ after: 'x', before: 'x' });
  });

  it('refuses a parameter that no database takes, and goes on', async () => {
    const sql = await open();
    const odd = { query: { ...fact(sql, 'odd').query, parameters: ['odd', () => 1] } };
    await expect(sql.write([odd])).rejects.toThrow(SqlError);
    await expect(sql.write([{ query: { ...fact(sql, 'x').query, parameters: ['x', true] } }])).rejects.toThrow(
      SqlError,
    );
    await sql.write([fact(sql, 'good')]);
    expect(await facts(sql)).toEqual({ good: 'x' });
  });

  it('keeps the order of the calls', async () => {
    const sql = await open();
    await sql.write([fact(sql, 'n', '0')]);
    const writes = Array.from({ length: 1_000 }, (_, i) => sql.write([change(sql, 'n', `${i + 1}`, 1)]));
    await writes[499];
    await Promise.all(writes);
    expect(await facts(sql)).toEqual({ n: '1000' });
  });

  it('cannot write by the reading connection', async () => {
    const sql = await open();
    await expect(sql.read(fact(sql, 'sneaked').query)).rejects.toThrow();
    expect(await facts(sql)).toEqual({});
  });
});

describe('several processes on one file', () => {
  it('lets two writers of one file both write, and each sees what the other wrote', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    expect(one.archiveId).toBe(two.archiveId);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const sql = i % 2 === 0 ? one : two;
        return sql.write([fact(sql, `k${i}`)]);
      }),
    );
    expect(Object.keys(await facts(one))).toHaveLength(200);
    expect(await facts(two)).toEqual(await facts(one));
  });

  it('says that the store is unavailable when the lock is not given in time, and goes on after', async () => {
    const sql = await open(50);
    const other = new Database(file);
    other.exec('begin immediate');
    const refused = await sql.write([fact(sql, 'late')]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect(refused).toMatchObject({ cause: { code: 'SQLITE_BUSY' } });
    other.exec('rollback');
    other.close();
    await sql.write([fact(sql, 'later')]);
    expect(await facts(sql)).toEqual({ later: 'x' });
  });
});

describe('migrations', () => {
  it('makes a new file and finds it complete the next time', async () => {
    const first = await open();
    await first.write([fact(first, 'kept')]);
    await first.close();
    const again = await open();
    expect(again.archiveId).toBe(first.archiveId);
    expect(again.archiveId.length).toBeGreaterThan(20);
    expect(await facts(again)).toEqual({ kept: 'x' });
    expect(applied()).toEqual(MIGRATIONS.map(({ name }, index) => ({ version: index + 1, name })));
  });

  it('brings an older file to the newest shape and keeps what it holds', async () => {
    const old = new Database(file);
    old.exec('create table migrations (version integer primary key, name text, applied_at integer) strict');
    old.exec(MIGRATIONS[0]?.sql ?? '');
    old.exec("insert into migrations values (1, 'directory', 5); insert into meta values ('old', 'kept')");
    old.close();
    const sql = await open();
    expect(await facts(sql)).toEqual({ old: 'kept' });
    expect(applied()).toHaveLength(MIGRATIONS.length);
    expect(await sql.read(sql.build.selectFrom('messages').selectAll().compile())).toEqual([]);
  });

  it('changes nothing when one of them fails', async () => {
    const broken = new Database(file);
    broken.exec('create table entries (mine text)');
    broken.close();
    await expect(open()).rejects.toThrow(/entries/);
    const after = new Database(file);
    expect(after.prepare("select name from sqlite_schema where type = 'table'").pluck().all()).toEqual(['entries']);
    after.close();
  });

  it('refuses a file of a newer version and leaves it as it is', async () => {
    await (await open()).close();
    const newer = new Database(file);
    newer.prepare('insert into migrations values (?, ?, 1)').run(MIGRATIONS.length + 1, 'from the future');
    newer.close();
    await expect(open()).rejects.toThrow(DatabaseTooNew);
    await expect(open()).rejects.toThrow(`${file} was written by a newer version of the hub`);
    expect(applied()).toHaveLength(MIGRATIONS.length + 1);
  });

  it('says where the trouble is when the file is no database', async () => {
    writeFileSync(file, 'not a database, but long enough to look like one '.repeat(20));
    await expect(open()).rejects.toThrow(`The database ${file} could not be opened: file is not a database`);
  });
});

describe('close', () => {
  it('writes what waits, then refuses', async () => {
    const sql = await open();
    const writes = Array.from({ length: 50 }, (_, i) => sql.write([fact(sql, `k${i}`)]));
    await sql.close();
    await Promise.all(writes);
    await expect(sql.write([fact(sql, 'late')])).rejects.toThrow(StoreUnavailable);
    expect(Object.keys(await facts(await open()))).toHaveLength(50);
  });
});

function applied(): unknown[] {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare('select version, name from migrations order by version').all();
  db.close();
  return rows;
}
