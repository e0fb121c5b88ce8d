import './overlay.css';
import { createClient } from '../../client/index.ts';
import { demoEvents } from './demo.ts';
import { createStage } from './draw.ts';
import { readOptions } from './options.ts';
import { createScene } from './scene.ts';

/** A token that is not good now may be again: the hub was restored, or somebody made it anew. */
const TRY_AGAIN_MS = 60_000;
const PAGE = 50;

const root = document.getElementById('overlay');
if (root === null) throw new Error('the page has no #overlay');
const { options, problems } = readOptions(location.search);
for (const problem of problems) console.warn(`overlay: ${problem}`);
const scene = createScene(options);
const stage = createStage(root, options);
let cancel: (() => void) | null = null;

/** Since the page began, whatever happens to the clock on the wall. */
function elapsed(): number {
  return performance.now();
}

function show(): void {
  cancel?.();
  cancel = null;
  const at = elapsed();
  stage.draw(scene.rows(at));
  const next = scene.nextChange(at);
  if (next === null) return;
  const timer = setTimeout(show, Math.max(1, next - at));
  cancel = () => clearTimeout(timer);
}

/** Runs for days with nobody before it: it says nothing on the stream, and never gives up. */
function follow(token: string | null): void {
  const url = `${location.origin.replace(/^http/, 'ws')}/ws`;
  const client = createClient({ url, token });
  client.on('channel', (event) => {
    scene.take(event, elapsed());
    show();
  });
  client.on('channels', (channels) => {
    stage.colour(channels.find(({ id }) => id === options.channel)?.accent ?? null);
  });
  client.on('removed', ({ say }) => console.warn(`overlay: ${say}`));
  client.on('state', (state) => {
    if (state.kind !== 'signed-out') return;
    console.warn(`overlay: ${state.say}`);
    setTimeout(() => client.signIn(token), TRY_AGAIN_MS);
  });
  async function join(): Promise<void> {
    const joined = await client.join(options.channel, PAGE);
    if (joined.ok) return;
    console.warn(`overlay: ${joined.say}`);
    if (joined.code === 'not-found') setTimeout(() => void join(), TRY_AGAIN_MS);
  }
  void join();
}

if (options.isDemo) {
  for (const event of demoEvents()) scene.take(event, elapsed());
  show();
} else {
  const token = location.hash.slice(1);
  follow(token === '' ? null : token);
}
