import { connect, type Socket } from 'node:net';
import {
  type AccountId,
  BridgeError,
  type BridgeFailure,
  type Capabilities,
  ConfigError,
  defineBridge,
  type EpochMs,
  type HubPort,
  type Inbound,
  type InboundAccount,
  type Operations,
  pause,
  plainText,
  type RemoteRef,
  type Respond,
  type RoomId,
  type Sanction,
  textContent,
} from 'slipmat-hub/plugin';

/** A bridge to the fake room, written as a stranger would: against the public plugin interface alone. */
export interface FakeRoomConfig {
  readonly port: number;
  readonly token: string;
  readonly isIdempotent: boolean;
  readonly canFind: boolean;
  readonly canEdit: boolean;
  readonly speaker: 'native' | 'prefix';
  readonly maxText: number;
  /** It can say who administers a room, and answer a ticket. */
  readonly knowsRoles: boolean;
  /** It can say whether a room is closed. */
  readonly knowsReaders: boolean;
  /** What it can do to people of a room; null: nothing. */
  readonly sanction: Operations['sanction'][2] | null;
  /** How much it takes; null: there is no limit. A bucket of its own for each room where it names none. */
  readonly budget: { readonly bucket: string | null; readonly count: number; readonly perMs: number } | null;
}

export default defineBridge<FakeRoomConfig>({
  apiVersion: 1,
  platform: 'fakeroom',
  exampleConfig: '# the port of the fake room and its token\nport: 20000\ntoken: secret\n',
  parseConfig,
  create,
});

/** How long the last receipt is waited for when the hub stops the bridge. */
const LAST_RECEIPT_MS = 1_000;
const KNOWN_FIELDS = [
  'port',
  'token',
  'isIdempotent',
  'canFind',
  'canEdit',
  'speaker',
  'maxText',
  'knowsRoles',
  'knowsReaders',
  'sanction',
  'budget',
];

function parseConfig(input: unknown): FakeRoomConfig {
  const fields: Readonly<Record<string, unknown>> = typeof input === 'object' && input !== null ? { ...input } : {};
  const { port, token } = fields;
  const stray = Object.keys(fields).find((name) => !KNOWN_FIELDS.includes(name));
  if (stray !== undefined) throw new ConfigError(stray, 'is not a known field', 'Remove it.');
  if (typeof token !== 'string' || token === '') {
    throw new ConfigError('token', 'must be the token of the fake room', 'Copy it from the server.');
  }
  if (typeof port !== 'number') throw new ConfigError('port', 'must be a port number', 'Copy it from the server.');
  return {
    port,
    token,
    isIdempotent: fields.isIdempotent === true,
    canFind: fields.canFind === true,
    canEdit: fields.canEdit !== false,
    speaker: fields.speaker === 'native' ? 'native' : 'prefix',
    knowsRoles: fields.knowsRoles === true,
    knowsReaders: fields.knowsReaders === true,
    maxText: typeof fields.maxText === 'number' ? fields.maxText : 500,
    sanction: parseSanction(fields.sanction),
    budget: parseBudget(fields.budget),
  };
}

function parseSanction(input: unknown): FakeRoomConfig['sanction'] {
  if (typeof input !== 'object' || input === null) return null;
  return { acts: ['timeout', 'ban', 'lift'], minMs: 1_000, maxMs: 86_400_000, within: 'room', ...input };
}

function parseBudget(input: unknown): FakeRoomConfig['budget'] {
  if (typeof input !== 'object' || input === null) return null;
  const { bucket, count, perMs }: Readonly<Record<string, unknown>> = { ...input };
  if (typeof count !== 'number' || typeof perMs !== 'number') throw new ConfigError('budget', 'must say how much', '');
  return { bucket: typeof bucket === 'string' ? bucket : null, count, perMs };
}

interface Reply {
  readonly id: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: string;
  readonly retryAfterMs: number;
}
interface Event {
  readonly kind: 'message' | 'edit' | 'redaction' | 'reaction' | 'raw';
  /** Of kind `raw`: to be told as it is. */
  readonly inbound?: Inbound;
  readonly room: RoomId;
  readonly id: string;
  readonly text: string;
  readonly by: string;
  readonly replyTo?: string | null;
  readonly at?: EpochMs;
}
type Link = ReturnType<typeof createLink>;

function create(config: FakeRoomConfig, hub: HubPort) {
  let link: Link | null = null;
  let isStopping = false;
  let receiving: Promise<unknown> = Promise.resolve();
  let events = 0;

  function onEvent(event: Event): void {
    if (isStopping || event.by === 'hub-bot') return;
    events += 1;
    const inbound = event.inbound ?? decode(event, event.at ?? hub.clock.now(), `${event.room}-${event.id}-${events}`);
    receiving = receiving.then(async () => {
      if (isStopping) return;
      const receipt = await hub.receive(inbound);
      if (receipt.kind !== 'stopping') await hub.cursor.save(event.id);
    });
  }

  function onClose(): void {
    if (isStopping) return;
    hub.status(null, {
      kind: 'failed',
      failure: { kind: 'retryable', delivered: 'no' },
      say: 'the connection was lost',
    });
  }

  async function ask(command: object, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (link === null) throw new BridgeError('not connected', { kind: 'retryable', delivered: 'no' });
    return link.ask(command, signal);
  }

  return {
    placement: 'one-hub' as const,
    delivery: 'courier' as const,
    async start(signal: AbortSignal) {
      isStopping = false;
      const opened = createLink(await open(config.port, signal), onEvent, onClose);
      link = opened;
      await opened.ask({ op: 'hello', token: config.token }, signal);
      for (const { room } of hub.rooms.list()) hub.status(room, { kind: 'live' });
    },
    async stop() {
      isStopping = true;
      link?.close();
      link = null;
      const done = new AbortController();
      await Promise.race([receiving, pause(hub.clock, LAST_RECEIPT_MS, done.signal)]);
      done.abort();
    },
    capabilities: (room: RoomId) => capabilities(config, room, ask),
  };
}

function capabilities(
  config: FakeRoomConfig,
  room: RoomId,
  ask: (command: object, signal: AbortSignal) => Promise<unknown>,
): Capabilities {
  const { isIdempotent, canFind, canEdit, speaker, maxText, knowsRoles, knowsReaders, sanction, budget } = config;
  return {
    post: {
      limits: {
        text: maxText,
        caption: maxText,
        unit: 'utf16',
        speaker,
        reply: true,
        idempotent: isIdempotent,
        takesSentAt: false,
        maxMedia: 0,
        maxMediaBytes: 0,
        spoiler: false,
        ...(budget !== null && { budget: { ...budget, bucket: budget.bucket ?? room } }),
      },
      async run({ room, text, replyTo, key }, signal) {
        const command = { op: 'post', room, text: plainText(text), replyTo: replyTo?.id ?? null };
        const id = await ask(isIdempotent ? { ...command, key } : command, signal);
        return [{ room, id: String(id) }];
      },
    },
    redact: {
      limits: { windowMs: null, maxRefs: 2, others: true },
      async run({ refs }, signal) {
        for (const ref of refs) await ask({ op: 'redact', room: ref.room, ref: ref.id }, signal);
        return undefined;
      },
    },
    react: {
      limits: { perUser: false, emoji: 'any' },
      async run({ ref, emoji, on }, signal) {
        await ask({ op: 'react', room: ref.room, ref: ref.id, emoji, on }, signal);
        return null;
      },
    },
    ...(canEdit && {
      edit: {
        limits: { windowMs: null },
        async run({ ref, text }: { ref: RemoteRef; text: Parameters<typeof plainText>[0] }, signal: AbortSignal) {
          await ask({ op: 'edit', room: ref.room, ref: ref.id, text: plainText(text) }, signal);
          return ref;
        },
      },
    }),
    ...(sanction !== null && {
      sanction: {
        limits: sanction,
        async run({ room, account, act, until }: Sanction, signal: AbortSignal) {
          await ask({ op: 'sanction', room, account, act, until }, signal);
          return undefined;
        },
      },
    }),
    ...(knowsRoles && {
      authority: {
        limits: {},
        async run({ room, account }: { room: RoomId; account: AccountId }, signal: AbortSignal) {
          return (await ask({ op: 'authority', room, account }, signal)) as 'owner' | 'admin' | 'moderator' | 'member';
        },
      },
      respond: {
        limits: { withinMs: 60_000, isPrivate: true, choices: 0 },
        async run({ ticket, text, isPrivate }: Respond, signal: AbortSignal) {
          await ask({ op: 'respond', ticket, text: plainText(text), isPrivate }, signal);
          return undefined;
        },
      },
    }),
    ...(knowsReaders && {
      isClosed: {
        limits: {},
        async run({ room }: { room: RoomId }, signal: AbortSignal) {
          return (await ask({ op: 'is-closed', room }, signal)) === true;
        },
      },
    }),
    ...(canFind && {
      find: {
        limits: {},
        async run({ room, text }: { room: RoomId; text: Parameters<typeof plainText>[0] }, signal: AbortSignal) {
          const id = await ask({ op: 'find', room, text: plainText(text) }, signal);
          return id === null ? null : [{ room, id: String(id) }];
        },
      },
    }),
  };
}

function decode(event: Event, at: EpochMs, eventId: string): Inbound {
  const ref: RemoteRef = { room: event.room, id: event.id };
  const by: InboundAccount = { id: event.by as AccountId, name: event.by, avatarUrl: null, isBot: false };
  switch (event.kind) {
    case 'message': {
      const replyTo = event.replyTo ? { room: event.room, id: event.replyTo } : null;
      return { kind: 'message', ref, by, content: textContent(event.text), replyTo, at };
    }
    case 'edit':
      return { kind: 'edit', eventId, ref, by, content: textContent(event.text), at };
    case 'redaction':
      return { kind: 'redaction', eventId, of: { kind: 'refs', refs: [ref] }, by, at };
    case 'reaction':
      return { kind: 'reaction', eventId, ref, by, emoji: event.text, on: true, at };
    case 'raw':
      throw new Error('is told as it is');
    default:
      return event.kind satisfies never;
  }
}

function open(port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, signal });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) =>
      reject(new BridgeError('the fake room cannot be reached', { kind: 'retryable', delivered: 'no' }, { cause })),
    );
  });
}

function createLink(socket: Socket, onEvent: (event: Event) => void, onClose: () => void) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let asked = 0;
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line) as Reply & { readonly event?: Event });
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    const lost = new BridgeError('the connection was lost', { kind: 'retryable', delivered: 'unknown' });
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
    onClose();
  });

  function take(line: Reply & { readonly event?: Event }): void {
    const asker = waiting.get(line.id);
    waiting.delete(line.id);
    if (line.event !== undefined) onEvent(line.event);
    else if (line.ok) asker?.resolve(line.value);
    else asker?.reject(failureOf(line));
  }

  return {
    ask(command: object, signal: AbortSignal): Promise<unknown> {
      asked += 1;
      const id = asked;
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          waiting.delete(id);
          reject(new BridgeError('given up', { kind: 'retryable', delivered: 'unknown' }));
        };
        signal.addEventListener('abort', abort, { once: true });
        const { promise, ...answer } = Promise.withResolvers<unknown>();
        waiting.set(id, answer);
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
        socket.write(`${JSON.stringify({ id, ...command })}\n`);
      });
    },
    close: () => socket.destroy(),
  };
}

function failureOf({ error, retryAfterMs }: Reply): BridgeError {
  const failures: Readonly<Record<string, BridgeFailure>> = {
    'rate-limit': { kind: 'retryable', delivered: 'no', retryAfterMs },
    unauthorized: { kind: 'auth' },
    'room-gone': { kind: 'permanent', scope: 'portal' },
    'bad-command': { kind: 'permanent', scope: 'command' },
    outage: { kind: 'retryable', delivered: 'no' },
  };
  return new BridgeError(
    `the fake room said ${error}`,
    failures[error ?? ''] ?? { kind: 'permanent', scope: 'command' },
  );
}
