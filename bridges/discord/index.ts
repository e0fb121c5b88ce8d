import { defineBridge, PLUGIN_API_VERSION } from '../../core/plugin/index.ts';
import { createBridge } from './bridge.ts';
import { type DiscordConfig, EXAMPLE_CONFIG, parseConfig } from './config.ts';
import { doctor } from './doctor.ts';
import { PLATFORM } from './knowledge.ts';

/** Discord, by discord.js for what comes in and by webhooks for what goes out. `README.md` tells how to set it up. */
export default defineBridge<DiscordConfig>({
  apiVersion: PLUGIN_API_VERSION,
  platform: PLATFORM,
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create: createBridge,
  doctor,
});
