import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);
const slug = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and dashes');

/** The whole configuration. Every field has a default, so that a fresh checkout runs with none. */
export const hubConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  port: port.default(8787).describe('Port to listen on; 0 takes a free one.'),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe('How people reach the hub from outside, such as https://chat.example.org.'),
  dataDir: z.string().min(1).default('data').describe('Folder for the database, the media and the control socket.'),
  redisUrl: z
    .string()
    .regex(/^(rediss?|unix):\/\//, 'must start with redis://, rediss:// or unix://')
    .nullable()
    .default(null)
    .describe('Redis for the live state; without it the embedded store serves one hub.'),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  lobby: z
    .strictObject({
      id: slug.default('lobby'),
      name: z.string().min(1).max(80).default('Lobby'),
    })
    .prefault({})
    .describe('The one megachannel.'),
  accounts: z
    .strictObject({
      signUp: z
        .enum(['open', 'invite', 'closed'])
        .nullable()
        .default(null)
        .describe('Who may make an account; null: open on loopback, invite otherwise.'),
      guests: z
        .enum(['off', 'read', 'post'])
        .default('read')
        .describe('What people without an account may do in public channels.'),
      sessionDays: z.number().int().min(1).max(365).default(30).describe('Days until an unused session ends.'),
      jwt: z
        .strictObject({
          jwksUrl: z.url({ protocol: /^https?$/ }),
          issuer: z.string().min(1),
          audience: z.string().min(1),
        })
        .nullable()
        .default(null)
        .describe('Sign-in with tokens of the main Slipmat site.'),
    })
    .prefault({}),
  log: z
    .strictObject({
      maxEntries: z
        .number()
        .int()
        .min(1_000)
        .default(2_000_000)
        .describe('Entries kept while the archive is behind; at this many, posts are refused.'),
      hotMinutes: z
        .number()
        .int()
        .min(1)
        .max(1_440)
        .default(15)
        .describe('Minutes that entries stay in the live store after they are archived.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      postsPerSecond: z.number().min(0.1).max(1_000).default(5).describe('Posts a second of one person, on average.'),
      postBurst: z.number().int().min(1).max(10_000).default(20).describe('Posts of one person at once.'),
      maxConnections: z.number().int().min(1).default(20_000).describe('WebSocket connections to one hub.'),
      maxConnectionsPerAddress: z
        .number()
        .int()
        .min(1)
        .default(100)
        .describe('WebSocket connections from one network address, loopback apart.'),
    })
    .prefault({}),
  trustProxy: z
    .union([z.boolean(), z.array(z.string().min(1))])
    .default(false)
    .describe('Whether X-Forwarded-For is believed: true, or the addresses of the proxies.'),
  bridges: z
    .array(
      z.strictObject({
        id: slug,
        use: z.string().min(1).describe('A built-in name or an npm package.'),
        required: z.boolean().default(false).describe('Whether the hub refuses to start without it.'),
        config: z.unknown().optional(),
      }),
    )
    .default([])
    .describe('Bridges to run beside the native one.'),
  portals: z
    .array(
      z.strictObject({
        channel: z.string().min(1),
        bridge: slug,
        room: z.string().min(1),
        direction: z.enum(['both', 'in', 'out']).default('both'),
      }),
    )
    .default([])
    .describe('Links of channels with rooms.'),
});
export type HubConfig = z.output<typeof hubConfig>;
