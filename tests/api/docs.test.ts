import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainText } from '../../core/domain/content.ts';
import { SCOPES } from '../../core/domain/scopes.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import { type ApiStage, apiStage } from './rig.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
let hub: ApiStage;
let env: Record<string, string>;

beforeAll(async () => {
  hub = await apiStage();
  const dj = await hub.user('kool', 'dj');
  await hub.user('ann');
  const { channels } = (await hub.as(dj)('GET', '/channels')).body;
  const channel: string = channels.find(({ kind }: { kind: string }) => kind === 'dj').id;
  env = {
    PATH: process.env.PATH ?? '',
    HUB: hub.url,
    NAME: 'ann',
    PASSWORD: 'ann has a long password',
    CHANNEL: channel,
    MANAGE: await hub.token(dj, { scopes: ['webhooks:manage'], channel }),
  };
});
afterAll(() => hub.close());

function run(program: string, words: readonly string[], more: Record<string, string>) {
  const child = spawn(program, words, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { said: () => said, ended, stop: () => child.kill() };
}

it('the curl lines of docs/api.md do what the page says, one after the other', async () => {
  const blocks = [...page.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, lines]) => lines ?? '');
  // a stand-in for jq: prints one field
  const jq = `jq() { ${process.execPath} -e 'let t="";process.stdin.on("data",(d)=>t+=d).on("end",()=>console.log(JSON.parse(t)[process.argv[1].slice(1)]))' "$2"; }`;
  const stream = /^curl -sN .*$/m;
  const script = blocks.map((block) => block.replace(stream, '$& > /dev/null || [ $? -eq 28 ]')).join('\n');
  const shell = run('bash', ['-euo', 'pipefail', '-c', `${jq}\n${script}`], {});
  expect([await shell.ended, shell.said()]).toEqual([0, expect.stringContaining('"outcome":"posted"')]);
  const ann = await hub.user('ann');
  const said = JSON.stringify((await hub.as(ann)('GET', `/channels/${env.CHANNEL}/messages`)).body);
  for (const text of ['Doors are', 'Build passed', 'decks #12']) expect(said).toContain(text);
});

it('its table has every scope', () => {
  for (const scope of SCOPES) expect(page).toContain(`| \`${scope}\` |`);
});

it('V1: the bot of examples/bot, run as it stands there by a developer, answers once and ends with its token', async () => {
  const file = join(ROOT, 'examples/bot/bot.mjs');
  const code = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /\w/.test(line) && !line.startsWith('//'));
  expect(code.length).toBeLessThanOrEqual(20);
  const dev = await hub.user('dev');
  const made = await hub.as(dev)('POST', '/tokens', { name: 'bot', scopes: ['read', 'post'] });
  const bot = run(process.execPath, [file], { TOKEN: made.body.secret, CHANNEL: 'lobby' });
  await expect.poll(bot.said).toBe('in lobby\n');
  const ann = hub.as(await hub.user('ann'));
  await ann('POST', '/channels/lobby/messages', { text: 'hello' });
  await ann('POST', '/channels/lobby/messages', { text: '!ping' });
  const pongs = async () => {
    const { messages } = (await ann('GET', '/channels/lobby/messages')).body;
    return (messages as readonly HistoryMessage[])
      .filter(({ message }) => plainText(message.content.rich) === 'pong')
      .map(({ message }) => [message.author.name, message.replyTo?.name]);
  };
  await expect.poll(pongs).toEqual([['dev', 'ann']]);
  await hub.as(dev)('DELETE', `/tokens/${made.body.token.id}`);
  expect(await bot.ended).toBe(1);
  expect(bot.said()).toContain('There is no such token, or it was revoked.');
});
