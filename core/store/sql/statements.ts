import type { Statement as Prepared } from 'better-sqlite3';
import type { Db } from './connect.ts';
import type { PlainStatement } from './jobs.ts';
import type { Written } from './sql.ts';

const MAX_PREPARED = 256;

/** Statements by their text, the longest unused dropped first. */
export function createStatementCache(db: Db): (sql: string) => Prepared {
  const prepared = new Map<string, Prepared>();
  return (sql) => {
    const known = prepared.get(sql);
    const statement = known ?? db.prepare(sql);
    prepared.delete(sql);
    prepared.set(sql, statement);
    for (const oldest of prepared.keys()) {
      if (prepared.size <= MAX_PREPARED) break;
      prepared.delete(oldest);
    }
    return statement;
  };
}

/** Runs the statements in order until an expectation fails. The caller undoes what was written then. */
export function runStatements(statements: readonly PlainStatement[], prepare: (sql: string) => Prepared): Written {
  const changes: number[] = [];
  for (const [index, { sql, parameters, expect }] of statements.entries()) {
    const changed = prepare(sql).run(...parameters).changes;
    if (expect !== null && changed !== expect) return { ok: false, failed: index };
    changes.push(changed);
  }
  return { ok: true, changes };
}
