import { bridges } from '../../bridges/index.ts';
import {
  type AccountId,
  type Capabilities,
  defineBridge,
  type EpochMs,
  type HubPort,
  type RoomId,
  textContent,
} from '../../core/plugin/index.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import { until } from '../fakes/until.ts';

/** Platforms that only listen, so that tests and pictures have people from elsewhere. */
export interface Elsewhere {
  readonly builtIns: BuiltIns;
  readonly config: Record<string, unknown>;
  says(platform: string, name: string, text: string): Promise<void>;
}

const ROOM = 'room' as RoomId;

/** @param can what a platform takes of what is said here; without it, nothing */
export function createElsewhere(
  platforms: readonly string[],
  channel = 'lobby',
  can: Readonly<Record<string, Capabilities>> = {},
): Elsewhere {
  const ports = new Map<string, HubPort>();
  let count = 0;
  const plugin = (platform: string) =>
    defineBridge({
      apiVersion: 1,
      platform,
      exampleConfig: '',
      parseConfig: () => ({}),
      create: (_config, hub) => ({
        placement: 'one-hub',
        delivery: 'courier',
        async start() {
          ports.set(platform, hub);
          hub.status(null, { kind: 'live' });
        },
        async stop() {
          ports.delete(platform);
        },
        capabilities: () => can[platform] ?? {},
      }),
    });
  return {
    builtIns: {
      surfaces: bridges.surfaces,
      bridges: Object.fromEntries(platforms.map((name) => [name, async () => ({ default: plugin(name) })])),
    },
    config: {
      bridges: platforms.map((name) => ({ id: name, use: name })),
      portals: platforms.map((name) => ({ channel, bridge: name, room: ROOM })),
    },
    async says(platform, name, text) {
      await until(`the bridge of ${platform}`, () => ports.has(platform));
      count += 1;
      const receipt = await ports.get(platform)?.receive({
        kind: 'message',
        ref: { room: ROOM, id: `${platform}-${count}` },
        by: { id: `${platform}-${name}` as AccountId, name, avatarUrl: null, isBot: false },
        content: textContent(text),
        replyTo: null,
        at: Date.now() as EpochMs,
      });
      if (receipt?.kind !== 'accepted') throw new Error(`not taken in: ${JSON.stringify(receipt)}`);
    },
  };
}
