import { afterEach, expect, it } from 'vitest';
import { cleanUp, newFolder, run } from '../cli/run-cli.ts';
import { startTestHub } from '../fakes/hub.ts';
import { caller } from './rig.ts';

afterEach(cleanUp);

it('an operator makes, lists and ends tokens, and they are good in the hub', async () => {
  const env = { DATA_DIR: newFolder(), LOG_LEVEL: 'silent' };
  const hub = await startTestHub({ dataDir: env.DATA_DIR });
  await hub.user('ann');
  await hub.stop();
  const made = await run(
    ['token', 'create', 'my bot', '--for', 'ann', '--scope', 'read', 'post', '--channel', 'lobby', '--days', '30'],
    env,
  );
  expect([made.stderr, made.code]).toEqual(['', 0]);
  const secret = /slip_\S+/.exec(made.stdout)?.[0] ?? '';
  expect(made.stdout).toMatch(/^\S+ {2}ann {2}my bot {2}\(read, post; lobby alone; until \d{4}-\d\d-\d\d\)\n/);
  const listed = await run(['token', 'list', 'ann', '--json'], env);
  expect(JSON.parse(listed.stdout)).toMatchObject({ name: 'my bot', scopes: ['read', 'post'], channel: 'lobby' });
  expect(listed.stdout).not.toContain(secret.slice(-43));
  const wrong = await run(['token', 'create', 'x', '--for', 'ann', '--scope', 'everything'], env);
  expect(wrong.stderr).toContain('There is no scope everything. Known: read, history, post,');
  expect((await run(['token', 'create', 'x', '--for', 'bob', '--scope', 'read'], env)).stderr).toContain('Nobody here');

  const again = await startTestHub({ dataDir: env.DATA_DIR });
  expect((await caller(again.url, secret)('GET', '/me')).body).toMatchObject({ name: 'ann' });
  await again.stop();
  const { id } = JSON.parse(listed.stdout);
  expect((await run(['token', 'revoke', id], env)).stdout).toContain('good for nothing');
  expect((await run(['token', 'list'], env)).stdout).toBe('There are no tokens.\n');
  expect((await run(['token', 'revoke', id], env)).code).not.toBe(0);
});
