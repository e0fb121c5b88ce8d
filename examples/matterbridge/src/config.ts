import { readConfig } from 'slipmat-hub/plugin';
import { z } from 'zod';

const MIN_TOKEN = 16;
const token = z.string({ error: 'must be a token' });

const join = z.strictObject({
  mode: z.literal('join'),
  url: z.url({ protocol: /^https?$/, error: 'must be the address of the API of matterbridge' }),
  token: token.min(1, 'must not be empty').optional(),
});
const reader = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be a short name of a-z, 0-9 and -'),
  token: token.min(MIN_TOKEN, `must have at least ${MIN_TOKEN} characters`),
  gateways: z.array(z.string().min(1).max(200)).max(100).optional(),
});
const offer = z.strictObject({
  mode: z.literal('offer'),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int({ error: 'must be a port' }).min(1).max(65_535),
  readers: z
    .array(reader, { error: 'must be a list of programs with their tokens' })
    .min(1, 'must name at least one program')
    .max(50)
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'must have different names')
    .refine((list) => new Set(list.map((one) => one.token)).size === list.length, 'must have different tokens'),
});

const config = z.discriminatedUnion('mode', [join, offer], { error: 'must be join or offer' });
export type MatterbridgeConfig = z.output<typeof config>;
export type JoinConfig = z.output<typeof join>;
export type OfferConfig = z.output<typeof offer>;
export type ReaderConfig = OfferConfig['readers'][number];

export const EXAMPLE_CONFIG = `# join: the hub is a program at the API of a matterbridge that runs elsewhere.
mode: join
url: http://127.0.0.1:4242
# Its Token.
token: secret
# offer: the hub offers that API to programs that speak it.
# mode: offer
# port: 4243
# readers:
#   - name: minecraft
#     token: sixteen characters or more
`;

/** @throws {ConfigError} naming the field, never its value */
export function parseConfig(input: unknown): MatterbridgeConfig {
  return readConfig(config, input, 'See the README of the matterbridge bridge.');
}
