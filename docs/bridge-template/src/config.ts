import { readConfig } from 'slipmat-hub/plugin';
import { z } from 'zod';

const acmeConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be the address of Acme' }),
  token: z.string({ error: 'must be the token of the bot' }).min(1, 'must not be empty'),
});
export type AcmeConfig = z.output<typeof acmeConfig>;

export const EXAMPLE_CONFIG = `# Where Acme is.
url: https://chat.acme.example
# The token of the bot.
token: secret
`;

/** @throws {ConfigError} naming the field, never its value */
export function parseConfig(input: unknown): AcmeConfig {
  return readConfig(acmeConfig, input, 'See the README of the bridge.');
}
