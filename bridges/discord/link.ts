import { Client, GatewayIntentBits as Intent, Options, Partials, SimpleShardingStrategy } from 'discord.js';
import { BridgeError, type Clock, type Logger, pause } from '../../core/plugin/index.ts';
import { bridgeError } from './failures.ts';
import { containPackets } from './guard.ts';
import { ready } from './packets.ts';

export const INTENTS = [
  Intent.Guilds,
  Intent.GuildMembers,
  Intent.GuildModeration,
  Intent.GuildExpressions,
  Intent.GuildMessages,
  Intent.GuildMessageReactions,
  Intent.GuildMessageTyping,
  Intent.MessageContent,
  Intent.DirectMessages,
] as const;

/** A shard that has not come back for so long is taken for dead, whatever the client thinks. */
const LOST_MS = 60_000;
/** The client begins a new connection this long after it gave up one, also when it was told to end in between. */
const RECONNECT_DELAY_MS = 500;
const CLOSE_MS = 1_500;

export interface LinkEvents {
  /** Each packet of the gateway, before the client itself has worked it off, with the id of the session. */
  onPacket(packet: unknown, session: string): void;
  /** A new session: what was said since the last one ended was missed. */
  onReady(): void;
  onWaiting(): void;
  /** The session goes on; what was missed has been told again. */
  onResumed(): void;
  /** It will not come back by itself. */
  onLost(error: BridgeError): void;
}

/** The connection to Discord's gateway. */
export interface Link {
  /** Resolves once the servers are known. @throws {BridgeError} */
  open(signal: AbortSignal): Promise<Client<true>>;
  /** Never rejects. */
  close(): Promise<void>;
}

export function createLink(
  { token, apiRoot }: { readonly token: string; readonly apiRoot: string },
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  events: LinkEvents,
): Link {
  const shards = shardsKept();
  const client = new Client({
    intents: INTENTS,
    partials: [Partials.Message, Partials.Channel, Partials.Reaction, Partials.User, Partials.GuildMember],
    allowedMentions: { parse: [] },
    makeCache: Options.cacheWithLimits(CACHES),
    rest: { api: apiRoot, version: '10' },
    ws: { buildStrategy: shards.build },
  });
  let stopWatch: (() => void) | null = null;
  let isWaiting = false;
  let isClosing = false;
  let session = 'none';

  function lost(error: BridgeError): void {
    if (!isClosing) events.onLost(error);
  }

  function waiting(): void {
    if (isWaiting) return;
    isWaiting = true;
    if (isClosing) return;
    stopWatch = clock.after(LOST_MS, () => lost(new BridgeError(SILENT, { kind: 'retryable', delivered: 'no' })));
    events.onWaiting();
  }

  function back(isFresh: boolean): void {
    isWaiting = false;
    stopWatch?.();
    stopWatch = null;
    if (isClosing) return;
    if (isFresh) events.onReady();
    else events.onResumed();
  }

  containPackets(client, log);
  client.on('raw', (packet: unknown) => {
    session = sessionOf(packet) ?? session;
    if (!isClosing) events.onPacket(packet, session);
  });
  client.on('shardReady', () => back(true));
  client.on('shardResume', () => back(false));
  client.on('shardReconnecting', waiting);
  client.on('shardDisconnect', ({ code }) => lost(closed(code)));
  // Without listeners these would be thrown.
  client.on('error', (error) => log.warn({ failure: error.name }, 'the client reports an error'));
  client.on('shardError', (error) => log.warn({ failure: error.name }, 'the connection reports an error'));
  client.on('warn', () => log.debug({}, 'the client warns'));

  return {
    async open(signal) {
      const opened = Promise.withResolvers<Client<true>>();
      const aborted = (): void => opened.reject(new BridgeError('discord: not connected in time', NOT_SENT));
      signal.addEventListener('abort', aborted, { once: true });
      client.once('clientReady', opened.resolve);
      try {
        signal.throwIfAborted();
        client.login(token).catch((error: unknown) => opened.reject(loginError(error)));
        return await opened.promise;
      } finally {
        signal.removeEventListener('abort', aborted);
      }
    },
    async close() {
      isClosing = true;
      stopWatch?.();
      const mayComeBack = isWaiting || !client.isReady();
      const kept = shards.list();
      await settled(clock, client.destroy());
      if (mayComeBack) {
        await pause(clock, RECONNECT_DELAY_MS + 100);
        await settled(clock, Promise.all(kept.map((shard) => shard.destroy())));
      }
    },
  };
}

/** Each new session says its id first of all. */
function sessionOf(packet: unknown): string | null {
  const { data } = ready.safeParse(packet);
  return data?.d.session_id ?? null;
}

const NOT_SENT = { kind: 'retryable', delivered: 'no' } as const;
const SILENT = 'discord: the connection was lost and has not come back for a minute';

/** Members and users only as far as they are needed at once; messages not at all, for the bridge reads them itself. */
const CACHES = {
  ...Options.DefaultMakeCacheSettings,
  MessageManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  PresenceManager: 0,
  VoiceStateManager: 0,
  ThreadMemberManager: 0,
  GuildInviteManager: 0,
  GuildScheduledEventManager: 0,
  GuildStickerManager: 0,
  GuildBanManager: 0,
  AutoModerationRuleManager: 0,
  StageInstanceManager: 0,
  GuildMemberManager: { maxSize: 500, keepOverLimit: (member: { id: string; client: Client }) => isSelf(member) },
  UserManager: { maxSize: 1_000, keepOverLimit: (user: { id: string; client: Client }) => isSelf(user) },
};

function isSelf({ id, client }: { readonly id: string; readonly client: Client }): boolean {
  return id === client.user?.id;
}

async function settled(clock: Clock, task: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const quiet = task.then(
    () => done.abort(),
    () => done.abort(),
  );
  await Promise.race([quiet, pause(clock, CLOSE_MS, done.signal)]);
}

interface Shard {
  destroy(): Promise<void>;
}

function isShard(value: unknown): value is Shard {
  return typeof value === 'object' && value !== null && 'destroy' in value && typeof value.destroy === 'function';
}

/** The client forgets its shards when it ends, and with them one that is just about to connect again. */
function shardsKept() {
  let strategy: SimpleShardingStrategy | null = null;
  return {
    build(manager: ConstructorParameters<typeof SimpleShardingStrategy>[0]): SimpleShardingStrategy {
      strategy = new SimpleShardingStrategy(manager);
      return strategy;
    },
    list(): readonly Shard[] {
      const kept: unknown = strategy === null ? null : Reflect.get(strategy, 'shards');
      return kept instanceof Map ? [...kept.values()].filter(isShard) : [];
    },
  };
}

/** What refused the sign-in, with what to do about it. */
function loginError(error: unknown): BridgeError {
  const text = error instanceof Error ? error.message : '';
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'TokenInvalid' || text === 'Authentication failed') return closed(4004);
  if (/disallowed intents/i.test(text)) return closed(4014);
  if (/invalid intents/i.test(text)) return closed(4013);
  if (/sharding is required/i.test(text)) return closed(4011);
  return bridgeError('sign in', error);
}

const INTENTS_MEND =
  'discord: the bot may not read messages or members; switch on MESSAGE CONTENT and SERVER MEMBERS for it in the Developer Portal (bridges/discord/README.md#intents)';
const TOKEN_MEND =
  'discord: the token is wrong or was reset; put the new one into the configuration (bridges/discord/README.md#token)';

function closed(code: number): BridgeError {
  if (code === 4004) return new BridgeError(TOKEN_MEND, { kind: 'auth' });
  if (code === 4013 || code === 4014) return new BridgeError(INTENTS_MEND, { kind: 'auth' });
  const say =
    code === 4011 ? 'discord: the bot is in too many servers for one connection' : `discord: closed (${code})`;
  return new BridgeError(say, code === 4011 ? { kind: 'auth' } : NOT_SENT);
}
