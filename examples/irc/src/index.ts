import { defineBridge, PLUGIN_API_VERSION } from 'slipmat-hub/plugin';
import { createBridge } from './bridge.ts';
import { EXAMPLE_CONFIG, type IrcConfig, parseConfig } from './config.ts';
import { doctor } from './doctor.ts';

/** Links channels of the hub with channels of an IRC network. */
export default defineBridge<IrcConfig>({
  apiVersion: PLUGIN_API_VERSION,
  platform: 'irc',
  label: 'IRC',
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create: createBridge,
  doctor,
});
