import type { EpochMs } from '../../domain/ids.ts';
import type { Db } from './connect.ts';
import type { Migration } from './migrations.ts';

/** The file was made by a newer version of the hub. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew';
}

/**
 * Brings the database to the newest shape: all missing migrations in one transaction, or none.
 * @throws {DatabaseTooNew} and leaves the file as it is
 */
export function migrate(db: Db, migrations: readonly Migration[], now: EpochMs): void {
  if (versionOf(db) === migrations.length) return;
  db.transaction(() => {
    db.exec(
      'create table if not exists migrations (version integer primary key, name text, applied_at integer) strict',
    );
    const version = versionOf(db);
    if (version > migrations.length) throw tooNew(db.name, version, migrations.length);
    const record = db.prepare('insert into migrations (version, name, applied_at) values (?, ?, ?)');
    for (const [index, { name, sql }] of migrations.entries()) {
      if (index < version) continue;
      db.exec(sql);
      record.run(index + 1, name, now);
    }
  }).immediate();
}

/** How many migrations the file has; 0 for a new one. */
function versionOf(db: Db): number {
  const has = db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'migrations'").get();
  if (has === undefined) return 0;
  return db.prepare<[], { version: number }>('select max(version) as version from migrations').get()?.version ?? 0;
}

function tooNew(file: string, has: number, knows: number): DatabaseTooNew {
  return new DatabaseTooNew(
    `${file} was written by a newer version of the hub (its shape is ${has}, this version knows ${knows}). ` +
      'Start that version or a newer one, or put back the backup made before the upgrade.',
  );
}
