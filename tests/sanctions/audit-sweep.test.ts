import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { createAudit } from '../../core/community/audit.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openSql } from '../../core/store/sql/open.ts';
import type { Sql } from '../../core/store/sql/sql.ts';

const DAY_MS = 24 * 3_600_000;
const OLD_LINES = 1_300;

it('what is too old of the audit goes in parts of some hundred lines, so that no post waits for all of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-audit-'));
  const sql = await openSql({ file: join(folder, 'hub.db'), clock: systemClock, log: silentLogger });
  try {
    const now = systemClock.now();
    const line = (at: number) => ({ at, act: 'note' });
    const lines = Array.from({ length: OLD_LINES }, (_, n) => line(now - 400 * DAY_MS + n));
    const effects = lines.map(({ at }, n) => ({ cause: `cause-${n}`, effect: 'done', at }));
    for (let from = 0; from < OLD_LINES; from += 100) {
      await sql.write([
        {
          query: sql.build
            .insertInto('audit')
            .values(lines.slice(from, from + 100))
            .compile(),
        },
        {
          query: sql.build
            .insertInto('audit_effects')
            .values(effects.slice(from, from + 100))
            .compile(),
        },
      ]);
    }
    await sql.write([{ query: sql.build.insertInto('audit').values(line(now)).compile() }]);

    const parts: number[] = [];
    const watched: Pick<Sql, 'build' | 'read' | 'write'> = {
      build: sql.build,
      read: sql.read,
      async write(statements) {
        const written = await sql.write(statements);
        if (written.ok) parts.push(written.changes.reduce((sum, changes) => sum + changes, 0));
        return written;
      },
    };
    const finder = { names: () => Promise.resolve(new Map()) };
    await createAudit({ sql: watched, finder, keepDays: 365, clock: systemClock }).sweep();

    expect(Math.max(...parts)).toBeLessThanOrEqual(500);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(2 * OLD_LINES);
    const left = await sql.read(sql.build.selectFrom('audit').select('at').compile());
    expect(left).toEqual([{ at: now }]);
    expect(await sql.read(sql.build.selectFrom('audit_effects').selectAll().compile())).toEqual([]);
  } finally {
    await sql.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
