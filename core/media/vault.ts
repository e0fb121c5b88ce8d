import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../config/env.ts';
import { newRowId } from '../async/mint.ts';

/** Files by the hash of their bytes, in a folder that several hubs of one machine may share. A file never changes. */
export interface Vault {
  /** Where the file with this hash is, if it is there. */
  pathOf(hash: string): string;
  thumbOf(hash: string): string;
  /** A name for a new file that nobody else has. */
  draft(): string;
  discard(draft: string): Promise<void>;
  /** Puts the bytes of a draft durably under their hash unless they are there; the draft stays. */
  place(draft: string, hash: string): Promise<void>;
  placeThumb(draft: string, hash: string): Promise<void>;
  /** Takes the file away, to be brought back or ended. Null: it was not there. */
  withdraw(hash: string): Promise<Withdrawn | null>;
  /** Those that a crash left withdrawn. */
  withdrawn(): Promise<readonly Withdrawn[]>;
  /** Hashes of files that were last written before this time, in batches. */
  olderThan(ms: number): AsyncIterable<readonly string[]>;
  /** Removes drafts that a crash left before this time, and small pictures of files that are gone. */
  tidy(olderThanMs: number): Promise<void>;
}

export interface Withdrawn {
  readonly hash: string;
  restore(): Promise<void>;
  end(): Promise<void>;
}

const HASH = /^[0-9a-f]{64}$/;
const WITHDRAWN = /^gone-([0-9a-f]{64})-/;
const THUMB = '.thumb';

/** Opens the folder and makes it if it is not there. */
export function openVault(folder: string): Vault {
  const drafts = join(folder, 'tmp');
  mkdirSync(drafts, { recursive: true, mode: 0o700 });
  const pathOf = (hash: string): string => join(folder, hash.slice(0, 2), hash);
  const thumbOf = (hash: string): string => pathOf(hash) + THUMB;

  /** Being written by this hub: never left over, whatever the clock says. */
  const inHand = new Set<string>();

  const withdrawnAs = (hash: string, path: string): Withdrawn => ({
    hash,
    async restore() {
      await placeFile(path, pathOf(hash));
      await rm(path, { force: true });
    },
    async end() {
      await rm(path, { force: true });
      await rm(thumbOf(hash), { force: true });
    },
  });

  return {
    pathOf,
    thumbOf,
    draft() {
      const name = newRowId();
      inHand.add(name);
      return join(drafts, name);
    },
    async discard(draft) {
      inHand.delete(basename(draft));
      await rm(draft, { force: true });
    },
    place: (draft, hash) => placeFile(draft, pathOf(hash)),
    placeThumb: (draft, hash) => rename(draft, thumbOf(hash)),
    async withdraw(hash) {
      const path = join(drafts, `gone-${hash}-${newRowId()}`);
      const isThere = await ifThere(rename(pathOf(hash), path).then(() => true));
      return isThere === null ? null : withdrawnAs(hash, path);
    },
    async withdrawn() {
      const names = await readdir(drafts);
      return names.flatMap((name) => {
        const hash = WITHDRAWN.exec(name)?.[1];
        return hash === undefined ? [] : [withdrawnAs(hash, join(drafts, name))];
      });
    },
    async *olderThan(ms) {
      for await (const { path, names } of parts(folder)) {
        const hashes: string[] = [];
        for (const name of names) {
          if (HASH.test(name) && (await writtenBefore(join(path, name), ms))) hashes.push(name);
        }
        yield hashes;
      }
    },
    async tidy(olderThanMs) {
      for await (const { path, names } of parts(folder)) {
        const there = new Set(names);
        const lost = names.filter((name) => name.endsWith(THUMB) && !there.has(name.slice(0, -THUMB.length)));
        for (const name of lost) await rm(join(path, name), { force: true });
      }
      for (const name of await readdir(drafts)) {
        const path = join(drafts, name);
        if (WITHDRAWN.test(name) || inHand.has(name.replace(/\.copy$/, ''))) continue;
        if (await writtenBefore(path, olderThanMs)) await rm(path, { force: true });
      }
    },
  };
}

async function* parts(folder: string): AsyncGenerator<{ readonly path: string; readonly names: readonly string[] }> {
  for (const part of await readdir(folder)) {
    const path = join(folder, part);
    if (/^[0-9a-f]{2}$/.test(part)) yield { path, names: await readdir(path) };
  }
}

/** A second name for the same bytes where the file system has that, else a copy that appears whole. */
async function placeFile(from: string, to: string): Promise<void> {
  if (await isThere(to)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await flush(from);
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) === 'ENOENT') throw error;
    await copyFile(from, `${from}.copy`);
    await rename(`${from}.copy`, to);
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function writtenBefore(path: string, ms: number): Promise<boolean> {
  const found = await ifThere(stat(path));
  return found !== null && found.mtimeMs < ms;
}

/** Whether it is there; another hub may have been faster. */
export async function isThere(path: string): Promise<boolean> {
  return (await ifThere(stat(path))) !== null;
}

async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** SHA-256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path)) sum.update(chunk);
  return sum.digest('hex');
}
