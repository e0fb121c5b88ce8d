import { readConfig } from 'slipmat-hub/plugin';
import { z } from 'zod';

const jukeboxConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be the address of Jukebox' }),
  key: z.string({ error: 'must be the key of the bot' }).min(1, 'must not be empty'),
});
export type JukeboxConfig = z.output<typeof jukeboxConfig>;

export const EXAMPLE_CONFIG = `# Where Jukebox is.
url: https://jukebox.example
# The key of the bot.
key: secret
`;

/** @throws {ConfigError} naming the field, never its value */
export function parseConfig(input: unknown): JukeboxConfig {
  return readConfig(jukeboxConfig, input, 'See the README of the bridge.');
}
