import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import type { Bridge } from '../../core/plugin/bridge.ts';
import { type BridgeError, type HubPort, isBridgeError, type LinkState } from '../../core/plugin/index.ts';
import type { Capabilities } from '../../core/plugin/operations.ts';
import { type Chat, createChat } from './chat.ts';
import type { TwitchConfig } from './config.ts';
import { authError, noticeFailure } from './failures.ts';
import { createHelix } from './helix.ts';
import { createIntake, type Intake } from './intake.ts';
import { channelOf, type Line, tag } from './line.ts';
import { createOAuth, type Identity } from './oauth.ts';
import { createOutbound, SCOPES } from './outbound.ts';
import { createOwnActs } from './own-acts.ts';
import { createPeople } from './people.ts';
import { createRooms, type Rights, type TwitchRoom } from './rooms.ts';
import { createStandings, rightsOf } from './standings.ts';
import { createTokens } from './tokens.ts';

const NO_RIGHTS: Rights = { isMod: false, isVip: false };
const REFRESH_AGAIN_MS = 30_000;
const LOST = { kind: 'retryable', delivered: 'no' } as const;

/** One run of the bridge, from its start to its stop. */
export interface Session extends Pick<Bridge, 'start' | 'stop'> {
  capabilities(room: RoomId): Capabilities;
}

export function createSession(config: TwitchConfig, hub: HubPort): Session {
  const { clock, log } = hub;
  const stopping = new AbortController();
  const rights = new Map<RoomId, Rights>();
  const slowMs = new Map<RoomId, number>();
  const standings = createStandings();
  const ownActs = createOwnActs(clock);
  const tokens = createTokens({
    config,
    oauth: createOAuth(config),
    hub,
    onRefused: (error) => {
      if (isBridgeError(error) && error.failure.kind === 'auth') fail(error);
      else log.warn({ say: isBridgeError(error) ? error.message : '' }, 'token not checked');
    },
    onChecked: () => void refreshRooms(),
  });
  const helix = createHelix({ config, tokens, stopping: stopping.signal });
  const rooms = createRooms({ hub, helix, listed: config.channels });
  const people = createPeople({
    hub,
    helix,
    onAvatar(account) {
      const [room] = rooms.all();
      if (room !== undefined) intake?.tell(room.key, { kind: 'profile', account, at: clock.now() });
    },
  });
  const outbound = createOutbound({
    helix,
    clock,
    identity: tokens.identity,
    room: rooms.byKey,
    rights: (key) => rights.get(key) ?? NO_RIGHTS,
    slowMs: (key) => slowMs.get(key) ?? 0,
    ownActs,
    isOpen: () => chat !== null && !stopping.signal.aborted,
    isModerator: (key, account: AccountId) => standings.isModerator(key, account),
  });
  let intake: Intake | null = null;
  let chat: Chat | null = null;
  let refreshing: Promise<void> | null = null;
  let isStale = false;
  let cancelRefresh = (): void => {};
  let unlisten = (): void => {};

  function fail(error: BridgeError): void {
    if (!stopping.signal.aborted) hub.status(null, { kind: 'failed', failure: error.failure, say: error.message });
  }

  function tellRoom(room: TwitchRoom | RoomId, state: LinkState): void {
    if (!stopping.signal.aborted) hub.status(typeof room === 'string' ? room : room.key, state);
  }

  function onLine(line: Line, self: Identity): void {
    const login = channelOf(line);
    const room = login === null ? null : rooms.byLogin(login);
    if (room === null) return;
    const isOurs = line.command === 'USERSTATE' || tag(line, 'user-id') === self.userId;
    if (isOurs && (line.command === 'USERSTATE' || line.command === 'PRIVMSG')) setRights(room, rightsOf(line));
    if (line.command === 'ROOMSTATE') {
      const slow = line.tags.get('slow');
      if (slow !== undefined) slowMs.set(room.key, Number(slow) * 1_000 || 0);
    }
    standings.note(room.key, line);
    intake?.take(room, line);
  }

  function setRights(room: TwitchRoom, now: Rights): void {
    const before = rights.get(room.key);
    rights.set(room.key, now);
    if (before === undefined || (before.isMod === now.isMod && before.isVip === now.isVip)) return;
    intake?.tell(room.key, { kind: 'rights-changed', room: room.key });
  }

  function onRoom(login: string, state: 'joined' | 'silent' | { readonly refused: string }): void {
    const room = rooms.byLogin(login);
    if (room === null) return;
    if (state === 'joined') tellRoom(room, { kind: 'live' });
    else if (state === 'silent') {
      tellRoom(room, { kind: 'failed', failure: LOST, say: `Twitch does not answer for the channel ${login}` });
    } else {
      const refused = noticeFailure(state.refused);
      if (refused !== null) tellRoom(room, { kind: 'failed', ...refused });
    }
  }

  /** Enters what is linked now, leaves what is not, follows new names. Asked for again meanwhile, it runs once more. */
  function refreshRooms(): Promise<void> {
    if (refreshing !== null) {
      isStale = true;
      return refreshing;
    }
    cancelRefresh();
    refreshing = lookAgain().finally(() => {
      refreshing = null;
      if (!isStale || stopping.signal.aborted) return;
      isStale = false;
      void refreshRooms();
    });
    return refreshing;
  }

  async function lookAgain(): Promise<void> {
    try {
      await enterRooms();
    } catch (error) {
      if (stopping.signal.aborted) return;
      log.warn({ say: isBridgeError(error) ? error.message : '' }, 'channels not looked up');
      if (isBridgeError(error) && error.failure.kind === 'auth') fail(error);
      else cancelRefresh = clock.after(REFRESH_AGAIN_MS, () => void refreshRooms());
    }
  }

  async function enterRooms(): Promise<void> {
    const { entered, left, renamed, missing } = await rooms.refresh();
    if (stopping.signal.aborted) return;
    for (const room of left) {
      chat?.part(room.login);
      rights.delete(room.key);
      slowMs.delete(room.key);
    }
    await askRights();
    for (const room of entered) chat?.join(room.login);
    for (const { key, login } of renamed) intake?.tell(key, { kind: 'room-renamed', room: key, name: login });
    for (const { key, say } of missing) {
      tellRoom(key, { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' }, say });
    }
  }

  /** The chat tells of our standing only when we enter, and with what we say. */
  async function askRights(): Promise<void> {
    const self = tokens.identity();
    if (self === null || !self.scopes.has(SCOPES.moderated)) return;
    try {
      const moderated = await helix.moderatedBy(self.userId);
      for (const room of rooms.all()) {
        const isMod = room.id === self.userId || moderated.has(room.id);
        setRights(room, { isVip: rights.get(room.key)?.isVip ?? false, isMod });
      }
    } catch (error) {
      log.warn({ say: isBridgeError(error) ? error.message : '' }, 'not known where the bot is a moderator');
    }
  }

  return {
    capabilities: outbound,
    async start(signal) {
      const self = await tokens.start(signal);
      if (!self.scopes.has(SCOPES.read)) throw authError(`the token lacks the scope ${SCOPES.read}`);
      intake = createIntake({ hub, people: () => people, ownActs, self: { id: self.userId, login: self.login } });
      chat = createChat({
        server: config.endpoints.chat,
        login: self.login,
        clock,
        log,
        token: tokens.access,
        renewToken: (limited) => tokens.renew(tokens.access(), limited),
        onLine: (line) => onLine(line, self),
        onRoom,
        onLink: (state) => {
          if (!stopping.signal.aborted) hub.status(null, { kind: state });
        },
        onGone: fail,
      });
      await enterRooms();
      signal.throwIfAborted();
      unlisten = hub.rooms.onChange(() => void refreshRooms());
      await chat.start(signal);
    },
    async stop() {
      stopping.abort();
      unlisten();
      cancelRefresh();
      tokens.stop();
      people.stop();
      await Promise.all([intake?.close(), chat?.stop()]);
    },
  };
}
