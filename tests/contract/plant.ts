import {
  type AccountId,
  type Bridge,
  BridgeError,
  type BridgeFailure,
  type BridgePlugin,
  type Capabilities,
  type HubPort,
  type Inbound,
  type InboundAccount,
  isBridgeError,
  type Operations,
  type Receipt,
  type RemoteRef,
  textContent,
} from 'slipmat-hub/plugin';

/** One fault that authors of bridges make, planted in any bridge from outside, and the case that must find it. */
export interface Mutation {
  readonly fault: string;
  /** Name of the case, or enough of it. */
  readonly killedBy: string;
  plant<Config>(plugin: BridgePlugin<Config>): BridgePlugin<Config>;
}

type Planted = (bridge: Bridge, hub: HubPort, config: unknown) => Partial<Bridge>;
type Run<K extends keyof Operations> = (command: Operations[K][0], signal: AbortSignal) => Promise<Operations[K][1]>;
type Spoil<K extends keyof Operations> = (run: Run<K>, hub: HubPort, config: unknown) => Run<K>;

export function inBridge(fault: string, killedBy: string, spoil: Planted): Mutation {
  return {
    fault,
    killedBy,
    plant: (plugin) => ({
      ...plugin,
      parseConfig: (input) => plugin.parseConfig(input),
      create(config, hub) {
        const bridge = plugin.create(config, hub);
        return {
          placement: bridge.placement,
          delivery: bridge.delivery,
          start: (signal) => bridge.start(signal),
          stop: () => bridge.stop(),
          capabilities: (room) => bridge.capabilities(room),
          ...spoil(bridge, hub, config),
        };
      },
    }),
  };
}

/** Plants the fault between the bridge and the hub. */
export function inPort(
  fault: string,
  killedBy: string,
  spoil: (hub: HubPort, config: unknown) => Partial<HubPort>,
): Mutation {
  return {
    fault,
    killedBy,
    plant: (plugin) => ({
      ...plugin,
      parseConfig: (input) => plugin.parseConfig(input),
      create: (config, hub) => plugin.create(config, { ...hub, ...spoil(hub, config) }),
    }),
  };
}

/** Plants the fault in what the bridge reports; null: it is kept back. */
export function inReports(
  fault: string,
  killedBy: string,
  change: () => (inbound: Inbound) => Inbound | null,
): Mutation {
  return inPort(fault, killedBy, (hub) => {
    const changed = change();
    return {
      async receive(inbound) {
        const next = changed(inbound);
        return next === null ? ACCEPTED : hub.receive(next);
      },
    };
  });
}

export function inOperation<K extends keyof Operations>(
  fault: string,
  killedBy: string,
  operation: K,
  spoil: Spoil<K>,
): Mutation {
  return inBridge(fault, killedBy, (bridge, hub, config) => {
    const cache = new Map<string, Run<K>>();
    return {
      capabilities(room) {
        const all = bridge.capabilities(room);
        const able = all[operation];
        if (able === undefined) return all;
        const run =
          cache.get(room) ??
          spoil(
            (command, signal) =>
              bridge.capabilities(room)[operation]?.run(command, signal) ?? Promise.reject(new Error('gone')),
            hub,
            config,
          );
        cache.set(room, run);
        return { ...all, [operation]: { limits: able.limits, run } };
      },
    };
  });
}

/** Plants the fault in how an operation fails. */
export function inFailure(
  fault: string,
  killedBy: string,
  operation: keyof Operations,
  change: (failure: BridgeFailure) => BridgeFailure,
): Mutation {
  return inOperation(fault, killedBy, operation, (run) => async (command, signal) => {
    try {
      return await run(command as never, signal);
    } catch (error) {
      throw isBridgeError(error) ? new BridgeError(error.message, change(error.failure)) : error;
    }
  });
}

export const ACCEPTED: Receipt = { kind: 'accepted', id: null, seq: null };
export const SOMEBODY: InboundAccount = {
  id: 'somebody' as AccountId,
  name: 'Somebody',
  avatarUrl: null,
  isBot: false,
};
export const RETRY: BridgeFailure = { kind: 'retryable', delivered: 'no' };

export function echo(hub: HubPort, ref: RemoteRef, text: string): Promise<Receipt> {
  const content = textContent(text);
  return hub.receive({ kind: 'message', ref, by: SOMEBODY, content, replyTo: null, at: hub.clock.now() });
}

/** The edit of one part goes to the part before it. */
export function editOfAnother(): Mutation {
  return inBridge('an edit goes to another message', 'edits the one message', (bridge) => {
    const posted: RemoteRef[] = [];
    return {
      capabilities(room): Capabilities {
        const { post, edit, ...rest } = bridge.capabilities(room);
        if (post === undefined || edit === undefined) return bridge.capabilities(room);
        const runPost: typeof post.run = async (command, signal) => {
          const refs = await post.run(command, signal);
          posted.push(...refs);
          return refs;
        };
        const runEdit: typeof edit.run = (command, signal) =>
          edit.run({ ...command, ref: posted[0] ?? command.ref }, signal);
        return { ...rest, post: { ...post, run: runPost }, edit: { ...edit, run: runEdit } };
      },
    };
  });
}

export function secretsOf(config: unknown): string {
  if (typeof config === 'string') return config;
  return typeof config === 'object' && config !== null ? Object.values(config).map(secretsOf).join(' ') : '';
}
