/* Makes docs/pictures and docs/pictures.md from the real hub: `npm run pictures [-- NAME...]`. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestHub, type TestHub } from '../../fakes/hub.ts';
import { freePort } from '../../fakes/ports.ts';
import { THIS_MACHINE } from '../../media/rig.ts';
import { builtWeb } from '../build-web.ts';
import { ourChromium } from '../chromium.ts';
import { drawArt } from './art.ts';
import { type Camera, createCamera, PICTURES, type Visit } from './camera.ts';
import { type Cast, CHANNEL, gather, type Name, OTHER } from './cast.ts';
import { openClub } from './club.ts';
import { LAST_WORDS, SHOWN_AT, spend } from './evening.ts';
import { type EveningTime, startEvening } from './evening-time.ts';
import { type Shown, writeGallery } from './gallery.ts';
import { SCENES } from './scenes.ts';

const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.some((one) => name.startsWith(one));

async function main(): Promise<void> {
  const time = startEvening(SHOWN_AT);
  const art = await drawArt();
  const webRoot = await builtWeb();
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-pictures-'));
  const club = await openClub(CHANNEL);
  const port = await freePort();
  const config = {
    port,
    limits: { apiPerMinute: 100_000, postsPerSecond: 1_000, postBurst: 10_000, maxConnectionsPerAddress: 20_000 },
    library: { titles: false },
    moderation: { rules: 'standard' },
    ...club.config,
  };
  const open = (more: object): Promise<TestHub> =>
    startTestHub({ dataDir, webRoot, outside: THIS_MACHINE, config: { ...config, ...more } });
  // the channel of a DJ is there before rooms can be linked with it
  const before = await open({ bridges: [], portals: [] });
  await before.user('Selecta', 'dj');
  await before.stop();
  const hub = await open({});
  club.connect(hub.url);
  const browser = await ourChromium();
  try {
    const cast = await gather(hub);
    await spend(cast, club, time, art);
    const shots = { camera: createCamera(browser, art), hub, cast, time };
    const shown = await shootAll(shots);
    writeGallery(shown);
    dropOld(new Set(shown.map(({ name }) => name)));
    cast.close();
  } finally {
    await browser.close();
    await hub.close();
    await club.stop();
  }
}

interface Shots {
  readonly camera: Camera;
  readonly hub: TestHub;
  readonly cast: Cast;
  readonly time: EveningTime;
}

async function shootAll(shots: Shots): Promise<readonly Shown[]> {
  const { camera, hub, cast, time } = shots;
  const visit = (who: Name | null, path: string, kept: Visit['kept'] = {}): Visit => {
    const session = who === null ? null : { token: cast.tokenOf(who), name: who };
    return { url: hub.url, path, session, now: time.shownAt, kept };
  };
  const shown: Shown[] = [];
  /** One that fails leaves its old pictures and does not keep the others from being taken. */
  const shoot = async (one: Shown, take: () => Promise<readonly string[]>): Promise<void> => {
    shown.push(one);
    if (!isWanted(one.name)) return;
    time.again(SHOWN_AT);
    const complaints = await take().catch((error: unknown) => [`${one.name}: ${error}`]);
    console.log([one.name, ...complaints].join('\n  '));
    if (complaints.length > 0) process.exitCode = 1;
  };
  for (const scene of SCENES) {
    await shoot(scene, () => camera.take(scene.name, visit(scene.who, scene.path), scene.go));
  }
  const overlay = { name: 'overlay', title: 'The overlay', shows: 'The chat of a channel as a layer over a video' };
  await shoot(overlay, () =>
    camera.takeOverlay(overlay.name, visit(null, `/overlay?channel=${CHANNEL}&max=9&size=22`), async (page) => {
      await page.getByText(LAST_WORDS).waitFor();
    }),
  );
  for (const { id, title } of await panelsOf(camera, visit('mia', '/console'))) {
    const panel = { name: `console-${id}`, title: `Console: ${title}`, shows: `The console with the part ${title}` };
    const kept = { [CHOSEN]: id === 'live' ? OTHER : CHANNEL };
    await shoot(panel, () =>
      camera.take(panel.name, visit('mia', `/console#${id}`, kept), async (page) => {
        await page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
        await page.getByText('Loading…').waitFor({ state: 'detached' });
      }),
    );
  }
  return shown;
}

/** Where the console keeps the channel that was chosen last. */
const CHOSEN = 'slipmat.kept slipmat.console.channel';

/** As the console itself lists them. */
async function panelsOf(
  camera: Camera,
  visit: Visit,
): Promise<readonly { readonly id: string; readonly title: string }[]> {
  const page = await camera.open(visit);
  const links = page.getByRole('navigation', { name: 'Parts of the console' }).getByRole('link');
  await links.first().waitFor();
  const found = await links.evaluateAll((all) =>
    all.map((one) => ({
      id: (one.getAttribute('href') ?? '').split('#')[1] ?? '',
      title: one.textContent?.trim() ?? '',
    })),
  );
  await page.context().close();
  return found;
}

/** Pictures of what is not there any more. */
function dropOld(names: ReadonlySet<string>): void {
  for (const file of readdirSync(PICTURES)) {
    const name = /^(.+)-(?:light|dark)-(?:1280|390)\.(?:webp|png)$/.exec(file)?.[1];
    if (name !== undefined && (!names.has(name) || file.endsWith('.png'))) rmSync(join(PICTURES, file));
  }
}

// When time jumps, requests under way end early, and a stand-in is left with half of one.
process.on('unhandledRejection', (error) => {
  if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error;
});
await main();
