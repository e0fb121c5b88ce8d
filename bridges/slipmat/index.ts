import { PLUGIN_API_VERSION, type SurfacePlugin } from '../../core/plugin/bridge.ts';
import { EXAMPLE_CONFIG, parseConfig, type SlipmatConfig } from './config.ts';
import { createSurface } from './surface.ts';

/** The native Slipmat WebSocket: a surface like any other built-in bridge. `docs/protocol.md` says what it speaks. */
const slipmat: SurfacePlugin<SlipmatConfig> = {
  apiVersion: PLUGIN_API_VERSION,
  platform: 'slipmat',
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create: createSurface,
};
export default slipmat;
