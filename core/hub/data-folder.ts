import { accessSync, constants, mkdirSync } from 'node:fs';
import { codeOf } from '../../config/env.ts';

export interface FolderProblem {
  readonly problem: string;
  readonly mend: string;
}

/** Makes the data folder if it is not there. @returns why the hub cannot work in it; null when it can */
export function openDataFolder(dataDir: string): FolderProblem | null {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
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
