import sharp from 'sharp';
import { expect } from 'vitest';
import { withoutBudget } from '../../bench/lib/without-budget.ts';
import { bridges } from '../../bridges/index.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { THIS_MACHINE } from '../media/rig.ts';
import { openDiscordPlace } from './golden-discord.ts';
import { openIrcPlace } from './golden-irc.ts';
import { openMatrixPlace } from './golden-matrix.ts';
import { type Act, changes, findIn, type Place, type PlaceName, type Shown } from './golden-place.ts';
import { slipmatPlace } from './golden-slipmat.ts';
import { openTelegramPlace } from './golden-telegram.ts';
import { openTwitchPlace } from './golden-twitch.ts';

/** What one act looks like everywhere else, and in the place itself where the hub says something there. */
export interface Outcome {
  readonly does: string;
  readonly sees: Readonly<Partial<Record<PlaceName, readonly string[]>>>;
}

export interface Stage {
  /** Null where people of that place have no such act, with the reason in its `ways`. */
  perform(origin: PlaceName, act: Act): Promise<Outcome | null>;
  wayOf(origin: PlaceName, act: Act): string | null;
  stop(): Promise<void>;
}

/** Who is answered: somebody of another platform, each in turn. */
const ANSWERED: Readonly<Record<PlaceName, PlaceName>> = {
  slipmat: 'discord',
  discord: 'twitch',
  twitch: 'telegram',
  telegram: 'irc',
  irc: 'matrix',
  matrix: 'slipmat',
};
const TITLES: Readonly<Record<PlaceName, string>> = {
  slipmat: 'Slipmat',
  discord: 'Discord',
  twitch: 'Twitch',
  telegram: 'Telegram',
  irc: 'IRC',
  matrix: 'Matrix',
};
const MARK = 'the end of act';

/** Six places on one channel of a real hub. Their platforms take whatever comes, so that nothing is summed up. */
export async function openStage(redisUrl: string | null): Promise<Stage> {
  const rooms: readonly Place[] = [
    await openDiscordPlace(),
    await openTwitchPlace(),
    await openTelegramPlace(),
    await openMatrixPlace(),
    await openIrcPlace(),
  ];
  const hub = await startTestHub({
    redisUrl,
    outside: THIS_MACHINE,
    builtIns: builtIns(),
    config: {
      publicUrl: 'https://chat.example',
      accounts: { signUp: 'open' },
      bridges: rooms.map(({ link }) => link?.bridge),
      portals: rooms.map(({ link }) => ({ channel: 'lobby', ...link?.portal })),
    },
  });
  for (const room of rooms) room.connect?.(hub.url);
  const token = await hub.user('nina');
  const nina = await participant(hub.wsUrl, token);
  const prompter = await participant(hub.wsUrl, await hub.user('prompter'));
  return stageOf(hub, slipmatPlace(hub.url, nina, token), rooms, prompter);
}

function builtIns(): BuiltIns {
  const irc = () => import('../../examples/irc/src/index.ts');
  const loaders = Object.entries({ ...bridges.bridges, irc });
  return {
    surfaces: bridges.surfaces,
    bridges: Object.fromEntries(
      loaders.map(([name, load]) => [name, async () => ({ default: withoutBudget((await load()).default) })]),
    ),
  };
}

function stageOf(hub: TestHub, web: Place, rooms: readonly Place[], prompter: Participant): Stage {
  const places = [web, ...rooms];
  let marks = 0;
  const place = (name: PlaceName): Place => {
    const found = places.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no place ${name}`);
    return found;
  };

  async function look(): Promise<ReadonlyMap<PlaceName, readonly Shown[]>> {
    return new Map(await Promise.all(places.map(async (one) => [one.name, await one.shown()] as const)));
  }

  /** All that was said before has arrived everywhere once this has: each room is served in order. */
  async function settled(): Promise<void> {
    marks += 1;
    const mark = `${MARK} ${marks}.`;
    await prompter.say(mark);
    for (const one of places) {
      await expect
        .poll(async () => (await one.shown()).some(({ text }) => text.includes(mark)), {
          message: `the end of act in ${one.name}`,
        })
        .toBe(true);
    }
  }

  /** Runs it, and waits until it is known in the web chat and all that follows has happened. */
  async function carriedOut(act: () => Promise<void>): Promise<void> {
    const before = stateOf(await web.shown());
    await act();
    await expect
      .poll(async () => stateOf(await web.shown()) !== before, { message: 'it is known in the web chat' })
      .toBe(true);
    await settled();
  }

  async function perform(origin: PlaceName, act: Act): Promise<Outcome | null> {
    const at = place(origin);
    const task = await taskOf(at, act);
    if (task === null) return null;
    const before = await look();
    await carriedOut(task.run);
    const after = await look();
    const sees: Partial<Record<PlaceName, readonly string[]>> = {};
    for (const { name } of places) {
      const isOrigin = name === origin;
      const shown = (from: ReadonlyMap<PlaceName, readonly Shown[]>): readonly Shown[] =>
        (from.get(name) ?? []).filter((one) => (!isOrigin || one.isOurs) && !one.text.includes(MARK));
      const found = changes(shown(before), shown(after));
      if (!isOrigin || found.length > 0) sees[name] = found;
    }
    return { does: task.does, sees };
  }

  async function taskOf(
    at: Place,
    act: Act,
  ): Promise<{ readonly does: string; readonly run: () => Promise<void> } | null> {
    const { acts } = at;
    const text = at.speaks(TEXTS[act](TITLES[at.name]));
    const first = async (): Promise<string> => (await findIn(at, TEXTS.first(TITLES[at.name]))).id;
    switch (act) {
      case 'message':
        return { does: `says "${text}"`, run: () => acts.says(text) };
      case 'reply': {
        const asking = ANSWERED[at.name];
        const question = TEXTS.question(TITLES[asking], TITLES[at.name]);
        await carriedOut(() => place(asking).acts.says(question));
        const { id } = await findIn(at, question);
        return {
          does: `answers "${question}", said on ${TITLES[asking]}: "${text}"`,
          run: () => acts.answers(id, text),
        };
      }
      case 'edit': {
        if (acts.edits === null) return null;
        const { edits } = acts;
        const id = await first();
        return { does: `edits it to "${text}"`, run: () => edits(id, text) };
      }
      case 'reaction': {
        if (acts.reacts === null) return null;
        const { reacts } = acts;
        const { id } = await findIn(at, TEXTS.question(TITLES[ANSWERED[at.name]], TITLES[at.name]));
        return {
          does: `reacts with 🔥 to the question from ${TITLES[ANSWERED[at.name]]}`,
          run: () => reacts(id, '🔥'),
        };
      }
      case 'image': {
        if (acts.postsImage === null) return null;
        const { postsImage } = acts;
        const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } })
          .png()
          .toBuffer();
        return { does: `posts a picture with "${text}"`, run: () => postsImage({ name: 'flyer.png', bytes }, text) };
      }
      case 'redaction': {
        const id = await first();
        return { does: at.ways.redaction ?? 'removes the first message', run: () => acts.takesAway(id) };
      }
    }
  }

  return {
    perform,
    wayOf: (origin, act) => place(origin).ways[act] ?? null,
    async stop() {
      prompter.close();
      await web.stop();
      await hub.close();
      for (const one of rooms) await one.stop();
    },
  };
}

const TEXTS = {
  first: (from: string) => `from ${from}, `,
  question: (from: string, to: string) => `Which track is this? asks ${from} for ${to}`,
  message: (from: string) => `**Hello** from ${from}, _all_ of ~~them~~ you: ||surprise|| @everyone`,
  reply: (from: string) => `It is Kool, says ${from}`,
  edit: (from: string) => `**Hello again** from ${from}, @everyone`,
  reaction: () => '',
  image: (from: string) => `The flyer of ${from}`,
  redaction: () => '',
} as const;

function stateOf(shown: readonly Shown[]): string {
  return JSON.stringify(shown.map(({ id, line, reactions }) => [id, line, reactions]));
}
