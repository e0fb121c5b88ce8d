import type { Client } from 'discord.js';
import type { RoomId } from '../../core/domain/ids.ts';
import { type Bridge, createSerialByKey, type HubPort } from '../../core/plugin/index.ts';
import { createActs } from './acts.ts';
import { acknowledge } from './answers.ts';
import { type Api, createApi } from './api.ts';
import { createCatchUp } from './catch-up.ts';
import { createRegistrar } from './commands.ts';
import type { DiscordConfig } from './config.ts';
import { createCursor } from './cursor.ts';
import { bridgeError } from './failures.ts';
import { createGateway } from './gateway.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createKnowledge } from './knowledge.ts';
import { createLink, type Link } from './link.ts';
import { createMemories, type Memories } from './memory.ts';
import { createMessages } from './messages.ts';
import { capabilitiesOf } from './outbound.ts';
import { idBefore } from './people.ts';
import { createReactions } from './reactions.ts';
import { createRecents } from './recents.ts';
import { createRoomWatch } from './rooms.ts';
import type { Session } from './session.ts';
import { createWebhooks } from './webhooks.ts';

const MAX_TURNS = 500;
const MAX_RECENT = 5_000;

/** One run, from its start to the end of its stop. */
interface Run {
  readonly api: Api;
  readonly link: Link;
  readonly inbox: Inbox;
  readonly memories: Memories;
  session: Session | null;
  onPacket: (packet: unknown, session: string) => void;
  onReady: () => void;
  stopListening: () => void;
}

export function createBridge(config: DiscordConfig, hub: HubPort): Bridge {
  let current: Run | null = null;
  return {
    placement: 'one-hub',
    delivery: 'courier',
    async start(signal) {
      signal.throwIfAborted();
      const run = createRun(config, hub);
      current = run;
      try {
        await begin(run, await run.link.open(signal), config, hub);
      } catch (error) {
        await end(run);
        throw bridgeError('start', error);
      }
    },
    async stop() {
      const run = current;
      current = null;
      if (run !== null) await end(run);
    },
    capabilities: (room) => capabilitiesOf(() => current?.session ?? null, room),
  };
}

function createRun(config: DiscordConfig, hub: HubPort): Run {
  const link = createLink(config, hub, {
    onPacket: (packet, session) => run.onPacket(packet, session),
    onReady: () => run.onReady(),
    onWaiting: () => hub.status(null, { kind: 'connecting' }),
    onResumed: () => hub.status(null, { kind: 'live' }),
    onLost: ({ failure, message }) => hub.status(null, { kind: 'failed', failure, say: message }),
  });
  const run: Run = {
    api: createApi(config.token, config.apiRoot),
    link,
    inbox: createInbox(hub),
    memories: createMemories(hub),
    session: null,
    // Until the servers are known nothing is heard; what is said meanwhile is fetched then.
    onPacket: () => {},
    onReady: () => {},
    stopListening: () => {},
  };
  return run;
}

async function begin(run: Run, client: Client<true>, config: DiscordConfig, hub: HubPort): Promise<void> {
  const { api, inbox, memories } = run;
  const knowledge = createKnowledge(client, hub, api, config.guilds);
  const { applicationId } = knowledge;
  const webhooks = createWebhooks({ hub, api, applicationId, name: config.webhookName });
  const removed = createRecents<string>(MAX_RECENT);
  const cursor = createCursor(hub);
  const messages = createMessages({ hub, knowledge, webhooks, inbox, memories, cursor, removed });
  const catchUp = createCatchUp({ hub, api, inbox, memories, cursor, messages });
  const rooms = createRoomWatch(hub, knowledge, inbox);
  const registrar = createRegistrar(hub, api, applicationId);
  const behind = new Set<RoomId>();

  /** What waits in the room was told after what is fetched now. */
  function prepare(room: RoomId): void {
    const linkedAt = idBefore(hub.clock.now());
    inbox.run(room, async () => {
      const place = knowledge.place(room);
      rooms.look(room);
      if (place === null) return;
      await webhooks.learn(place.channel);
      if (place.rights.has('history')) await catchUp(room, linkedAt);
    });
  }

  function onBehind(room: RoomId): void {
    if (behind.has(room)) return;
    behind.add(room);
    hub.log.warn({ room }, 'more than can wait; the rest is fetched');
    inbox.run(`behind ${room}`, async () => {
      await inbox.idle(room);
      behind.delete(room);
      prepare(room);
    });
  }

  function onServer(guild: string): void {
    const isServed = config.guilds.length === 0 || config.guilds.includes(guild);
    if (!config.registerCommands || !isServed || hub.commands.length === 0) return;
    inbox.run(`commands ${guild}`, () => registrar.register(guild));
  }

  await cursor.load();
  cursor.keepOnly(hub.rooms.list().map(({ room }) => room));
  run.session = {
    hub,
    client,
    api,
    knowledge,
    webhooks,
    turns: createSerialByKey<RoomId>(MAX_TURNS),
    removed,
    confirmed: createRecents<string, string>(MAX_RECENT),
  };
  for (const { room } of hub.rooms.list()) prepare(room);
  for (const guild of client.guilds.cache.keys()) onServer(guild);
  run.onReady = () => {
    hub.status(null, { kind: 'live' });
    for (const { room } of hub.rooms.list()) prepare(room);
  };
  run.onPacket = createGateway({
    hub,
    knowledge,
    inbox,
    messages,
    reactions: createReactions(hub, knowledge, inbox),
    acts: createActs(hub, api, knowledge, inbox),
    rooms,
    acknowledge: (id, token) => acknowledge({ api }, id, token),
    onBehind,
    onServer,
    guilds: config.guilds,
  });
  run.stopListening = hub.rooms.onChange(({ kind, room: { room } }) => {
    if (kind === 'linked') {
      prepare(room);
    } else {
      rooms.forget(room);
      memories.drop(room);
    }
  });
}

/** Never rejects: what is said from here on is fetched after the next start. */
async function end(run: Run): Promise<void> {
  run.stopListening();
  run.onPacket = () => {};
  run.onReady = () => {};
  run.session = null;
  await Promise.all([run.inbox.stop(), run.link.close()]);
  await run.memories.flush();
  run.api.stop();
}
