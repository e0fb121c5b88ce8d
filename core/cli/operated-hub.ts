import type { HubOptions } from '../hub/options.ts';
import type { BuiltIns } from '../plugin/load.ts';
import type { RunningHub, StartOptions } from './parts.ts';

export interface HubMakeup {
  readonly builtIns: BuiltIns;
  /** Where people without an account elsewhere are at home. */
  readonly nativePlatform: string;
  readonly version: string;
}

/**
 * Loaded here, so that commands to a running hub do not wait for all that a hub is made of; the database, which has a
 * thread of its own, is opened meanwhile.
 */
async function loadHub(options: Pick<HubOptions, 'config' | 'clock' | 'log'>) {
  const { openData } = await import('../hub/open-data.ts');
  const data = openData(options);
  data.catch(() => undefined); // whoever waits for it is told
  const loaded = await Promise.all([
    import('../hub.ts'),
    import('../http/control.ts'),
    import('../http/operator.ts'),
    import('../store/backup/until-archived.ts'),
  ]);
  return { data, loaded };
}

/** A hub together with the socket by which the command line speaks to it. */
export async function startOperatedHub(
  { builtIns, nativePlatform, version }: HubMakeup,
  { isOffline, ...options }: StartOptions,
): Promise<RunningHub> {
  const { data, loaded } = await loadHub(options);
  const [{ startHub }, { startControl }, { operatorOperations }, { untilArchived }] = loaded;
  const { config, clock, log } = options;
  const offered = isOffline ? { bridges: {}, surfaces: {} } : builtIns;
  const hub = await startHub({ ...options, data, builtIns: offered, nativePlatform, version });
  const { id, sql, live, accounts, health } = hub;
  const url = config.publicUrl ?? hub.url;
  const operations = operatorOperations({
    config,
    version,
    hubId: id,
    clock,
    sql,
    accounts,
    health,
    privacy: hub.privacy,
    url: () => url,
    portals: hub.portals,
    linking: hub.linking,
    deadLetters: hub.deadLetters,
    tokens: hub.tokens.tokens,
    drain: (signal) => untilArchived({ log: live.store.log, sql, clock }, signal),
  });
  try {
    const control = await startControl({ dataDir: config.dataDir, hubId: id, operations, log, clock });
    const stop = async (): Promise<void> => {
      await control.close();
      await hub.stop();
    };
    return { url, firstAdminLink: hub.firstAdminLink, failed: hub.failed, stop };
  } catch (error) {
    await hub.stop();
    throw error;
  }
}
