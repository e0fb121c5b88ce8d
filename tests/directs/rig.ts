import { expect } from 'vitest';
import type { Client } from '../../client/index.ts';
import { plainText } from '../../core/domain/content.ts';
import type { ChannelId, MessageId, UserId } from '../../core/domain/ids.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer, PATIENT, type Peer } from '../fakes/socket-peer.ts';

export const WITHIN = { interval: 20 };
export const STORES = ['embedded', 'redis'] as const;
export type StoreName = (typeof STORES)[number];

/** Somebody with a client, who writes and reads in conversations. */
export interface Someone extends Participant {
  readonly name: string;
  readonly user: UserId;
  open(...others: readonly { readonly user: UserId }[]): Promise<ChannelId>;
  /** Says it there, and insists that it was stored. */
  tell(channel: ChannelId, text: string, replyTo?: MessageId): Promise<MessageId>;
  /** What stands there for them, oldest first. */
  texts(channel: ChannelId): Promise<readonly string[]>;
  rows(channel: ChannelId): Promise<readonly HistoryMessage[]>;
  channels(): Promise<readonly string[]>;
  /** All that a bare socket hears in a channel from now on. */
  listen(channel: ChannelId): Promise<Peer>;
}

export interface Town {
  hub(): TestHub;
  someone(name: string, role?: 'admin' | 'dj', on?: TestHub): Promise<Someone>;
  second(): Promise<TestHub>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openTown(store: StoreName, options: Partial<TestHubOptions> = {}): Promise<Town> {
  const redis: RedisServer | null = store === 'redis' ? await startRedis({ appendonly: true }) : null;
  const config = { ...PATIENT, ...options.config };
  const settings = { ...options, config, redisUrl: redis?.url ?? null };
  let hub = await startTestHub(settings);
  const others: TestHub[] = [];
  const people: Someone[] = [];
  return {
    hub: () => hub,
    async second() {
      const second = await startTestHub({ ...settings, dataDir: hub.dataDir });
      others.push(second);
      return second;
    },
    async someone(name, role, on = hub) {
      const made = await someone(on, name, role);
      people.push(made);
      return made;
    },
    async restart() {
      for (const one of people.splice(0)) one.close();
      await hub.stop();
      hub = await startTestHub({ ...settings, dataDir: hub.dataDir });
    },
    async close() {
      for (const one of people) one.close();
      for (const one of others) await one.stop();
      await hub.close();
      await redis?.stop();
    },
  };
}

async function someone(hub: TestHub, name: string, role?: 'admin' | 'dj'): Promise<Someone> {
  const token = await hub.user(name, role);
  const person = await participant(hub.wsUrl, token);
  const { client } = person;
  const found = await hub.hub.accounts.findByName(name);
  if (found === null) throw new Error(`nobody is called ${name}`);
  const rows = async (channel: ChannelId): Promise<readonly HistoryMessage[]> => {
    const page = await client.history(channel, null, 100);
    if (!page.ok) throw new Error(`history: ${page.code} ${page.say}`);
    return page.value.messages.toReversed();
  };
  return {
    ...person,
    name,
    user: found.user,
    async open(...others) {
      const opened = await client.do('open-direct', { users: others.map(({ user }) => user) });
      if (!opened.ok) throw new Error(`not opened: ${opened.code} ${opened.say}`);
      return opened.value.channel;
    },
    async tell(channel, text, replyTo) {
      const said = await client.post({ channel, text, ...(replyTo && { replyTo }) }).done;
      if (!said.ok || said.value.message === null) throw new Error(`not posted: ${JSON.stringify(said)}`);
      return said.value.message;
    },
    rows,
    texts: async (channel) => (await rows(channel)).map(({ message }) => plainText(message.content.rich)),
    channels: async () => (await client.channels()).map(({ id }) => id),
    async listen(channel) {
      const peer = await connectPeer(hub.wsUrl, { token });
      const joined = await peer.ask({ type: 'join', channel, after: null, limit: 50 });
      expect(joined.type).toBe('joined');
      return peer;
    },
  };
}

/** What of these a bare socket has heard said. */
export function heard(peer: Peer): readonly string[] {
  return peer.frames.flatMap((frame) => (frame.type === 'message' ? [plainText(frame.message.content.rich)] : []));
}

export async function given<T>(
  answer: Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly say: string }>,
): Promise<T> {
  const answered = await answer;
  if (!answered.ok) throw new Error(answered.say);
  return answered.value;
}

export type { Client };
