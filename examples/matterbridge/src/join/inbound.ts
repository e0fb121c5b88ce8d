import { type BridgeError, type HubPort, type Inbound, pause, type Receipt } from 'slipmat-hub/plugin';
import type { JoinConfig } from '../config.ts';
import { accountOf, contentOf, replyOf, roomOf } from '../inbound.ts';
import type { ReadMessage } from '../message.ts';
import { ask } from './client.ts';
import { isLater, pageOf, refOf, timeOf } from './decode.ts';
import { type News, openNews } from './news.ts';

/** How long a stop waits for the receipt of the last message. */
const LAST_RECEIPT_MS = 2_000;
/** Until something was read nothing of the past is wanted. */
const NOTHING_OLDER = '9999-01-01T00:00:00Z';
/** Messages that are remembered: what comes twice is left out, and what comes under an id again is an edit. */
const MOST_KNOWN = 1_000;

/** Takes what is said behind the matterbridge. Its cursor is the time of the newest message that the hub has. */
export function createInbound(config: JoinConfig, hub: HubPort) {
  const known = new Set<string>();
  let cursor: string | null = null;
  let stopping = new AbortController();
  let news: News | null = null;

  /**
   * What matterbridge has kept meanwhile. Its socket tells only what is said from now on, and what is asked for here
   * it keeps no longer: so it is asked once that is open.
   */
  async function catchUp({ timestamp }: ReadMessage): Promise<void> {
    const kept = pageOf(await ask(config, '/api/messages', stopping.signal));
    const since = cursor;
    // what was said before the bridge was there is none of its business
    if (since === null) return save(timestamp);
    for (const message of kept) if (isLater(message.timestamp, since)) await take(message);
  }

  async function save(timestamp: string): Promise<void> {
    if (timestamp === '' || (cursor !== null && !isLater(timestamp, cursor))) return;
    cursor = timestamp;
    await hub.cursor.save(timestamp);
  }

  async function take(message: ReadMessage): Promise<void> {
    const receipt = await handOn(message, stopping.signal);
    if (receipt?.kind === 'stopping') stopping.abort();
    if (!stopping.signal.aborted) await save(message.timestamp);
  }

  async function handOn(message: ReadMessage, signal: AbortSignal): Promise<Receipt | null> {
    const room = roomOf(message);
    if (signal.aborted || !hub.rooms.list().some((linked) => linked.room === room)) return null;
    const by = accountOf(message);
    const ref = refOf(message);
    const at = timeOf(message, hub.clock.now());
    switch (message.event) {
      case 'msg_delete': {
        if (message.id === '') return null;
        const of = { kind: 'refs', refs: [ref] } as const;
        return hub.receive({ kind: 'redaction', eventId: `delete ${ref.id}`, of, by: null, at });
      }
      case 'user_typing':
        return hub.receive({ kind: 'typing', room, by, on: true });
      case '':
      case 'user_action':
        break;
      default:
        return null;
    }
    if (message.id === '' && known.has(ref.id)) return null;
    const content = await contentOf(hub, message, signal);
    if (signal.aborted || (content.rich.length === 0 && content.attachments.length === 0)) return null;
    const edit: Inbound = { kind: 'edit', eventId: `edit ${ref.id} ${message.timestamp}`, ref, by, content, at };
    if (known.has(ref.id)) return hub.receive(edit);
    const receipt = await hub.receive({ kind: 'message', ref, by, content, replyTo: replyOf(message), at });
    if (receipt.kind !== 'stopping') remember(ref.id);
    return receipt.kind === 'refused' && receipt.code === 'key-reused' ? hub.receive(edit) : receipt;
  }

  function remember(id: string): void {
    known.add(id);
    for (const oldest of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
  }

  return {
    async start(signal: AbortSignal): Promise<void> {
      stopping = new AbortController();
      cursor = await hub.cursor.load();
      const failed = (error: BridgeError): void => {
        hub.log.warn({ err: error }, 'the link failed');
        hub.status(null, { kind: 'failed', failure: error.failure, say: 'matterbridge is not reached' });
      };
      news = await openNews({ config, hub, take, failed, before: catchUp }, cursor ?? NOTHING_OLDER, signal);
      for (const { room } of hub.rooms.list()) hub.status(room, { kind: 'live' });
    },
    async stop(): Promise<void> {
      stopping.abort();
      const done = new AbortController();
      await Promise.race([news?.stop(), pause(hub.clock, LAST_RECEIPT_MS, done.signal)]);
      done.abort();
      news = null;
    },
  };
}
