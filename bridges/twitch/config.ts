import { z } from 'zod';
import { ConfigError } from '../../core/plugin/errors.ts';

const token = z
  .string()
  .trim()
  .min(1)
  .transform((text) => text.replace(/^oauth:/i, ''));
const address = (protocol: RegExp) => z.url({ protocol, error: 'must be a URL', abort: true });
const name = z.string().regex(/^[#@]?[A-Za-z0-9_]{1,25}$/, 'must be a login name or a numeric user id');

const fields = z.strictObject({
  /** Of the application at dev.twitch.tv. */
  clientId: z.string().trim().min(1),
  /** Null for an application of the kind "public". */
  clientSecret: z.string().trim().min(1).nullable().default(null),
  /** Of the bot's account. The hub renews both; what stands here is what it begins with. */
  accessToken: token,
  refreshToken: token,
  /** Twitch channels to listen in besides the linked ones, so that a code can be typed there. */
  channels: z.array(name).max(50).default([]),
  /** Other servers, for tests. */
  endpoints: z
    .strictObject({
      helix: address(/^https?$/).default('https://api.twitch.tv/helix'),
      oauth: address(/^https?$/).default('https://id.twitch.tv/oauth2'),
      /** Null: Twitch's own, encrypted. */
      chat: address(/^wss?$/)
        .nullable()
        .default(null),
    })
    .prefault({}),
});
export type TwitchConfig = z.output<typeof fields>;

export const exampleConfig = `# See bridges/twitch/README.md for how to get these.
clientId: your-client-id
# leave it out for an application of the kind "public"
clientSecret: your-client-secret
# of the bot's own account; renewed by the hub from then on
accessToken: the-access-token
refreshToken: the-refresh-token
# channels to listen in before they are linked, so that a link code can be typed there
channels: []
`;

const MENDS: Readonly<Record<string, string>> = {
  clientId: 'Copy it from the application in the Twitch developer console.',
  clientSecret: 'Copy it from the application, or leave it out for a public one.',
  accessToken: 'Get it for the account of the bot, as bridges/twitch/README.md says.',
  refreshToken: 'It comes together with the access token.',
  channels: 'Write the login name as it stands in the address of the channel.',
};

/** @throws {ConfigError} naming the field, never its value */
export function parseConfig(input: unknown): TwitchConfig {
  const parsed = fields.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String);
  throw new ConfigError(
    path.join('.') || 'config',
    unknown === undefined ? problemOf(issue) : 'is not a setting of this bridge',
    MENDS[path[0] ?? ''] ?? 'See bridges/twitch/README.md.',
  );
}

/** In words of our own: those of the parser may hold the value. */
function problemOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'object' ? 'a group of settings' : `a ${issue.expected}`}`;
    case 'too_small':
      return 'must not be empty';
    case 'too_big':
      return 'has too many entries';
    default:
      return 'is not valid';
  }
}
