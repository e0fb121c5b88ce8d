import { defineBridge, PLUGIN_API_VERSION } from 'slipmat-hub/plugin';
import { EXAMPLE_CONFIG, type MatterbridgeConfig, parseConfig } from './config.ts';
import { examine } from './doctor.ts';
import { createJoin } from './join/bridge.ts';
import { createOffer } from './offer/bridge.ts';

/** Joins a matterbridge by its API, or offers that API to programs that speak it. */
export default defineBridge<MatterbridgeConfig>({
  apiVersion: PLUGIN_API_VERSION,
  platform: 'matterbridge',
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create: (config, hub) => (config.mode === 'join' ? createJoin(config, hub) : createOffer(config, hub)),
  doctor: examine,
});
