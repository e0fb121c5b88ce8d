import { expect } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import type { Clock } from '../../core/async/clock.ts';
import { plainText } from '../../core/domain/content.ts';
import type { ChannelId, MessageId } from '../../core/domain/ids.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import { PLUGIN_API_VERSION } from '../../core/plugin/bridge.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import type { Answer, Deeds, Questions, SurfacePort } from '../../core/plugin/surface.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { participant } from '../fakes/people.ts';

export const LOBBY = 'lobby' as ChannelId;

/** A real hub whose surface port the test holds as well: the one that buttons and forms go through. */
export interface OrderHub extends TestHub {
  as(token: string): Promise<Person>;
}

/** Somebody who does what is done by buttons and forms. */
export interface Person {
  readonly actor: Actor;
  do<K extends keyof Deeds>(kind: K, deed: Deeds[K][0]): Promise<Answer<Deeds[K][1]>>;
  ask<K extends keyof Questions>(kind: K, question: Questions[K][0]): Promise<Questions[K][1]>;
}

export interface OrderHubOptions extends Omit<TestHubOptions, 'builtIns'> {
  /** Besides those that come with the hub. */
  readonly bridges?: BuiltIns['bridges'];
}

export async function startOrderHub({ bridges: more = {}, ...options }: OrderHubOptions = {}): Promise<OrderHub> {
  let port: SurfacePort | null = null;
  const lender = {
    apiVersion: PLUGIN_API_VERSION,
    platform: 'lender',
    exampleConfig: '',
    parseConfig: () => ({}),
    create(_: unknown, lent: SurfacePort) {
      port = lent;
      return {
        placement: 'each-hub' as const,
        delivery: 'feed' as const,
        start: async () => {},
        stop: async () => {},
        capabilities: () => ({}),
      };
    },
  };
  const surfaces = { ...bridges.surfaces, lender: async () => ({ default: lender }) };
  const hub = await startTestHub({ ...options, builtIns: { bridges: { ...bridges.bridges, ...more }, surfaces } });
  return {
    ...hub,
    async as(token) {
      const lent = port as SurfacePort | null;
      if (lent === null) throw new Error('the surface has not started');
      const verified = await lent.verify(token);
      if (!verified.ok) throw new Error(verified.say);
      const { actor } = verified;
      return {
        actor,
        do: (kind, deed) => lent.do(actor, kind, deed),
        async ask(kind, question) {
          const answer = await lent.ask(actor, kind, question);
          if (!answer.ok) throw new Error(`${answer.code}: ${answer.say}`);
          return answer.value;
        },
      };
    },
  };
}

/** The machine's clock, put forward by so much as the test says. */
export function movableClock(base: Clock): Clock & { forward(ms: number): void } {
  let ahead = 0;
  return {
    ...base,
    now: () => (base.now() + ahead) as ReturnType<Clock['now']>,
    forward(ms) {
      ahead += ms;
    },
  };
}

export const closing: (() => Promise<unknown> | void)[] = [];
/** Everything that was started, the newest first. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

/** A hub whose channels have the standard rules. */
export async function start(options: OrderHubOptions = {}): Promise<OrderHub> {
  const hub = await startOrderHub({ ...options, config: { moderation: { rules: 'standard' }, ...options.config } });
  closing.push(() => (options.dataDir === undefined ? hub.close() : hub.stop()));
  return hub;
}

/** Somebody in the lobby, by socket and by form. */
export async function join(hub: OrderHub, name: string, role?: 'admin' | 'dj', channel: string = LOBBY) {
  const token = await hub.user(name, role);
  const person = { ...(await participant(hub.wsUrl, token, channel)), ...(await hub.as(token)) };
  closing.push(() => person.close());
  const texts = async () => (await person.page()).map(({ message }) => plainText(message.content.rich));
  return { ...person, texts };
}
export type Someone = Awaited<ReturnType<typeof join>>;

/** Looks again until it is so; for a machine that is busy with much else. */
export function soon<T>(look: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { interval: 20 });
}

/** What a command answers. */
export async function command(by: Someone, text: string, replyTo?: MessageId): Promise<string> {
  const answer = await by.client.command(LOBBY, text, replyTo);
  return answer.ok ? answer.value : answer.code;
}
