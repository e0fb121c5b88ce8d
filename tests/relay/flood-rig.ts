import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import { type Client, createClient, type Written } from '../../client/index.ts';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import { plainText } from '../../core/domain/content.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { PATIENT } from '../fakes/socket-peer.ts';
import { BOT, type FakeChat } from '../fakes/telegram-chats.ts';
import { ANN, startTelegram } from '../fakes/telegram-server.ts';
import { startTwitch } from '../fakes/twitch.ts';
import { type Listener, listen } from '../route/crowd.ts';

/*
 * A crowd of native people in one channel, with a Twitch channel and a Telegram group behind it. What came in there, and
 * when, is read from the platforms' doubles.
 */

/** What a platform takes, and what came in. */
export interface FloodedRoom {
  readonly budget: { readonly count: number; readonly perMs: number };
  /** Posts of the hub, in order, with the ms at which each came in, by the hub's clock. */
  posts(): readonly { readonly text: string; readonly at: number }[];
  /** What the hub gave up on, because it may have arrived: on a machine so busy that the platform did not answer in time. */
  inDoubt(): Promise<number>;
}

export interface Flood {
  readonly twitch: FloodedRoom;
  readonly telegram: FloodedRoom;
  readonly listeners: readonly Listener[];
  /** Texts in the order of the channel, and the id of each. */
  said(): Promise<readonly { readonly id: string; readonly text: string }[]>;
  /** The crowd speaks for so long; a DJ twice, a moderator often, and people of each room are answered once. All by the hub's clock. */
  run(seconds: number, perSecond: number): Promise<{ readonly spoken: number }>;
  stop(): Promise<void>;
}

/** Time that goes faster than the machine's, for the hub and all its budgets. The platforms' windows shrink with it. */
export function hastyClock(factor: number): Clock {
  const began = { now: systemClock.now(), elapsed: systemClock.elapsed() };
  const elapsed = (): number => began.elapsed + (systemClock.elapsed() - began.elapsed) * factor;
  return {
    now: () => Math.floor(began.now + elapsed() - began.elapsed) as EpochMs,
    elapsed,
    after: (ms, run) => systemClock.after(ms / factor, run),
    every: (ms, run) => systemClock.every(ms / factor, run),
  };
}

const GROUP = -1_001_000_000_001;
const FANS = 25;
const QUESTIONS = { telegram: 'which track is this, asks Telegram', twitch: 'which track is this, asks Twitch' };
export const PRIORITY = /\[Slipmat\] (?:dj|mod|nina): /;

/** @param factor how much faster the hub's time goes */
export async function openFlood(factor: number, redisUrl: string | null): Promise<Flood> {
  const clock = factor === 1 ? systemClock : hastyClock(factor);
  const twitch = await startTwitch();
  const telegram = await startTelegram();
  const group = telegram.group(GROUP);
  const [channel] = twitch.rooms;
  const hub = await startTestHub({
    clock,
    redisUrl,
    builtIns: bridges,
    config: {
      publicUrl: 'https://chat.example',
      accounts: { signUp: 'open' },
      bridges: [
        ...PATIENT.bridges,
        { id: 'twitch', use: 'twitch', required: true, config: twitch.config() },
        {
          id: 'telegram',
          use: 'telegram',
          required: true,
          config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 },
        },
      ],
      portals: [
        { channel: 'lobby', bridge: 'twitch', room: channel, direction: 'both' },
        { channel: 'lobby', bridge: 'telegram', room: `${GROUP}`, direction: 'both' },
      ],
    },
  });
  const people = await enter(hub);
  const listeners = [1, 2, 3].map(() => listen(hub.wsUrl, 'lobby'));
  telegram.userPosts(group, ANN, { text: QUESTIONS.telegram });
  twitch.says(channel, twitch.ben, QUESTIONS.twitch);
  const ids = await questions(people.nina);

  const inDoubt = async (bridge: string): Promise<number> => {
    const { deadLetters, portals } = hub.hub;
    const letters = await deadLetters.list(portals.list().filter((one) => one.bridge === bridge));
    return letters.filter(({ kind }) => kind === 'unknown').length;
  };

  async function run(seconds: number, perSecond: number): Promise<{ readonly spoken: number }> {
    const beganAt = clock.elapsed();
    const total = seconds * perSecond;
    const said: Promise<unknown>[] = [];
    const others = new Map<number, () => Promise<unknown>>([
      [Math.floor(total * 0.2), () => people.dj.say('the next one is a premiere')],
      [Math.floor(total * 0.25), () => people.nina.say('it is Kool, Ann', ids.telegram)],
      [Math.floor(total * 0.3), () => people.nina.say('it is Kool, Ben', ids.twitch)],
      [Math.floor(total * 0.35), () => people.dj.say('hands up')],
    ]);
    // one who leads says more than the rooms take, so that the budgets are pressed to the brim
    for (let n = Math.floor(total * 0.4), line = 1; n < total; n += perSecond, line += 1) {
      others.set(n, () => people.mod.say(`keep it friendly ${line}`));
    }
    for (let n = 0; n < total; n += 1) {
      const fan = people.fans[n % FANS];
      if (fan === undefined) throw new Error('no fans');
      said.push(fan.post({ channel: 'lobby', text: `shout ${n}` }).done.then(insist));
      const other = others.get(n);
      if (other !== undefined) said.push(other());
      const aheadMs = ((n + 1) * 1_000) / perSecond - (clock.elapsed() - beganAt);
      if (aheadMs > factor) await delay(aheadMs / factor);
    }
    await Promise.all(said);
    return { spoken: total + others.size };
  }

  return {
    twitch: {
      budget: { count: 100, perMs: 30_000 / factor },
      posts: () => twitch.world.messages.filter(({ by }) => by === twitch.bot).map(({ text, at }) => ({ text, at })),
      inDoubt: () => inDoubt('twitch'),
    },
    telegram: {
      budget: { count: 20, perMs: 60_000 / factor },
      posts: () => postsIn(group),
      inDoubt: () => inDoubt('telegram'),
    },
    listeners,
    run,
    said: () => wholeChannel(people.nina),
    async stop() {
      for (const { client } of listeners) client.close();
      for (const one of [...people.fans, people.dj, people.mod, people.nina]) one.close();
      await hub.close();
      await twitch.stop();
      await telegram.stop();
    },
  };
}

function insist(written: Written): void {
  if (!written.ok) throw new Error(`not posted: ${written.code}`);
}

async function enter(hub: TestHub) {
  const person = async (name: string, role?: 'dj' | 'admin'): Promise<Participant> =>
    participant(hub.wsUrl, await hub.user(name, role));
  // they speak and do not listen: a crowd of readers in this very process would slow everything down
  const fans: Client[] = [];
  for (let n = 0; n < FANS; n += 1) fans.push(createClient({ url: hub.wsUrl, token: await hub.user(`fan${n}`) }));
  return { fans, dj: await person('dj', 'admin'), mod: await person('mod', 'admin'), nina: await person('nina') };
}

/** Ids of the questions from the rooms, once they are here. */
async function questions(nina: Participant): Promise<{ readonly telegram: string; readonly twitch: string }> {
  const find = async (text: string): Promise<string | undefined> =>
    (await nina.page()).find(({ message }) => plainText(message.content.rich) === text)?.message.id;
  await expect
    .poll(async () => [await find(QUESTIONS.telegram), await find(QUESTIONS.twitch)])
    .not.toContain(undefined);
  return { telegram: (await find(QUESTIONS.telegram)) ?? '', twitch: (await find(QUESTIONS.twitch)) ?? '' };
}

function postsIn(group: FakeChat) {
  return [...group.messages.values()].filter(({ from }) => from === BOT.id).map(({ text, at }) => ({ text, at }));
}

async function wholeChannel({ client }: Participant) {
  const found: { readonly id: string; readonly text: string }[] = [];
  let before: number | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof client.history>> = await client.history('lobby', before, 100);
    if (!page.ok) throw new Error(page.say);
    found.push(
      ...page.value.messages.map(({ message }) => ({ id: message.id, text: plainText(message.content.rich) })),
    );
    before = page.value.messages.at(-1)?.seq ?? before;
    if (page.value.isEnd) return found.reverse();
  }
}
