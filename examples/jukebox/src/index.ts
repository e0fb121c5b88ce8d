import { defineBridge } from 'slipmat-hub/plugin';
import { EXAMPLE_CONFIG, type JukeboxConfig, parseConfig } from './config.ts';
import { createInbound } from './inbound.ts';
import { capabilities } from './outbound.ts';

export default defineBridge<JukeboxConfig>({
  apiVersion: 1,
  platform: 'jukebox',
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create(config, hub) {
    const inbound = createInbound(config, hub);
    return {
      placement: 'one-hub',
      delivery: 'courier',
      start: inbound.start,
      stop: inbound.stop,
      capabilities: () => capabilities(config),
    };
  },
});
