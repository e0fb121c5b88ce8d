import { once } from 'node:events';
import type { Server } from 'node:http';
import { type Bridge, BridgeError, type Capabilities, type HubPort, type Post } from 'slipmat-hub/plugin';
import type { OfferConfig } from '../config.ts';
import { calmed, encodeText } from '../encode.ts';
import { type ApiMessage, MAX_FILE_BYTES, MAX_TEXT, messageOf } from '../message.ts';
import { createJournal, type KeptFile } from './journal.ts';
import { createPosted } from './posted.ts';
import { createReaders } from './readers.ts';
import { createApi } from './server.ts';

const MOST_FILES = 10;

/** The API for programs. What is said is written into the journal, and each program reads it as far as it has come. */
export function createOffer({ host, port, readers: list }: OfferConfig, hub: HubPort): Bridge {
  const journal = createJournal(hub.state);
  const readers = createReaders(list, hub);
  let stopping = new AbortController();
  let server: Server | null = null;

  async function tell(message: ApiMessage, files: readonly KeptFile[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await journal.add({ id: message.id, message, files });
    } catch (cause) {
      throw new BridgeError('the journal could not be written', { kind: 'retryable', delivered: 'unknown' }, { cause });
    }
  }

  async function start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    stopping = new AbortController();
    await journal.load();
    await readers.load(journal.last());
    const take = createPosted({ hub, journal, signal: stopping.signal });
    const api = createApi({ hub, journal, readers, take, signal: stopping.signal });
    server = api;
    api.on('connection', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    try {
      const listening = once(api, 'listening', { signal });
      api.listen(port, host);
      await listening;
    } catch (cause) {
      await stop();
      throw new BridgeError(`nothing can listen on ${host}:${port}`, { kind: 'retryable', delivered: 'no' }, { cause });
    }
    for (const { room } of hub.rooms.list()) hub.status(room, { kind: 'live' });
  }

  async function stop(): Promise<void> {
    stopping.abort();
    readers.stop();
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    closing.closeAllConnections();
    await closed;
    await readers.save();
  }

  const abilities: Capabilities = {
    post: {
      limits: {
        text: MAX_TEXT,
        caption: MAX_TEXT,
        unit: 'utf16',
        speaker: 'native',
        reply: true,
        idempotent: true,
        takesSentAt: false,
        isRecord: true,
        maxMedia: MOST_FILES,
        maxMediaBytes: MAX_FILE_BYTES,
        spoiler: false,
      },
      async run(post, signal) {
        const { room, key, media } = post;
        const files = media.map(({ url, publicUrl, name, alt, bytes }) => ({
          name,
          comment: alt ?? '',
          bytes,
          url,
          publicUrl,
        }));
        if (journal.has(key)) await journal.kept();
        else await tell(said(post, { at: hub.clock.now(), id: key }), files, signal);
        return [{ room, id: key }];
      },
    },
    edit: {
      limits: { windowMs: null },
      // a new text under the same id, as in matterbridge
      async run({ ref, speaker, text }, signal) {
        const { room, id } = ref;
        await tell(said({ room, speaker, text, replyTo: null }, { at: hub.clock.now(), id }), [], signal);
        return ref;
      },
    },
    redact: {
      limits: { windowMs: null, maxRefs: 20, others: false },
      async run({ refs }, signal) {
        for (const { room, id } of refs) {
          journal.blank(id);
          await tell(
            messageOf(hub.clock.now(), { ...OURS, gateway: room, channel: room, event: 'msg_delete', id }),
            [],
            signal,
          );
        }
        return undefined;
      },
    },
  };

  return { placement: 'one-hub', delivery: 'courier', start, stop, capabilities: () => abilities };
}

const KEEP_ALIVE_MS = 60_000;
const OURS = { account: 'slipmat.hub', protocol: 'slipmat' } as const;

function said(
  { room, speaker, text, replyTo }: Pick<Post, 'room' | 'speaker' | 'text' | 'replyTo'>,
  { at, id }: { readonly at: number; readonly id: string },
): ApiMessage {
  const isUser = speaker.kind === 'user';
  const protocol = isUser ? (speaker.platform ?? OURS.protocol) : OURS.protocol;
  return messageOf(at, {
    text: calmed(encodeText(text)),
    channel: room,
    gateway: room,
    username: isUser ? calmed(speaker.name) : 'Slipmat Hub',
    userid: isUser ? speaker.key : '',
    avatar: (isUser ? speaker.avatarUrl : null) ?? '',
    account: `${protocol}.slipmat`,
    protocol,
    parent_id: replyTo?.id ?? '',
    id,
  });
}
