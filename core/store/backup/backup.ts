import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

export type BackupResult =
  | { readonly ok: true; readonly file: string; readonly bytes: number }
  | { readonly ok: false; readonly say: string };

/** What the worker is told. */
export interface BackupJob {
  readonly source: string;
  readonly target: string;
}

const WORKER = new URL(import.meta.url.endsWith('.ts') ? './backup-worker.ts' : './backup-worker.js', import.meta.url);

/**
 * Copies the database as it stands at one moment, while it is in use. The copy is checked, complete on disk, readable
 * by its owner alone, and appears under its name only then; a file that is there already is never replaced.
 */
export async function backupDatabase({ source, target }: BackupJob): Promise<BackupResult> {
  if (existsSync(target)) return { ok: false, say: `${target} is there already. Give another name.` };
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  try {
    // SQLite fills an empty file: made here first, so that its rights are narrow from the start.
    closeSync(openSync(partial, 'wx', 0o600));
    await runWorker({ source, target: partial });
    flush(partial);
    renameSync(partial, target);
    return { ok: true, file: target, bytes: statSync(target).size };
  } catch (error) {
    rmSync(partial, { force: true });
    return { ok: false, say: `The backup failed: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

function runWorker(job: BackupJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: job });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the copying thread ended with ${code}`)),
    );
  });
}

function flush(file: string): void {
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}
