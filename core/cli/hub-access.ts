import type { HubConfig } from '../../config/schema.ts';
import { createLogger } from '../ops/log.ts';
import { type ControlClient, findHub } from './control-client.ts';
import { CliError, type CliParts, readConfig, sayError } from './parts.ts';

/**
 * Runs one command against the hub of the data folder that the configuration names. When none runs, the store is opened for just this command by a
 * hub that nobody can reach; with Redis other hubs may hold it, so that is left to the operator.
 */
export async function withHub<T>(
  parts: CliParts,
  file: string | undefined,
  command: (hub: ControlClient, config: HubConfig) => Promise<T>,
): Promise<T> {
  const config = await readConfig(parts, file);
  const running = await findHub(config.dataDir);
  if (running !== null) return command(running, config);
  if (config.redisUrl !== null) {
    throw new CliError(
      `No hub runs on the folder ${config.dataDir} of this machine. Start one (slipmat-hub start), or set DATA_DIR to its folder.`,
    );
  }
  const hub = await openOffline(parts, config);
  try {
    const own = await findHub(config.dataDir);
    if (own === null) throw new CliError('The store was opened, but its control socket does not answer.');
    return await command(own, config);
  } finally {
    await hub.stop();
  }
}

async function openOffline(parts: CliParts, config: HubConfig) {
  const alone: HubConfig = { ...config, host: '127.0.0.1', port: 0, bridges: [] };
  const { clock, webRoot } = parts;
  try {
    return await parts.startHub({ config: alone, log: createLogger('error'), clock, webRoot, isOffline: true });
  } catch (error) {
    throw new CliError(`No hub runs, and the store could not be opened: ${sayError(error, config)}`);
  }
}
