import type { AuditLine, KarmaLine } from '../../domain/audit.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Entry, EntryNote } from '../ports.ts';
import type { Db } from '../sql/connect.ts';

/** What an entry leaves in the ledgers, and what is in force after it; in the transaction of the entry. */
export function createLedgerRows(db: Db): (entry: Entry) => 'taken' | 'unreadable' {
  const takeSanction = createSanctionRows(db);
  const addAudit = createAuditRows(db);
  const addKarma = createKarmaRows(db);

  return (entry) => {
    const { note: json, at } = entry;
    const isSanction = entry.kind === 'sanction';
    // most entries have nothing of the kind, and are not parsed for it
    if (!isSanction && !json.includes('"audit":') && !json.includes('"karma":')) return 'taken';
    const note = parsed<EntryNote>(json);
    const body = isSanction ? parsed<SanctionPart>(entry.body) : null;
    if (note === null || (isSanction && body === null)) return 'unreadable';
    if (body !== null) takeSanction(body, entry.body);
    if (note.audit !== undefined) addAudit(note.audit, at);
    for (const line of note.karma ?? []) addKarma(line, at);
    return 'taken';
  };
}

interface SanctionPart {
  readonly scope?: string;
  readonly user?: string;
  readonly act?: string;
}

function createSanctionRows(db: Db): (part: SanctionPart, body: string) => void {
  const put = db.prepare<[string, string, string]>('insert or replace into sanctions values (?, ?, ?)');
  const drop = db.prepare<[string, string]>('delete from sanctions where scope = ? and user_id = ?');
  return ({ scope, user, act }, body) => {
    if (scope === undefined || user === undefined) return;
    if (act === 'lift') drop.run(scope, user);
    else put.run(scope, user, body);
  };
}

function createAuditRows(db: Db): (line: AuditLine, at: EpochMs) => void {
  type Row = [number, string, ...(string | number | null)[]];
  const insert = db.prepare<Row>(
    `insert into audit (at, act, by_id, target_id, message_id, channel_id, until, reason, cause)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ act, by, target, message, channel, until, reason, cause }, at) => {
    insert.run(at, act, by, target, message, channel, until, reason, cause ?? null);
  };
}

function createKarmaRows(db: Db): (line: KarmaLine, at: EpochMs) => void {
  const insert = db.prepare<[string, number, string, string | null, string, number]>(
    'insert into karma (user_id, points, why, by_id, cause, at) values (?, ?, ?, ?, ?, ?)',
  );
  return ({ user, points, why, by, cause }, at) => {
    insert.run(user, points, why, by, cause, at);
  };
}

/** Null: damaged. */
function parsed<T>(json: string): T | null {
  try {
    return JSON.parse(json) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
