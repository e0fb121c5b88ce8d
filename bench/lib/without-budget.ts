import type { Bridge, BridgePlugin } from '../../core/plugin/bridge.ts';
import type { Capabilities } from '../../core/plugin/operations.ts';

/** The same plugin, whose platform takes whatever comes: doubles do, and then each message can be counted. */
export function withoutBudget(plugin: object): object {
  const { create, ...rest } = plugin as BridgePlugin<unknown>;
  return { ...rest, create: (...given: Parameters<typeof create>) => freed(create(...given)) };
}

function freed(bridge: Bridge): Bridge {
  return {
    placement: bridge.placement,
    delivery: bridge.delivery,
    start: (signal) => bridge.start(signal),
    stop: () => bridge.stop(),
    capabilities: (room) => unbounded(bridge.capabilities(room)),
  };
}

function unbounded(can: Capabilities): Capabilities {
  if (can.post === undefined) return can;
  const { budget: _, ...limits } = can.post.limits;
  return { ...can, post: { ...can.post, limits } };
}
