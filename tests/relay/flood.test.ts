import { afterEach, describe, it } from 'vitest';
import { holdFlood } from './flood-check.ts';
import { type Flood, openFlood } from './flood-rig.ts';

let flood: Flood | null = null;
afterEach(async () => {
  await flood?.stop();
  flood = null;
});

describe('50 messages a second for a minute in one channel', () => {
  it('become readable lines within what Twitch and Telegram take, answers and leaders first, while native listeners see every message', async () => {
    // four times as fast for the hub and for the platforms' windows alike
    flood = await openFlood(4, null);
    await holdFlood(flood, 60, 4);
  });
});
