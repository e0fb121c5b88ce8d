import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from '../../config/env.ts';

export interface FolderProblem {
  readonly problem: string;
  readonly mend: string;
}

/** Makes the data folder if it is not there. @returns why the hub cannot work in it; null when it can */
export function openDataFolder(dataDir: string): FolderProblem | null {
  try {
    makeFolder(resolve(dataDir));
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const code = codeOf(error);
    return {
      problem: `the data folder ${dataDir} cannot be written (${code})`,
      mend:
        code === 'EEXIST'
          ? 'A file is in its place: set DATA_DIR to a folder.'
          : 'Give this user the right to write there, or set DATA_DIR to another folder.',
    };
  }
}

/** Not by `recursive`: that never returns where the system says that a parent which is there is not, as below /proc. */
function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.push(at);
  // a file in its place is no folder
  if (missing.length === 0 && !statSync(path).isDirectory()) mkdirSync(path);
  for (const folder of missing.toReversed()) mkdirSync(folder, { mode: 0o700 });
}
