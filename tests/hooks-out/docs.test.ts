import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOOK_KINDS } from '../../core/plugin/asked/hooks-out.ts';
import { type ApiStage, apiStage } from '../api/rig.ts';
import { THIS_MACHINE } from '../media/rig.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
let hub: ApiStage;
let to: Receiver;

beforeAll(async () => {
  hub = await apiStage({ outside: THIS_MACHINE });
  to = await startReceiver();
});
afterAll(async () => {
  to.stop();
  await hub.close();
});

it('the curl lines of docs/webhooks.md do what the page says, and its sample verifies what came', async () => {
  const session = await hub.user('kool', 'dj');
  const { channels } = (await hub.as(session)('GET', '/channels')).body;
  const channel: string = channels.find(({ kind }: { kind: string }) => kind === 'dj').id;
  const manage = await hub.token(session, { scopes: ['webhooks:manage'], channel });
  const env = { PATH: process.env.PATH ?? '', HUB: hub.url, CHANNEL: channel, MANAGE: manage, TARGET: to.url };
  const jq = `jq() { ${process.execPath} -e 'let t="";process.stdin.on("data",(d)=>t+=d).on("end",()=>console.log(process.argv[1].slice(1).split(".").reduce((o,k)=>o[k],JSON.parse(t))))' "$2"; }`;
  const script = `${jq}\n${block('bash')}\necho; echo "$MADE"`;
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(shell, 'close');
  expect([code, said]).toEqual([0, expect.stringContaining('"arrived":true')]);
  const { secret } = JSON.parse(said.trim().split('\n').at(-1) ?? '');
  const { isGood } = await import(`data:text/javascript,${encodeURIComponent(block('js'))}`);
  const [got] = to.got;
  expect(isGood(got?.headers, got?.raw, secret)).toBe(true);
  expect(isGood(got?.headers, `${got?.raw} `, secret)).toBe(false);
  expect(isGood(got?.headers, got?.raw, secret, Date.now() + 600_000)).toBe(false);
});

it('its table has every kind', () => {
  for (const kind of HOOK_KINDS) expect(page).toMatch(new RegExp(`^\\| .*\`${kind.replace('.', '\\.')}\``, 'm'));
});
