import { join } from 'node:path';
import { ConfigError } from '../plugin/errors.ts';
import { type OpenedSql, openSql } from '../store/sql/open.ts';
import { openDataFolder } from './data-folder.ts';
import type { HubOptions } from './options.ts';

/** The data folder, made if it is not there, and the database in it. @throws {ConfigError} when it cannot be used */
export async function openData({
  config,
  clock,
  log,
}: Pick<HubOptions, 'config' | 'clock' | 'log'>): Promise<OpenedSql> {
  const wrong = openDataFolder(config.dataDir);
  if (wrong !== null) throw new ConfigError('DATA_DIR', wrong.problem, wrong.mend);
  return openSql({ file: join(config.dataDir, 'hub.sqlite'), clock, log });
}
