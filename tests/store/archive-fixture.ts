import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/async/clock.ts';
import type { Position, Seq } from '../../core/domain/ids.ts';
import type { Entry, Step } from '../../core/store/ports.ts';
import { type Db, openWriter } from '../../core/store/sql/connect.ts';
import { migrate } from '../../core/store/sql/migrate.ts';
import { MIGRATIONS } from '../../core/store/sql/migrations.ts';

/** A migrated database file of its own folder, opened for writing. */
export function openFile(): { readonly db: Db; readonly file: string; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-archive-'));
  const file = join(folder, 'hub.db');
  const db = openWriter(file, 0);
  migrate(db, MIGRATIONS, systemClock.now());
  return {
    db,
    file,
    close() {
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The steps as a log would hold them: numbered through, seqs by channel. */
export function asLog(steps: readonly Step[], shard = 0): readonly Entry[] {
  const seqs = new Map<string, number>();
  return steps.map((step, index) => {
    const seq = (seqs.get(step.channel ?? '') ?? 0) + 1;
    if (step.audience === 'readers') seqs.set(step.channel ?? '', seq);
    const touched = step.effects.find((effect) => 'id' in effect);
    return {
      shard,
      position: String(index + 1) as Position,
      kind: step.kind,
      audience: step.audience,
      channel: step.channel,
      seq: step.audience === 'readers' ? (seq as Seq) : null,
      message: touched !== undefined && 'id' in touched ? touched.id : null,
      key: step.key,
      at: step.at,
      body: step.body,
      note: JSON.stringify(step.note),
    };
  });
}

/** Everything the archive holds, marks apart. */
export function dump(db: Db): unknown {
  return {
    entries: db.prepare('select * from entries order by shard, cast(position as integer)').all(),
    messages: db.prepare('select * from messages order by id').all(),
    reactions: db.prepare('select * from reactions order by message_id, emoji, user_id').all(),
    rows: db.prepare('select * from search_rows order by message_id').safeIntegers().all(),
    words: wordsOf(db),
  };
}

/** Every word the search index holds. */
export function wordsOf(db: Db): readonly string[] {
  db.exec("create virtual table if not exists temp.words using fts5vocab('main', 'search_text', 'row')");
  return db.prepare<[], string>('select term from temp.words').pluck().all();
}
