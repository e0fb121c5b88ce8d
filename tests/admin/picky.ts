import { bridges } from '../../bridges/index.ts';
import { BridgeError, defineBridge, plainText, type RoomId } from '../../core/plugin/index.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';

export const SECRET = 'hunter2-is-the-token';
export const ROOM = '#picky' as RoomId;

/** A platform that takes no message with "boom" in it until it is told to, and a bridge that is careless with its token. */
export interface Picky {
  readonly builtIns: BuiltIns;
  readonly config: Record<string, unknown>;
  /** Texts in the room, oldest first. */
  readonly posts: string[];
  /** What it turns down from now on is taken. */
  relax(): void;
}

export function createPicky(more: readonly object[] = []): Picky {
  const posts: string[] = [];
  let isPicky = true;
  const picky = defineBridge({
    apiVersion: 1,
    platform: 'picky',
    exampleConfig: '',
    parseConfig: () => ({}),
    create: (_, hub) => ({
      placement: 'one-hub',
      delivery: 'courier',
      async start() {
        hub.status(null, { kind: 'live' });
      },
      async stop() {},
      capabilities: () => ({
        post: {
          limits: {
            text: 500,
            caption: 500,
            unit: 'utf16',
            speaker: 'native',
            reply: true,
            idempotent: true,
            takesSentAt: false,
            maxMedia: 0,
            maxMediaBytes: 0,
            spoiler: false,
          },
          async run({ room, text }) {
            const said = plainText(text);
            if (isPicky && said.includes('boom')) {
              throw new BridgeError(`it is not taken, ${SECRET}`, { kind: 'permanent', scope: 'command' });
            }
            posts.push(said);
            return [{ room, id: `post-${posts.length}` }];
          },
        },
      }),
    }),
  });
  const locked = defineBridge({
    apiVersion: 1,
    platform: 'locked',
    exampleConfig: '',
    parseConfig: () => ({}),
    create: () => ({
      placement: 'one-hub',
      delivery: 'courier',
      start: () => Promise.reject(new BridgeError(`refused: ${SECRET}`, { kind: 'auth' })),
      async stop() {},
      capabilities: () => ({}),
    }),
  });
  return {
    posts,
    relax() {
      isPicky = false;
    },
    builtIns: {
      surfaces: bridges.surfaces,
      bridges: { picky: async () => ({ default: picky }), locked: async () => ({ default: locked }) },
    },
    config: {
      bridges: [
        ...more,
        { id: 'picky', use: 'picky', config: { token: SECRET } },
        { id: 'locked', use: 'locked', config: { deep: [{ token: SECRET }] } },
      ],
      portals: [{ channel: 'lobby', bridge: 'picky', room: ROOM }],
    },
  };
}
