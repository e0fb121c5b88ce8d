import { closeSync, createWriteStream, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { codeOf } from '../../config/env.ts';
import type { ControlClient } from './control-client.ts';
import { CliError, write } from './parts.ts';
import { expectOk } from './user.ts';

const PAGE = 500;

/** Copies the database to a new file. @returns what to tell */
export async function backup(hub: ControlClient, file: string): Promise<string> {
  const made = expectOk(await hub.call('backup', { file: resolve(file) }));
  return `Backed up to ${made.file} (${made.bytes} bytes).\n`;
}

/** Writes every archived message as one JSON line, oldest first. @returns how many */
export async function exportMessages(hub: ControlClient, out: Writable): Promise<number> {
  let after: string | null = null;
  let count = 0;
  do {
    const page: { messages: readonly unknown[]; next: string | null } = expectOk(
      await hub.call('export', { after, limit: PAGE }),
    );
    await write(out, page.messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    count += page.messages.length;
    after = page.next;
  } while (after !== null);
  return count;
}

/** Writes all that is kept of one person as JSON lines. @returns how many */
export async function exportPerson(hub: ControlClient, who: string, out: Writable): Promise<number> {
  let after: string | null = null;
  let count = 0;
  do {
    const page: { lines: readonly unknown[]; next: string | null } = expectOk(
      await hub.call('user-data', { who, after }),
    );
    await write(out, page.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    count += page.lines.length;
    after = page.next;
  } while (after !== null);
  return count;
}

/** A new file that its owner alone can read. @throws {CliError} when it is there already */
export function createPrivateFile(file: string): Writable {
  try {
    const handle = openSync(file, 'wx', 0o600);
    closeSync(handle);
  } catch (error) {
    const code = codeOf(error);
    throw new CliError(
      code === 'EEXIST' ? `${file} is there already. Give another name.` : `${file} cannot be written (${code}).`,
    );
  }
  return createWriteStream(file, { flags: 'a', mode: 0o600 });
}
