import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createApplier } from '../../core/store/archive/apply.ts';
import { parseWire } from '../../core/store/archive/fold.ts';
import { type Entry, START } from '../../core/store/ports.ts';
import { type Db, openWriter } from '../../core/store/sql/connect.ts';
import { migrate } from '../../core/store/sql/migrate.ts';
import { MIGRATIONS } from '../../core/store/sql/migrations.ts';
import { archivedEntry } from './messages.ts';

export const CHANNELS = 200;
/** Up to here every entry goes through the real applier, with search; beyond, messages alone, to spare the disk. */
export const WHOLE_UP_TO = 1_000_000;
/** Raised whenever what is made changes. */
const VERSION = 1;
const BATCH = 5_000;

/** A file with so many archived messages in the hub's own tables. Made once and kept in a cache folder. */
export function madeHistory(rows: number, say: (line: string) => void): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'slipmat-hub', 'bench');
  const file = join(folder, `history-${rows}-shape-${MIGRATIONS.length}-v${VERSION}.sqlite`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  if (broughtUp(folder, rows, file)) return file;
  const unfinished = `${file}.unfinished`;
  for (const end of ['', '-wal', '-shm']) rmSync(unfinished + end, { force: true });
  say(`making a history of ${rows} messages in ${file}`);
  const db = openWriter(unfinished, 2_000);
  db.pragma('synchronous = off');
  db.pragma('cache_size = -524288');
  db.pragma('wal_autocheckpoint = 20000');
  migrate(db, MIGRATIONS, 0 as Parameters<typeof migrate>[2]);
  const fill = rows <= WHOLE_UP_TO ? wholeFiller(db) : messageFiller(db);
  for (let at = 0; at < rows; at += BATCH) {
    fill(Array.from({ length: Math.min(BATCH, rows - at) }, (_, n) => archivedEntry(at + n, CHANNELS)));
    if ((at / BATCH) % 100 === 99) say(`${at + BATCH} of ${rows}`);
  }
  // A hub that opens the file has a log of its own, whose positions begin anew.
  db.exec('delete from archive_marks');
  db.pragma('wal_checkpoint(truncate)');
  db.close();
  renameSync(unfinished, file);
  return file;
}

/** A file of an older shape only wants the migrations that came since, as a hub would give it. */
function broughtUp(folder: string, rows: number, file: string): boolean {
  const older = readdirSync(folder)
    .map((name) => ({
      name,
      shape: Number(new RegExp(`^history-${rows}-shape-(\\d+)-v${VERSION}\\.sqlite$`).exec(name)?.[1]),
    }))
    .filter(({ shape }) => shape < MIGRATIONS.length)
    .sort((a, b) => b.shape - a.shape)[0];
  if (older === undefined) return false;
  const db = openWriter(join(folder, older.name), 2_000);
  migrate(db, MIGRATIONS, 0 as Parameters<typeof migrate>[2]);
  db.pragma('wal_checkpoint(truncate)');
  db.close();
  renameSync(join(folder, older.name), file);
  return true;
}

type Fill = (entries: readonly Entry[]) => void;

function wholeFiller(db: Db): Fill {
  const applier = createApplier(db);
  let from = START;
  return (entries) => {
    if (applier.apply(0, from, entries).kind !== 'applied') throw new Error('a batch was not applied');
    from = entries.at(-1)?.position ?? from;
  };
}

/** What pages read, by the columns that the applier writes. */
function messageFiller(db: Db): Fill {
  const insert = db.prepare<[string, string, number, string, string, string, number]>(
    `insert into messages (id, channel_id, seq, author_id, message, text, revision, is_redacted, last_seq, reply_to)
     values (?, ?, ?, ?, ?, ?, 0, 0, ?, null)`,
  );
  return db.transaction((entries: readonly Entry[]) => {
    for (const { body, channel, seq } of entries) {
      const wire = parseWire(body);
      if (wire.type !== 'message' || channel === null || seq === null) throw new Error('not a message');
      const { message } = wire;
      // The text is for search alone, which this size is too large for.
      insert.run(message.id, channel, seq, message.author.user, JSON.stringify(message), '', seq);
    }
  });
}
