import { createSerialByKey, type HubPort, type Inbound, type Receipt, TooManyWaiting } from 'slipmat-hub/plugin';
import { accountOf, contentOf, replyOf, roomOf } from '../inbound.ts';
import { type ApiMessage, messageOf, type ReadMessage, readMessage } from '../message.ts';
import type { Journal } from './journal.ts';
import type { Reader } from './readers.ts';

export type Posted =
  | { readonly ok: true; readonly body: ApiMessage }
  | { readonly ok: false; readonly status: number; readonly say: string; readonly retryAfterMs: number | null };

export interface PostedDeps {
  readonly hub: HubPort;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

const MOST_WAITING = 100;

/**
 * Takes what programs post, those of one gateway in the order in which they came. What comes under an id that was
 * posted before is an edit, as in matterbridge.
 */
export function createPosted({ hub, journal, signal }: PostedDeps): (reader: Reader, json: unknown) => Promise<Posted> {
  const inTurn = createSerialByKey<string>(MOST_WAITING);
  const startedAt = hub.clock.now().toString(36);
  let count = 0;

  function newId(): string {
    count += 1;
    return `${startedAt}-${count}`;
  }

  async function receive(message: ReadMessage, id: string, account: string): Promise<Receipt> {
    const ref = { room: roomOf(message), id };
    const by = accountOf({ ...message, account });
    const at = hub.clock.now();
    if (message.event === 'user_typing') return hub.receive({ kind: 'typing', room: ref.room, by, on: true });
    if (message.event === 'msg_delete') {
      const of = { kind: 'refs', refs: [ref] } as const;
      return hub.receive({ kind: 'redaction', eventId: `delete ${id}`, of, by: null, at });
    }
    const content = await contentOf(hub, message, signal);
    const edit: Inbound = { kind: 'edit', eventId: `edit ${id} ${newId()}`, ref, by, content, at };
    if (message.id !== '' && journal.has(id)) return hub.receive(edit);
    const receipt = await hub.receive({ kind: 'message', ref, by, content, replyTo: replyOf(message), at });
    if (receipt.kind === 'refused' && receipt.code === 'key-reused') return hub.receive(edit);
    if (receipt.kind !== 'refused' && receipt.kind !== 'stopping') await journal.add({ id, message: null, files: [] });
    return receipt;
  }

  return async (reader, json) => {
    const read = readMessage.safeParse(json);
    if (!read.success) return no(400, read.error.issues[0]?.message ?? 'malformed');
    const { data } = read;
    const lack = lacking(data);
    if (lack !== null) return no(400, lack);
    const room = hub.rooms.list().find((linked) => linked.room === data.gateway);
    if (room === undefined || !reader.mayUse(data.gateway)) return no(404, 'there is no such gateway');
    const id = data.id === '' ? newId() : data.id;
    try {
      const receipt = await inTurn.run(
        data.gateway,
        async (): Promise<Receipt> => (signal.aborted ? { kind: 'stopping' } : receive(data, id, reader.name)),
      );
      return answerTo(receipt, data, id, hub.clock.now());
    } catch (error) {
      if (error instanceof TooManyWaiting) return no(429, 'too much waits for this gateway', 1_000);
      throw error;
    }
  };
}

function lacking({ event, text, username, id, Extra }: ReadMessage): string | null {
  switch (event) {
    case 'msg_delete':
      return id === '' ? 'id is missing: what is to be deleted?' : null;
    case '':
    case 'user_action':
      if (username === '') return 'username is missing';
      return text === '' && Extra.length === 0 ? 'text is missing' : null;
    case 'user_typing':
      return username === '' ? 'username is missing' : null;
    default:
      return 'event: only user_action, user_typing and msg_delete can be posted';
  }
}

function answerTo(receipt: Receipt, said: ReadMessage, id: string, now: number): Posted {
  if (receipt.kind === 'stopping') return no(503, 'the hub is going down', 1_000);
  if (receipt.kind === 'refused') {
    const status = STATUS[receipt.code] ?? 403;
    return no(status, receipt.say, receipt.retryAfterMs);
  }
  const { text, username, userid, avatar, gateway, parent_id } = said;
  const own = { channel: 'api', account: 'api.slipmat', protocol: 'api' };
  return { ok: true, body: messageOf(now, { ...own, text, username, userid, avatar, gateway, parent_id, id }) };
}

const STATUS: Readonly<Record<string, number>> = {
  'bad-request': 400,
  'not-found': 404,
  'rate-limited': 429,
  'archive-behind': 503,
  unavailable: 503,
};

function no(status: number, say: string, retryAfterMs: number | null = null): Posted {
  return { ok: false, status, say, retryAfterMs };
}
