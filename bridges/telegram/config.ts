import { z } from 'zod';
import { ConfigError } from '../../core/plugin/index.ts';

const OFFICIAL_ROOT = 'https://api.telegram.org';
const README = 'See bridges/telegram/README.md.';

const telegramConfig = z.strictObject({
  /** From @BotFather. */
  token: z.string().regex(/^\d+:[\w-]+$/, 'must be a bot token as @BotFather shows it, digits, a colon and letters'),
  /** Another Bot API server, such as one of your own. */
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .default(OFFICIAL_ROOT)
    .transform((root) => root.replace(/\/+$/, '')),
  /** How long one question for news is held open. */
  pollSeconds: z.number().int().min(1).max(50).default(25),
});

export type TelegramConfig = z.output<typeof telegramConfig>;

export const EXAMPLE_CONFIG = `# The bot's token, as @BotFather shows it. Keep it out of this file: set it by the environment.
token: 123456789:replace-me
# The Bot API server; another than Telegram's own only if you run one.
apiRoot: ${OFFICIAL_ROOT}
# How long one question for news is held open.
pollSeconds: 25
`;

/** @throws {ConfigError} naming the field; never with its value */
export function parseConfig(input: unknown): TelegramConfig {
  const parsed = telegramConfig.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new ConfigError(issue.keys.join(', '), 'is not a known field; known: token, apiRoot, pollSeconds', README);
  }
  const path = (issue?.path ?? []).map(String).join('.') || 'config';
  throw new ConfigError(path, issue?.message ?? 'is wrong', README);
}

/** Telegram's own servers hand out files of at most 20 MB to bots; a server of one's own knows no such bound. */
export function maxDownloadBytes({ apiRoot }: TelegramConfig): number {
  return apiRoot === OFFICIAL_ROOT ? 20_000_000 : 2_000_000_000;
}
