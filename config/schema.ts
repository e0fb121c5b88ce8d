import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);
const SECRET = { secret: true } as const;
const slug = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and dashes');

/** The whole configuration. Every field has a default, so that a fresh checkout runs with none. */
const fields = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  port: port.default(8787).describe('Port to listen on; 0 takes a free one.'),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be a URL that starts with http:// or https://', abort: true })
    .refine(isOrigin, 'must be scheme, host and port alone, with nothing after them, not even a slash')
    .nullable()
    .default(null)
    .describe('How people reach the hub from outside, such as https://chat.example.org.'),
  dataDir: z.string().min(1).default('data').describe('Folder for the database, the media and the control socket.'),
  redisUrl: z
    .string()
    .refine(isRedisUrl, 'must be a URL that starts with redis://, rediss:// or unix://')
    .nullable()
    .default(null)
    .describe('Redis for the live state; without it the embedded store serves one hub.')
    .meta(SECRET),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  lobby: z
    .strictObject({
      id: slug.default('lobby').describe('Its id in links; fixed once it is made.'),
      name: z.string().min(1).max(80).default('Lobby').describe('Its name, as shown.'),
    })
    .prefault({})
    .describe('The one megachannel.'),
  accounts: z
    .strictObject({
      signUp: z
        .enum(['open', 'invite', 'closed'])
        .nullable()
        .default(null)
        .describe('Who may make an account; null: open while only this machine reaches the hub, invite otherwise.'),
      guests: z
        .enum(['off', 'read', 'post'])
        .default('read')
        .describe('What people without an account may do in public channels.'),
      sessionDays: z.number().int().min(1).max(365).default(30).describe('Days until an unused session ends.'),
      jwt: z
        .strictObject({
          jwksUrl: z
            .url({ protocol: /^https?$/, error: 'must be a URL that starts with https://', abort: true })
            .refine(
              isSafeTransport,
              'must start with https://, for over http:// anyone on the way could sign in as anyone',
            )
            .describe('Where the public keys of the site are.'),
          issuer: z.string().min(1).describe('The `iss` that tokens must have.'),
          audience: z.string().min(1).describe('The `aud` that tokens must have.'),
        })
        .nullable()
        .default(null)
        .describe('Sign-in with tokens of the main Slipmat site.'),
    })
    .prefault({})
    .describe('Who may come in.'),
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
    .prefault({})
    .describe('The live store.'),
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
      apiPerMinute: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .default(600)
        .describe('Requests a minute under /api from one network address.'),
    })
    .prefault({})
    .describe('How much of anything.'),
  moderation: z
    .strictObject({
      rules: z
        .enum(['standard', 'none'])
        .default('standard')
        .describe(
          'What holds where a DJ has set nothing: `standard` is against floods, links of newcomers and crowds of mentions.',
        ),
    })
    .prefault({})
    .describe('Moderation.'),
  media: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(1_000)
        .max(2_000_000_000)
        .default(50_000_000)
        .describe('The largest file that is taken, in bytes.'),
      maxPixels: z
        .number()
        .int()
        .min(10_000)
        .max(1_000_000_000)
        .default(50_000_000)
        .describe('The largest picture that is taken, in pixels; each takes up to 4 bytes of memory, two at once.'),
      keepDays: z
        .number()
        .int()
        .min(1)
        .max(36_500)
        .nullable()
        .default(null)
        .describe('Days until a file is removed; null: it is kept.'),
      uploadsPerMinute: z.number().int().min(1).max(10_000).default(20).describe('Files a minute of one person.'),
    })
    .prefault({})
    .describe('Pictures and files.'),
  library: z
    .strictObject({
      titles: z.boolean().default(true).describe('Whether pages that are linked in public are asked for their titles.'),
    })
    .prefault({})
    .describe('The lists of links and files.'),
  retention: z
    .strictObject({
      messagesDays: z
        .number()
        .int()
        .min(1)
        .max(36_500)
        .nullable()
        .default(null)
        .describe('Days that messages are kept, with all that hangs on them; null: until they are erased.'),
      seenDays: z
        .number()
        .int()
        .min(1)
        .max(36_500)
        .nullable()
        .default(null)
        .describe('Days that it is kept who was in a channel and when last; null: until they are erased.'),
      auditDays: z.number().int().min(1).max(36_500).default(365).describe('Days that acts of moderation are kept.'),
    })
    .prefault({})
    .describe('How long what is written down is kept.'),
  embedBy: z
    .array(z.string().refine(isOrigin, 'must be scheme, host and port alone, such as https://dj.example.org'))
    .default([])
    .describe('Sites that may show a channel in a frame of theirs, by /embed/CHANNEL; pages of the hub always may.'),
  webhooks: z
    .strictObject({
      privateTargets: z
        .array(z.string().refine(isNetwork, 'must be an address, a network or `loopback`'))
        .default([])
        .describe('Addresses and networks of your own that webhooks out may be sent to; else public ones alone.'),
    })
    .prefault({})
    .describe('Webhooks out.'),
  trustProxy: z
    .union([z.boolean(), z.array(z.string().refine(isNetwork, 'must be an address, a network or `loopback`'))], {
      error: 'must be true, false or a list of addresses',
    })
    .default(false)
    .describe(
      'Whether X-Forwarded-For is believed: true, or the addresses of the proxies (`loopback` for this machine).',
    ),
  metricsToken: z
    .string()
    .min(16)
    .nullable()
    .default(null)
    .describe('Bearer token for /metrics; without it they are served only to a hub that nobody outside can reach.')
    .meta(SECRET),
  streamHookSecret: z
    .string()
    .min(16)
    .nullable()
    .default(null)
    .describe(
      'Signs what the streaming side tells at /api/v1/stream-hook of DJs going on and off air; null: nothing is taken.',
    )
    .meta(SECRET),
  bridges: z
    .array(
      z.strictObject({
        id: slug.describe('A name of your own, unique here.'),
        use: z.string().min(1).describe('A built-in name or an npm package.'),
        required: z.boolean().default(false).describe('Whether the hub refuses to start without it.'),
        ownRooms: z
          .boolean()
          .default(false)
          .describe('Whether it may make a room for each public channel and link it.'),
        config: z.unknown().optional().describe('Settings of the bridge; see its own page.').meta(SECRET),
      }),
    )
    .default([])
    .describe('Bridges to run beside the native one.'),
  relay: z
    .strictObject({
      outageMinutes: z
        .number()
        .int()
        .min(1)
        .max(1_440)
        .default(10)
        .describe('What a room missed for longer than these minutes is told in one line instead of sent.'),
    })
    .prefault({})
    .describe('Sending to rooms.'),
  portals: z
    .array(
      z.strictObject({
        channel: z.string().min(1).describe('Id of the channel, such as `lobby`.'),
        bridge: slug.describe('Id of the bridge, from above.'),
        room: z.string().min(1).describe('The platform’s own id of the room.'),
        direction: z
          .enum(['both', 'in', 'out'])
          .nullable()
          .default(null)
          .describe(
            'Which way messages go, seen from the room; null: both, or in alone where the platform asks for it.',
          ),
        notice: z.boolean().default(true).describe('Whether the room is told once what the link does.'),
      }),
    )
    .default([])
    .describe('Links of channels with rooms.'),
});

export const hubConfig = fields.superRefine((config, context) => {
  const ids = new Set<string>();
  for (const [index, bridge] of config.bridges.entries()) {
    if (ids.has(bridge.id)) {
      context.addIssue({ code: 'custom', path: ['bridges', index, 'id'], message: 'is the id of another bridge too' });
    }
    ids.add(bridge.id);
  }
  for (const [index, portal] of config.portals.entries()) {
    if (!ids.has(portal.bridge)) {
      context.addIssue({ code: 'custom', path: ['portals', index, 'bridge'], message: 'names no bridge of `bridges`' });
    }
  }
});
export type HubConfig = z.output<typeof hubConfig>;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text.toLowerCase();
}

function isRedisUrl(text: string): boolean {
  return /^(rediss?|unix):\/\//.test(text) && URL.canParse(text);
}

function isSafeTransport(text: string): boolean {
  return URL.canParse(text) && (new URL(text).protocol === 'https:' || isLoopback(new URL(text).hostname));
}

/** Whether nobody outside this machine can reach the hub, a proxy on the same machine included. */
export function isLocalOnly(config: Pick<HubConfig, 'host' | 'publicUrl' | 'trustProxy'>): boolean {
  return isLoopback(config.host) && config.publicUrl === null && config.trustProxy === false;
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isNetwork(text: string): boolean {
  if (text === 'loopback') return true;
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
