import { type Bridge, backoffMs, createSerialByKey, type HubPort, pause } from '../../core/plugin/index.ts';
import { unmute } from './acts.ts';
import { type Client, createClient } from './client.ts';
import type { MatrixConfig } from './config.ts';
import { createDirects } from './directs.ts';
import { bagOf, number } from './event.ts';
import { isCode, toBridgeError } from './failures.ts';
import { createGaps, WATCH_MS } from './gaps.ts';
import { createGhosts } from './ghosts.ts';
import { createInbound } from './inbound.ts';
import { createMedia } from './media.ts';
import { createMutes } from './mutes.ts';
import { botOf, localpartIn } from './names.ts';
import { createOutbound } from './outbound.ts';
import { createOwnRooms } from './own-rooms.ts';
import { createPeople } from './people.ts';
import { createReactions } from './reactions.ts';
import { type Registered, readRegistration } from './registration.ts';
import { createRoomFacts } from './room-facts.ts';
import type { Session } from './session.ts';
import { createTransactions } from './transactions.ts';

/** A stop waits no longer for what is under way. */
const STOP_MS = 4_000;
const AT_ONCE = 4;
const SWEEP_MS = 1_000;
/** A room that could not be made is tried again. */
const LOOK_AGAIN_MS = 60_000;
const PING_AGAIN = { baseMs: 500, capMs: 30_000 };
const TELL_AFTER = 4;
const PROBE_MS = 1_000;
const MOST_MEDIA_BYTES = 50_000_000;

interface Running {
  readonly session: Session;
  readonly stopping: AbortController;
  readonly work: Set<Promise<unknown>>;
  readonly end: () => void;
}

export function createBridge(config: MatrixConfig, hub: HubPort): Bridge {
  let running: Running | null = null;

  async function start(signal: AbortSignal): Promise<void> {
    const registered = await readRegistration(config);
    const client = await createClient(config, registered.asToken);
    const stopping = new AbortController();
    try {
      await introduce(client, config, signal);
      const session = await openSession(client, registered, config, hub, stopping.signal, signal);
      signal.throwIfAborted();
      const opened = await listen(session, hub, stopping);
      running = opened;
      await enterRooms(session, hub, signal);
    } catch (error) {
      stopping.abort();
      await stop();
      throw toBridgeError(error);
    }
    hub.status(null, { kind: 'live' });
  }

  async function stop(): Promise<void> {
    const ending = running;
    running = null;
    if (ending === null) return;
    ending.stopping.abort();
    ending.end();
    const settled = new AbortController();
    await Promise.race([Promise.allSettled(ending.work), pause(hub.clock, STOP_MS, settled.signal)]);
    settled.abort();
  }

  return {
    placement: 'one-hub',
    delivery: 'courier',
    start,
    stop,
    capabilities: createOutbound(() => running?.session ?? null, hub),
  };
}

/** The bot has an account, and the token is ours. */
async function introduce(client: Client, config: MatrixConfig, signal: AbortSignal): Promise<void> {
  const body = { type: 'm.login.application_service', username: localpartIn(botOf(config)), inhibit_login: true };
  try {
    await client.call('POST', '/v3/register', { body, query: { kind: 'user' } }, signal);
    const profile = `/v3/profile/${encodeURIComponent(botOf(config))}/displayname`;
    await client.call('PUT', profile, { body: { displayname: config.spaceName } }, signal);
  } catch (error) {
    if (!isCode(error, 'M_USER_IN_USE')) throw error;
  }
}

async function openSession(
  client: Client,
  registered: Registered,
  config: MatrixConfig,
  hub: HubPort,
  stopping: AbortSignal,
  signal: AbortSignal,
): Promise<Session> {
  const media = createMedia(client, hub, await uploadLimit(client, signal));
  const bot = botOf(config);
  return {
    config,
    registered,
    client,
    bot,
    media,
    ghosts: createGhosts(config, client, media, hub),
    people: createPeople(client, media, hub),
    rooms: createRoomFacts(client, hub),
    reactions: createReactions(hub.state),
    directs: createDirects(client, hub.state, bot),
    mutes: createMutes(hub),
    ownRooms: createOwnRooms(config, client, hub, media),
    levels: createSerialByKey(),
    stopping,
  };
}

async function uploadLimit(client: Client, signal: AbortSignal): Promise<number> {
  const told = bagOf(await client.call('GET', '/v1/media/config', {}, signal));
  return Math.min(number(told, 'm.upload.size') ?? MOST_MEDIA_BYTES, MOST_MEDIA_BYTES);
}

/** From here on the homeserver may tell us what it has kept. */
async function listen(session: Session, hub: HubPort, stopping: AbortController): Promise<Running> {
  const work = new Set<Promise<unknown>>();
  const keep = <T>(task: Promise<T>): Promise<T> => {
    work.add(task);
    const drop = (): void => void work.delete(task);
    task.then(drop, drop);
    return task;
  };
  const gaps = createGaps(session.client, hub, session.directs.partnerIn);
  const transactions = createTransactions({
    hsToken: session.registered.hsToken,
    listener: createInbound(session, hub),
    gaps,
    hub,
    stopping: stopping.signal,
  });
  await Promise.all([transactions.load(), session.ownRooms.load()]);
  const unmount = hub.http.mount((call) => keep(transactions.handle(call)));
  const stopRooms = hub.rooms.onChange(({ kind, room: { room } }) => {
    const isLinked = (): boolean => hub.rooms.list().some((one) => one.room === room);
    if (kind === 'linked') void keep(session.rooms.enter(room, stopping.signal));
    else void keep(session.ghosts.leaveAll(room, isLinked, stopping.signal));
  });
  const stopSweeping = hub.clock.every(SWEEP_MS, () => void keep(sweep(session, hub, stopping.signal)));
  const settleRooms = () => void keep(session.ownRooms.settle(stopping.signal));
  const stopLooking = hub.clock.every(LOOK_AGAIN_MS, settleRooms);
  const stopChannels = hub.channels?.onChange(settleRooms);
  settleRooms();
  void keep(untilReached(session, hub, stopping.signal));
  /** Now, and once more when the time of doubt is over. */
  const catchUp = async (): Promise<void> => {
    await transactions.catchUp();
    await pause(hub.clock, WATCH_MS + PROBE_MS, stopping.signal);
    await transactions.catchUp();
  };
  void keep(catchUp());
  const stopProbing = watchHomeserver(session, hub, { onAway: gaps.doubt, onBack: () => void keep(catchUp()) });
  return {
    session,
    stopping,
    work,
    end() {
      unmount();
      stopRooms();
      stopChannels?.();
      stopSweeping();
      stopLooking();
      stopProbing();
    },
  };
}

async function enterRooms({ rooms }: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  const linked = hub.rooms.list();
  for (let from = 0; from < linked.length; from += AT_ONCE) {
    await Promise.all(linked.slice(from, from + AT_ONCE).map(({ room }) => rooms.enter(room, signal)));
  }
}

/**
 * Has the homeserver call us, until it gets through: then it sends at once what it has kept while we were away.
 * Never rejects.
 */
async function untilReached({ client, registered }: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  const path = `/v1/appservice/${encodeURIComponent(registered.id)}/ping`;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await client.call('POST', path, { body: {} }, signal);
      return;
    } catch (error) {
      const say = error instanceof Error ? error.message : '';
      // the hub itself begins to listen only once its bridges run
      if (attempt === TELL_AFTER)
        hub.log.warn({ say }, 'the homeserver cannot reach the hub; `slipmat-hub doctor` says more');
      await pause(hub.clock, backoffMs(attempt, PING_AGAIN), signal);
    }
  }
}

/**
 * Asks the homeserver whether it is there, more often than it could start anew.
 * @returns a function that stops it
 */
function watchHomeserver(
  { client, stopping }: Session,
  hub: HubPort,
  told: { readonly onAway: () => void; readonly onBack: () => void },
): () => void {
  let isAway = false;
  let isAsking = false;
  async function probe(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      await client.call('GET', '/versions', {}, stopping);
      if (isAway) told.onBack();
      isAway = false;
    } catch (error) {
      if (stopping.aborted) return;
      if (!isAway) hub.log.warn({ say: error instanceof Error ? error.message : '' }, 'the homeserver is away');
      isAway = true;
      told.onAway();
    } finally {
      isAsking = false;
    }
  }
  return hub.clock.every(PROBE_MS, () => void probe());
}

/** Lifts timeouts whose time is over. Never rejects. */
async function sweep(session: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  try {
    for (const { room, user } of await session.mutes.due()) {
      if (signal.aborted) return;
      await session.levels.run(`sweep ${room}`, () => liftOne(room, user, session, hub, signal));
    }
  } catch (error) {
    hub.log.warn({ say: error instanceof Error ? error.message : '' }, 'timeouts could not be looked through');
  }
}

async function liftOne(room: string, user: string, session: Session, hub: HubPort, signal: AbortSignal): Promise<void> {
  try {
    await unmute(room, user, session, signal);
  } catch (error) {
    if (!isCode(error, 'M_FORBIDDEN', 'M_NOT_FOUND')) throw error;
    hub.log.warn({ room }, 'a timeout cannot be lifted any more: the bot may not change levels there');
    await session.mutes.clear(room, user);
  }
}
