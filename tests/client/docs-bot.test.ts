import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, markupText } from '../../client/index.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'slipmat-bot-'));
let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/slipmat-hub'));
  const text = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8');
  writeFileSync(join(folder, 'bot.mjs'), /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

it('the bot of docs/protocol.md, run as it stands there, answers', async () => {
  await hub.user('pingbot');
  const child = spawn(process.execPath, ['--conditions=source', 'bot.mjs'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HUB: hub.url, BOT_PASSWORD: 'pingbot has a long password' },
    stdio: 'pipe',
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise((done) => child.once('close', done));
  const ann = createClient({ url: hub.wsUrl, token: await hub.user('Ann') });
  try {
    await ann.join('lobby');
    await expect.poll(() => said).toBe('in the lobby\n');
    const heard: unknown[] = [];
    ann.on('channel', (event) => {
      if (event.type !== 'message' || event.message.author.name !== 'pingbot') return;
      heard.push([markupText(event.message.content.rich), event.message.replyTo?.name]);
    });
    await ann.post({ channel: 'lobby', text: 'hello' }).done;
    await ann.post({ channel: 'lobby', text: '!ping' }).done;
    await expect.poll(() => heard).toEqual([['pong', 'Ann']]);
  } finally {
    ann.close();
    child.kill();
    await ended;
  }
});
