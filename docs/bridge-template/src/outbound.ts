import type { Capabilities } from 'slipmat-hub/plugin';
import { z } from 'zod';
import { ask } from './client.ts';
import type { AcmeConfig } from './config.ts';
import { encode } from './encode.ts';

const posted = z.object({ id: z.string() });

/** What the bridge can do. Leave out what Acme cannot: the hub finds another way or does without. */
export function capabilities(config: AcmeConfig): Capabilities {
  return {
    post: {
      limits: {
        text: 1_000,
        caption: 1_000,
        unit: 'utf16',
        speaker: 'prefix',
        reply: false,
        idempotent: false,
        takesSentAt: false,
        maxMedia: 0,
        maxMediaBytes: 0,
        spoiler: false,
      },
      async run({ room, text }, signal) {
        const path = `/rooms/${encodeURIComponent(room)}/messages`;
        const { id } = posted.parse(await ask(config, path, signal, { text: encode(text) }));
        return [{ room, id }];
      },
    },
  };
}
