/* Makes docs/pictures/chat-{light,dark}-{1280,390}.png from the real hub: `node tests/browser/screenshots.ts`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../client/index.ts';
import { createClient } from '../../client/index.ts';
import { DESKTOP, PHONE, type ViewOptions } from './chromium.ts';
import { createElsewhere, type Elsewhere } from './platforms.ts';
import { openStage, type Stage } from './stage.ts';

const CHANNEL = 'dj-selecta';
const PICTURES = join(import.meta.dirname, '../../docs/pictures');
const CAST = {
  Selecta: 'dj',
  'Kool Herta': 'dj',
  mia: 'admin',
  Ana: null,
  'Jo Okafor': null,
  ben: null,
  Nils: null,
} as const;
type Name = keyof typeof CAST;

async function main(): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  const elsewhere = createElsewhere(['discord', 'twitch', 'telegram'], CHANNEL);
  const stage = await openStage({ builtIns: elsewhere.builtIns, config: elsewhere.config });
  try {
    await stage.hub().user('Selecta', 'dj');
    await stage.stopHub();
    await stage.startHub();
    const cast = await gather(stage);
    await converse(cast, elsewhere);
    const chatter = cast.get('ben');
    if (chatter === undefined) throw new Error('nobody is there');
    for (const theme of ['light', 'dark'] as const) {
      await shoot(stage, chatter, { ...DESKTOP, theme, scale: 1.5 }, `chat-${theme}-1280`);
      await shoot(stage, chatter, { ...PHONE, theme, scale: 2 }, `chat-${theme}-390`);
    }
    for (const client of cast.values()) client.close();
  } finally {
    await stage.close();
    await stage.browser.close();
  }
}

async function gather(stage: Stage): Promise<Map<Name, Client>> {
  const cast = new Map<Name, Client>();
  for (const [name, role] of Object.entries(CAST) as [Name, 'dj' | 'admin' | null][]) {
    const token = await stage.hub().user(name, role ?? undefined);
    const client = createClient({ url: stage.hub().wsUrl, token });
    await client.join(CHANNEL);
    cast.set(name, client);
  }
  return cast;
}

async function converse(cast: Map<Name, Client>, elsewhere: Elsewhere): Promise<void> {
  const says = async (name: Name, text: string, replyTo: string | null = null, channel = CHANNEL): Promise<string> => {
    const written = await cast.get(name)?.post({ channel, text, replyTo }).done;
    if (written?.ok !== true || written.value.message === null) throw new Error(`${name} could not say it`);
    return written.value.message;
  };
  const reacts = async (message: string, emoji: string, names: readonly Name[]): Promise<void> => {
    for (const name of names) await cast.get(name)?.react(CHANNEL, message, emoji, true);
  };
  await says('mia', 'Doors are open. Selecta from nine, and it goes on until nobody is left.');
  await says('ben', 'front left by the speaker as always');
  await elsewhere.says('discord', 'tamsin', 'evening all! stream is crystal clear over here');
  await says('Ana', 'oh no, I missed the first ten minutes');
  await elsewhere.says('telegram', 'Иван', 'звук отличный, спасибо!');
  await says('Jo Okafor', 'Set list so far\n> Intro (dubplate)\n> Anti War Dub\n> Haunted');
  await says('Nils', 'Greetings from the kitchen, we have eleven people dancing around a fridge');
  const bass = await says('Ana', 'oh this bassline 🔥');
  await reacts(bass, '🔥', ['ben', 'mia', 'Jo Okafor', 'Kool Herta', 'Selecta']);
  await reacts(bass, '💯', ['Nils', 'ben']);
  await says('Ana', 'somebody tell me what it is');
  await elsewhere.says('twitch', 'vinylrat', 'that needle drop was so clean');
  const answer = await says(
    'Kool Herta',
    'Early Digital Mystikz, on the first pressing. I have been after a copy for *ten years*.',
    bass,
  );
  await reacts(answer, '❤️', ['Ana', 'Selecta', 'Jo Okafor']);
  await says('Jo Okafor', 'Here is the label page: https://example.org/releases/dmz-001');
  await elsewhere.says('twitch', 'vinylrat', 'ten years!! there is one going in Leeds');
  await says('ben', 'second half of this is ||where the amen comes in||, be ready');
  await elsewhere.says('discord', 'tamsin', 'my neighbours know every track by now');
  await says('mia', 'Be kind to the new people in here, please. There are a lot of you tonight 👋');
  const fridge = await says('Selecta', 'This one goes out to the fridge.');
  await reacts(fridge, '🕺', ['Ana', 'Nils', 'mia', 'ben']);
  await reacts(fridge, '🙌', ['Jo Okafor', 'Kool Herta']);
}

async function shoot(stage: Stage, chatter: Client, view: ViewOptions, name: string): Promise<void> {
  const { page, context } = await stage.person('Ana', { view, path: `/c/${CHANNEL}` });
  await page.getByText('This one goes out to the fridge').waitFor();
  if (!view.isTouch) await page.getByRole('heading', { name: /^Here now/ }).waitFor();
  // Somebody speaks elsewhere meanwhile: the list shows it.
  await chatter.post({ channel: 'lobby', text: 'Anybody on the way over?' }).done;
  await page.locator('.unread').first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  await context.close();
}

await main();
