import { z } from 'zod';
import { ConfigError, readConfig } from '../../core/plugin/index.ts';

const MEND = 'See bridges/matrix/README.md';
const url = z.url({ protocol: /^https?$/, error: 'must be a URL that starts with http:// or https://' });

const schema = z.strictObject({
  homeserverUrl: url,
  serverName: z.string().regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/, 'must be the name in user ids, such as example.org'),
  registration: z.string().min(1),
  hubUrl: url.optional(),
  bot: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,30}$/, 'must be lower-case letters, digits, dots and dashes')
    .default('slipmat'),
  spaceName: z.string().min(1).max(80).default('Slipmat'),
  backfill: z.number().int().min(0).max(5_000).default(200),
  sharedSignIn: z
    .strictObject({
      issuer: z.string().min(1),
      provider: z
        .string()
        .regex(/^[A-Za-z0-9._~-]{1,255}$/, 'must be as the homeserver calls it, such as oidc-slipmat'),
      adminToken: z.string().regex(/^[\x21-\x7e]{8,}$/, 'must be the access token of an administrator'),
    })
    .optional(),
});

export interface MatrixConfig {
  /** Without a slash at the end. */
  readonly homeserverUrl: string;
  readonly serverName: string;
  /** Path of the file that the homeserver and this bridge share. */
  readonly registration: string;
  /** Where the homeserver finds this bridge; null: as the hub says. */
  readonly hubUrl: string | null;
  /** Localpart of the bot; ghosts and aliases begin with it and `_`. */
  readonly bot: string;
  readonly spaceName: string;
  /** Messages that a new room of a channel shows of what was said before. */
  readonly backfill: number;
  /** People sign in at the homeserver where they do at the hub; absent: they do not. */
  readonly sharedSignIn?: SharedSignIn | undefined;
}

export interface SharedSignIn {
  /** The same as the hub's `accounts.jwt.issuer`. */
  readonly issuer: string;
  /** What the homeserver calls it: `oidc-` and its `idp_id`. */
  readonly provider: string;
  /** Of an account that administers the homeserver: others are not told who signs in how. */
  readonly adminToken: string;
}

export const EXAMPLE_CONFIG = `# The client API of the homeserver, as the hub reaches it.
homeserverUrl: http://localhost:8008
# The name of the homeserver, as it stands in user ids.
serverName: example.org
# The file that \`slipmat-hub registration\` makes; the homeserver reads it too.
registration: data/matrix-registration.yaml
# Where the homeserver finds this bridge; without it below the public URL of the hub.
# hubUrl: http://localhost:8787/bridges/matrix
# Name of the bot; names of ghosts and rooms begin with it.
bot: slipmat
spaceName: Slipmat
# How many earlier messages a new room of a channel shows.
backfill: 200
# Where people sign in at the homeserver as they do at the hub: their two accounts are one person then.
# sharedSignIn:
#   issuer: https://sign-in.example.org
#   provider: oidc-slipmat
#   adminToken: set it by the environment
`;

/** @throws {ConfigError} */
export function parseConfig(input: unknown): MatrixConfig {
  const { homeserverUrl, hubUrl, ...rest } = readConfig(schema, input, MEND);
  for (const [name, text] of Object.entries({ homeserverUrl, hubUrl })) {
    if (text === undefined) continue;
    const { username, search, hash } = new URL(text);
    if (username !== '' || search !== '' || hash !== '') {
      throw new ConfigError(name, 'must hold neither a name nor anything behind the path', MEND);
    }
  }
  return {
    ...rest,
    homeserverUrl: withoutSlash(homeserverUrl),
    hubUrl: hubUrl === undefined ? null : withoutSlash(hubUrl),
  };
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
