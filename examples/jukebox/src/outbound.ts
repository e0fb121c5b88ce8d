import type { Capabilities } from 'slipmat-hub/plugin';
import { z } from 'zod';
import { ask } from './client.ts';
import type { JukeboxConfig } from './config.ts';
import { encode } from './encode.ts';

const posted = z.object({ id: z.string() });

/** What the bridge can do. Leave out what Jukebox cannot: the hub finds another way or does without. */
export function capabilities(config: JukeboxConfig): Capabilities {
  return {
    post: {
      limits: {
        text: 280,
        caption: 280,
        unit: 'code-point',
        speaker: 'prefix',
        reply: false,
        idempotent: false,
        takesSentAt: false,
        maxMedia: 0,
        maxMediaBytes: 0,
        spoiler: false,
      },
      async run({ room, text }, signal) {
        const { id } = posted.parse(await ask(config, linesOf(room), signal, { says: encode(text) }));
        return [{ room, id }];
      },
    },
    redact: {
      limits: { windowMs: null, maxRefs: 1, others: false },
      async run({ refs }, signal) {
        for (const { room, id } of refs) await ask(config, `${linesOf(room)}/${id}/erase`, signal, {});
        return undefined;
      },
    },
  };
}

function linesOf(room: string): string {
  return `/lounges/${encodeURIComponent(room)}/lines`;
}
