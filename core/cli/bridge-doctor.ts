import type { HubConfig } from '../../config/schema.ts';
import { type Clock, stayAwake } from '../async/clock.ts';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import type { RoomId } from '../domain/ids.ts';
import type { Finding as PluginFinding } from '../plugin/bridge.ts';
import { type BuiltIns, type LoadedPlugin, loadPlugin, PluginError, withoutValues } from '../plugin/load.ts';
import type { Finding } from './finding.ts';

/** A platform that does not answer within this time is told as such. */
export const BRIDGE_DOCTOR_MS = 20_000;

type ConfiguredBridge = HubConfig['bridges'][number];

/** A room of one bridge that has a portal. */
export interface LinkedRoom {
  readonly bridge: string;
  readonly room: string;
}

export interface BridgeDoctorParts {
  readonly builtIns: BuiltIns;
  readonly clock: Clock;
  readonly rooms: readonly LinkedRoom[];
}

/** Loads each bridge and has it ask its platform, all at the same time, so that a slow one costs no other its turn. */
export async function bridgeFindings({ bridges }: HubConfig, parts: BridgeDoctorParts): Promise<readonly Finding[]> {
  // A plugin that waits for what never comes must not end the command before its deadline.
  const letEnd = stayAwake();
  try {
    return (await Promise.all(bridges.map((bridge) => findingsOf(bridge, parts)))).flat();
  } finally {
    letEnd();
  }
}

/** A bridge that is not required is missing while the hub runs; a required one keeps it from starting. */
async function findingsOf(bridge: ConfiguredBridge, parts: BridgeDoctorParts): Promise<readonly Finding[]> {
  const { id, use, required, config } = bridge;
  try {
    const plugin = await loadPlugin(use, parts.builtIns);
    plugin.check(config);
    const loaded: Finding = { level: 'ok', what: `The bridge ${id} (${use}) can be loaded.` };
    return [loaded, ...(await platformFindings(bridge, plugin, parts))];
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const what = `The bridge ${id} cannot be loaded.`;
    return [{ level: required ? 'fail' : 'warn', what, mend: `${error.message.replace(/\.$/, '')}.` }];
  }
}

/** What the plugin found on its platform. Whatever it does, it costs at most a line and the deadline. */
async function platformFindings(
  { id, config }: ConfiguredBridge,
  plugin: LoadedPlugin,
  { clock, rooms }: BridgeDoctorParts,
): Promise<readonly Finding[]> {
  const own = rooms.filter(({ bridge }) => bridge === id).map(({ room }) => room as RoomId);
  try {
    const found = await withDeadline(clock, BRIDGE_DOCTOR_MS, null, (signal) => plugin.doctor(config, own, signal));
    return found.map((finding) => told(id, config, finding));
  } catch (error) {
    if (error instanceof PluginError) throw error;
    const what = `${id}: its platform could not be asked.`;
    if (error instanceof DeadlineError) {
      const mend = `It did not answer within ${BRIDGE_DOCTOR_MS / 1_000} seconds: look at the network, or at the status page of the platform.`;
      return [{ level: 'fail', what, mend }];
    }
    const said = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
    return [{ level: 'fail', what, mend: `The plugin's own doctor failed (${withoutValues(said, config)}).` }];
  }
}

/** Plugins are made by others: their sentences are one line each and hold no value of the configuration. */
function told(id: string, config: unknown, finding: PluginFinding): Finding {
  const clean = (text: string): string => withoutValues(String(text), config).replace(/\s+/gu, ' ').trim();
  const what = `${id}: ${clean(finding.what)}`;
  return finding.level === 'ok' ? { level: 'ok', what } : { level: finding.level, what, mend: clean(finding.mend) };
}
