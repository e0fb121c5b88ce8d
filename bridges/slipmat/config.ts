import { z } from 'zod';
import { ConfigError } from '../../core/plugin/index.ts';

const slipmatConfig = z
  .strictObject({
    /** Web origins that may connect besides the host that the browser asked for and the hub's public address. */
    origins: z.array(z.url({ protocol: /^https?$/ })).default([]),
    /** Frames of any kind from one connection: at once, and a second on average. */
    frameBurst: z.number().int().min(1).default(1_000),
    framesPerSecond: z.number().min(1).default(200),
  })
  .prefault({});

export type SlipmatConfig = z.output<typeof slipmatConfig>;

export const EXAMPLE_CONFIG = `# Web origins that may open the chat socket besides the hub's own address.
origins: []
# Frames of any kind from one connection: at once, and a second on average.
frameBurst: 1000
framesPerSecond: 200
`;

/** @throws {ConfigError} naming the field */
export function parseConfig(input: unknown): SlipmatConfig {
  const parsed = slipmatConfig.safeParse(input ?? {});
  if (parsed.success) {
    return { ...parsed.data, origins: parsed.data.origins.map((origin) => new URL(origin).origin) };
  }
  const [issue] = parsed.error.issues;
  const mend = 'See docs/configuration.md.';
  if (issue?.code === 'unrecognized_keys') {
    const problem = 'is not a known field; known: origins, frameBurst, framesPerSecond';
    throw new ConfigError(issue.keys.join(', '), problem, mend);
  }
  throw new ConfigError((issue?.path ?? []).map(String).join('.'), issue?.message ?? 'is wrong', mend);
}
