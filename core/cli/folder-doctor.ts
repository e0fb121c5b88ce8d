import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder } from '../hub/data-folder.ts';
import type { Finding } from './finding.ts';

const LOW_DISK_BYTES = 500 * 1024 * 1024;

/** What the database of a folder says of where the folder belongs. */
export interface FolderFacts {
  /** Null in a new folder. */
  readonly archiveId: string | null;
  /** Whether its newest messages are in Redis. */
  readonly isLogInRedis: boolean;
}
const NEW_FOLDER: FolderFacts = { archiveId: null, isLogInRedis: false };

/** Whether the folder can be worked in, and what its database says; null where that cannot be read. */
export async function examineFolder(dataDir: string): Promise<{
  readonly findings: readonly Finding[];
  readonly facts: FolderFacts | null;
}> {
  const wrong = openDataFolder(dataDir);
  if (wrong !== null) {
    const what = `${wrong.problem.slice(0, 1).toUpperCase()}${wrong.problem.slice(1)}.`;
    return { findings: [{ level: 'fail', what, mend: wrong.mend }], facts: null };
  }
  const written: Finding = { level: 'ok', what: `The data folder ${dataDir} can be written.` };
  const findings = [written, ...diskFindings(dataDir)];
  try {
    return { findings, facts: await readFacts(dataDir) };
  } catch (error) {
    const what = `The database hub.sqlite in ${dataDir} cannot be read (${error instanceof Error ? error.message : error}).`;
    const mend = 'Put a backup in its place (docs/operations.md), or set DATA_DIR to another folder.';
    return { findings: [...findings, { level: 'fail', what, mend }], facts: null };
  }
}

function diskFindings(dataDir: string): readonly Finding[] {
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize > LOW_DISK_BYTES) return [];
  const what = `Only ${Math.round((bavail * bsize) / 1024 / 1024)} MB are free in the data folder.`;
  return [{ level: 'warn', what, mend: 'Free some, or set DATA_DIR to a larger disk: a full disk refuses posts.' }];
}

/** Reads beside a running hub too. */
async function readFacts(dataDir: string): Promise<FolderFacts> {
  const file = join(dataDir, 'hub.sqlite');
  if (!existsSync(file)) return NEW_FOLDER;
  // loaded only where it is used
  const { openReader } = await import('../store/sql/connect.ts');
  const db = openReader(file);
  try {
    const rows = db.prepare<[], { name: string; value: string }>('select name, value from meta').all();
    const facts = new Map(rows.map(({ name, value }) => [name, value]));
    return { archiveId: facts.get('archive_id') ?? null, isLogInRedis: facts.get('log_home') === 'redis' };
  } finally {
    db.close();
  }
}
