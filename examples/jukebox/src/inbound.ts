import { type HubPort, isBridgeError, pause } from 'slipmat-hub/plugin';
import { ask } from './client.ts';
import type { JukeboxConfig } from './config.ts';
import { decode, page, self } from './decode.ts';

/** How long a stop waits for the receipt of the last message. */
const LAST_RECEIPT_MS = 2_000;

/** Asks Jukebox for news, again and again. */
export function createInbound(config: JukeboxConfig, hub: HubPort) {
  let stopping = new AbortController();
  let listening: Promise<void> = Promise.resolve();

  async function start(signal: AbortSignal): Promise<void> {
    stopping = new AbortController();
    const bot = self.parse(await ask(config, '/whoami', signal));
    const cursor = await hub.cursor.load();
    const after = Number(cursor ?? bot.latest);
    if (cursor === null) await hub.cursor.save(String(after));
    for (const { room } of hub.rooms.list()) hub.status(room, { kind: 'live' });
    listening = listen(bot.me, after, stopping.signal);
  }

  /** Ends when it is stopped, or when the link fails: the hub then starts the bridge again. */
  async function listen(botId: string, from: number, signal: AbortSignal): Promise<void> {
    let after = from;
    try {
      while (!signal.aborted) {
        const { lines } = page.parse(await ask(config, `/lines?since=${after}`, signal));
        for (const line of lines) {
          const inbound = decode(line, botId);
          if (signal.aborted) return;
          if (inbound !== null && (await hub.receive(inbound)).kind === 'stopping') return;
          after = line.n;
          await hub.cursor.save(String(after));
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      hub.log.warn({ err: error }, 'the link failed');
      const failure = isBridgeError(error) ? error.failure : ({ kind: 'retryable', delivered: 'no' } as const);
      hub.status(null, { kind: 'failed', failure, say: 'Jukebox gives no news' });
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    const done = new AbortController();
    await Promise.race([listening, pause(hub.clock, LAST_RECEIPT_MS, done.signal)]);
    done.abort();
    listening = Promise.resolve();
  }

  return { start, stop };
}
