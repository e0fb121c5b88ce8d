import { z } from 'zod';
import { ConfigError } from '../../core/plugin/index.ts';

const PAGE = 'See bridges/discord/README.md.';
/** Discord's own; `/v10` is appended. */
const API_ROOT = 'https://discord.com/api';

const fields = z.strictObject({
  token: z
    .string({ error: 'must be the token of the bot' })
    .trim()
    .min(20, 'must be the token of the bot')
    .refine((token) => !/^bot\s/i.test(token), 'must stand without "Bot " in front')
    .refine((token) => /^[\x21-\x7e]+$/.test(token), 'must be one line without blanks'),
  apiRoot: z.url({ protocol: /^https?$/, error: 'must be a URL' }).default(API_ROOT),
  guilds: z.array(z.string().regex(/^\d{17,20}$/, 'must be the id of a server, 17 to 20 digits')).default([]),
  webhookName: z
    .string()
    .min(1)
    .max(80)
    .refine((name) => !/discord|clyde/i.test(name), 'must not contain "discord" or "clyde": Discord refuses it')
    .default('Slipmat Hub'),
  registerCommands: z.boolean().default(true),
});

export interface DiscordConfig {
  readonly token: string;
  readonly apiRoot: string;
  /** Ids of the only servers whose commands and rooms are served; empty: every server that the bot is in. */
  readonly guilds: readonly string[];
  /** What the webhooks that the bridge makes are called in the settings of a channel. */
  readonly webhookName: string;
  readonly registerCommands: boolean;
}

export const EXAMPLE_CONFIG = `# The bot's token, from the Developer Portal; bridges/discord/README.md tells how to get it.
token: "..."
# Ids of the only servers to serve; empty: every server that the bot was invited to.
guilds: []
# What the webhooks that the bridge makes are called in the settings of a channel.
webhookName: Slipmat Hub
# Whether the hub's commands are offered as slash commands.
registerCommands: true
`;

/** @throws {ConfigError} naming the field, never its value */
export function parseConfig(input: unknown): DiscordConfig {
  const parsed = fields.safeParse(input ?? {});
  if (parsed.success) return { ...parsed.data, apiRoot: parsed.data.apiRoot.replace(/\/+$/, '') };
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(fields.shape).join(', ');
    throw new ConfigError(issue.keys.join(', '), `is not a known field; known: ${known}`, PAGE);
  }
  throw new ConfigError((issue?.path ?? []).map(String).join('.'), issue?.message ?? 'is wrong', PAGE);
}
