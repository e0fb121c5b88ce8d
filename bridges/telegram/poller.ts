import type { Update } from 'grammy/types';
import { backoffMs, type HubPort, isBridgeError, pause } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import { Refusal } from './failures.ts';

/** All that is asked for; what is not named here is not sent. */
const WANTED = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'message_reaction',
  'chat_member',
  'my_chat_member',
  'callback_query',
] as const;

export const MOST_UPDATES = 100;
const BACKOFF = { baseMs: 500, capMs: 30_000 };
const CONFLICT = { baseMs: 4_000, capMs: 15_000 };
/** So often another poller may be met before the bridge steps aside for a longer time. */
const MOST_CONFLICTS = 3;
const CONFLICT_REST_MS = 60_000;

export interface Poller {
  /**
   * The updates from `offset` on; empty after a failure, which was waited out.
   * @param seconds how long the question may be held open
   */
  poll(offset: number | null, seconds: number): Promise<readonly Update[]>;
  /** Nothing will come any more: the link failed and the hub was told. */
  isOver(): boolean;
}

export function createPoller(client: Client, hub: HubPort, signal: AbortSignal): Poller {
  const { clock, log } = hub;
  let failures = 0;
  let conflicts = 0;
  let isOver = false;

  function end(say: string, failure: Parameters<typeof fail>[1]): void {
    isOver = true;
    fail(say, failure);
  }
  function fail(
    say: string,
    failure:
      | { readonly kind: 'auth' }
      | { readonly kind: 'retryable'; readonly delivered: 'no'; readonly retryAfterMs: number },
  ): void {
    hub.status(null, { kind: 'failed', failure, say });
  }

  /** Two that poll with one token take each other's turn: the one that is told so steps aside. */
  async function onConflict({ says }: Refusal): Promise<void> {
    conflicts += 1;
    const isWebhook = /webhook/i.test(says);
    const say = isWebhook
      ? 'a webhook is set for this bot, so nothing can be polled; remove it with deleteWebhook'
      : 'another program polls with the token of this bot';
    log.warn({ conflicts }, say);
    if (isWebhook || conflicts >= MOST_CONFLICTS) {
      return end(say, { kind: 'retryable', delivered: 'no', retryAfterMs: CONFLICT_REST_MS });
    }
    await pause(clock, backoffMs(conflicts, CONFLICT), signal);
  }

  async function onFailure(error: unknown): Promise<void> {
    if (signal.aborted) return;
    const failure = isBridgeError(error) ? error.failure : null;
    if (failure?.kind === 'auth') return end('Telegram refuses the token of this bot', failure);
    if (error instanceof Refusal && error.code === 409) return onConflict(error);
    failures += 1;
    if (failures === 1) hub.status(null, { kind: 'connecting' });
    const asked = failure?.kind === 'retryable' ? (failure.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(asked, backoffMs(failures, BACKOFF));
    log.warn({ waitMs, failures, say: error instanceof Error ? error.message : '' }, 'polling failed');
    await pause(clock, waitMs, signal);
  }

  return {
    isOver: () => isOver,
    async poll(offset, seconds) {
      const from = offset === null ? {} : { offset };
      try {
        const updates = await client.call(
          'getUpdates',
          { ...from, limit: MOST_UPDATES, timeout: seconds, allowed_updates: WANTED },
          signal,
        );
        if (failures > 0) hub.status(null, { kind: 'live' });
        failures = 0;
        conflicts = 0;
        return updates;
      } catch (error) {
        await onFailure(error);
        return [];
      }
    },
  };
}
