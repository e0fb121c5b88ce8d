import type { AccountId, EpochMs, RoomId, UserId } from 'slipmat-hub/plugin';
import { textContent } from 'slipmat-hub/plugin';
import { expect } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import { userIdOf } from '../../core/async/mint.ts';
import { plainText } from '../../core/domain/content.ts';
import type { BridgeId, ChannelId } from '../../core/domain/ids.ts';
import type { Actor, InboundAccount } from '../../core/domain/inbound.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { FAKE_BUILT_INS } from '../relay/rig.ts';

export const LOBBY = 'lobby' as ChannelId;
export const WITHIN = { interval: 20 };

/** The machine's time, moved ahead at will. */
export function movedClock(): Clock & { ahead(ms: number): void } {
  let shift = 0;
  return {
    ...systemClock,
    now: () => (systemClock.now() + shift) as EpochMs,
    ahead(ms) {
      shift += ms;
    },
  };
}

export function account(name: string, isBot = false): InboundAccount {
  return { id: name as AccountId, name, avatarUrl: null, isBot };
}

export interface Rig {
  readonly room: FakeRoomServer;
  hub(): TestHub;
  /** Starts again over the same data. */
  restart(options?: Partial<TestHubOptions>): Promise<TestHub>;
  /** Somebody of the native chat, with the standing that they shall have. */
  native(name: string, role?: 'admin' | 'dj', channel?: string): Promise<Participant>;
  /** As the actor of the native chat. */
  act(name: string, text: string, channel?: string, replyTo?: string): Promise<string>;
  /** What stands in a room now. */
  texts(room: string): readonly string[];
  /** The newest answer or notice that the hub itself said there. */
  lastLine(room: string): string;
  /** Somebody writes in a room; waits for the answer to it. */
  ask(room: string, name: string, text: string): Promise<string>;
  /** Waits for what a room is told of its link, which comes by itself: before or after whatever is said there then. */
  told(room: string): Promise<void>;
  /** Tells that a bot wrote something. */
  botPosts(room: string, name: string, text: string): void;
  /** The newest copy in a room, once the hub has written down that it is one. */
  copyIn(room: string): Promise<string>;
  /** Messages of a channel as they stand, redacted ones as `(gone)`. */
  said(channel?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A real hub with a bridge to a fake room; `portals` as in the configuration. */
export async function startRig(
  options: Partial<TestHubOptions> & {
    readonly portals?: readonly object[];
    readonly bridge?: object;
    readonly extra?: Record<string, unknown>;
  } = {},
): Promise<Rig> {
  const room = await startFakeRoom();
  const { portals = [], bridge = {}, extra = {}, ...rest } = options;
  let hub: TestHub | null = null;
  let events = 0;
  const opened: Participant[] = [];

  async function start(more: Partial<TestHubOptions> = {}): Promise<TestHub> {
    const fake = { port: room.port, token: room.token, knowsRoles: true, ...bridge };
    hub = await startTestHub({
      builtIns: { ...bridges, bridges: { ...bridges.bridges, ...FAKE_BUILT_INS.bridges } },
      config: { bridges: [{ id: 'fake', use: 'fakeroom', required: true, config: fake }], portals, ...extra },
      ...rest,
      ...more,
    });
    return hub;
  }
  const running = (): TestHub => {
    if (hub === null) throw new Error('no hub runs');
    return hub;
  };
  await start();

  async function actorOf(name: string): Promise<Actor> {
    const person = await running().hub.accounts.findByName(name);
    if (person === null) throw new Error(`nobody is called ${name}`);
    const { user, platform } = person;
    return { user, name, platform, avatarUrl: null, isGuest: false, isBot: false };
  }
  const lines = (name: string): readonly string[] =>
    room
      .ever(name)
      .map(({ text }) => text)
      .filter((text) => !/^\[\w+\] \S+: /.test(text));

  return {
    room,
    hub: running,
    async restart(more = {}) {
      const { dataDir } = running();
      await running().stop();
      return start({ dataDir, ...more });
    },
    async native(name, role, channel = 'lobby') {
      const token = await running().user(name, role);
      const person = await participant(running().wsUrl, token, channel);
      opened.push(person);
      return person;
    },
    async act(name, text, channel = 'lobby', replyTo) {
      const answer = await running().hub.linking.act(await actorOf(name), {
        channel: channel as ChannelId,
        text,
        replyTo: (replyTo ?? null) as never,
      });
      return answer.ok ? answer.value.say : answer.say;
    },
    texts: (name) => room.posts(name).map(({ text }) => text),
    lastLine: (name) => lines(name).at(-1) ?? '',
    async ask(name, person, text) {
      const asked = room.userPosts(name, person, text);
      const answer = () => room.ever(name).find(({ replyTo }) => replyTo === asked)?.text;
      await expect.poll(answer, WITHIN).toBeDefined();
      return answer() ?? '';
    },
    async told(name) {
      const isTold = () => room.ever(name).some(({ text }) => text.startsWith('This room is linked with '));
      await expect.poll(isTold, WITHIN).toBe(true);
    },
    botPosts(name, bot, text) {
      events += 1;
      const ref = { room: name as RoomId, id: `bot-${events}` };
      const at = systemClock.now();
      room.tells({ kind: 'message', ref, by: account(bot, true), content: textContent(text), replyTo: null, at });
    },
    async copyIn(name) {
      const { portals, live } = running().hub;
      const portal = portals.at('fake' as BridgeId, name as RoomId);
      const newest = (): string => room.ever(name).at(-1)?.id ?? '';
      const known = async () =>
        portal !== null && (await live.store.deliveries.messageOf(portal.id, { room: portal.room, id: newest() }));
      await expect.poll(known, WITHIN).toBeTruthy();
      return newest();
    },
    async said(channel = 'lobby') {
      const found = running().hub.knowledge.directory.channel(channel as ChannelId);
      if (found === null) throw new Error(`no channel ${channel}`);
      const page = await running().hub.knowledge.history.page(found, null, 50);
      return page.messages
        .toReversed()
        .map(({ message }) => (message.redaction === null ? plainText(message.content.rich) : '(gone)'));
    },
    async close() {
      for (const person of opened) person.close();
      await hub?.close();
      await room.stop();
    },
  };
}

export function userOf(name: string): UserId {
  return userIdOf('fakeroom', name as AccountId);
}

/** The code in an answer. */
export function codeIn(answer: string): string {
  const code = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(answer)?.[0];
  if (code === undefined) throw new Error(`no code in: ${answer}`);
  return code;
}
