import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { codeOf } from '../../config/env.ts';
import type { HubConfig } from '../../config/schema.ts';
import { newSecret } from '../async/mint.ts';
import { loadPlugin, PluginError } from '../plugin/load.ts';
import { CliError, type CliParts, EXIT } from './parts.ts';

interface Wish {
  /** Id of a bridge of the configuration; without it the only one that has a registration. */
  readonly bridge: string | undefined;
  /** Where to write it, if not where the bridge looks for it. */
  readonly out: string | undefined;
}

/**
 * Makes the file by which a platform's server knows the hub. Its secrets are made once: made anew it keeps them.
 * @returns what to say
 */
export async function register(
  wish: Wish,
  config: HubConfig,
  { builtIns }: Pick<CliParts, 'builtIns'>,
): Promise<string> {
  const { id, use, config: settings } = chosen(wish.bridge, config);
  const url = `${config.publicUrl ?? `http://localhost:${config.port}`}/bridges/${id}`;
  try {
    const plugin = await loadPlugin(use, builtIns);
    const made = plugin.registration(settings ?? {}, { read, url, newSecret });
    if (made === null) throw new CliError(`The bridge ${id} (${use}) needs no registration.`, EXIT.usage);
    const target = wish.out ?? made.file;
    const isThere = existsSync(target);
    writePrivate(target, made.text);
    return `${isThere ? 'Renewed' : 'Wrote'} ${target}.\n${made.next}\n`;
  } catch (error) {
    if (error instanceof PluginError) throw new CliError(error.message, EXIT.usage);
    throw error;
  }
}

function chosen(wanted: string | undefined, { bridges }: HubConfig): HubConfig['bridges'][number] {
  const [only] = bridges;
  const known = bridges.map(({ id }) => id).join(', ') || 'none';
  const found = wanted === undefined && bridges.length === 1 ? only : bridges.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const what =
    wanted === undefined ? 'Say which bridge (--bridge)' : `There is no bridge ${wanted} in the configuration`;
  throw new CliError(`${what}. Known: ${known}.`, EXIT.usage);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new CliError(`${file} cannot be read: ${codeOf(error)}.`);
  }
}

/** Whole or not at all, and for its owner alone. */
function writePrivate(file: string, text: string): void {
  const half = `${file}.new`;
  try {
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, file);
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${codeOf(error)}. Does its folder exist?`);
  }
}
