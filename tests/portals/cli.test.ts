import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { cleanUp, newFolder, run, startHubProcess } from '../cli/run-cli.ts';
import { codeIn } from './rig.ts';

afterEach(cleanUp);

/** A bridge that cannot be loaded is enough: what is linked is kept all the same. */
function environment(): Readonly<Record<string, string>> {
  return {
    DATA_DIR: newFolder(),
    LOG_LEVEL: 'silent',
    SLIPMAT_BRIDGES: JSON.stringify([{ id: 'main-irc', use: '@nobody/has-this' }]),
    SLIPMAT_PORTALS: JSON.stringify([{ channel: 'lobby', bridge: 'main-irc', room: '#configured', notice: false }]),
  };
}
const first = (line: string): string => line.split(' ')[0] ?? '';

it('links, changes and unlinks rooms of a hub that does not run, and finds it all when it does', async () => {
  const env = environment();
  const added = await run(['portal', 'add', 'lobby', 'main-irc', '#techno', '--reach', 'timeouts'], env);
  expect(added.stderr).toBe('');
  expect(added.stdout).toContain('lobby <-> main-irc #techno  (reach timeouts)');
  const id = first(added.stdout);
  expect((await run(['portal', 'set', id, '--direction', 'in', '--prefix', '?'], env)).stdout).toContain('lobby <-');
  expect((await run(['portal', 'pause', id], env)).stdout).toContain('(paused, reach timeouts)');
  const hub = await startHubProcess(env);
  const listed = (await run(['portal', 'list'], env)).stdout.trimEnd().split('\n');
  expect(listed.map((line) => line.slice(first(line).length))).toEqual([
    '  lobby <-> main-irc #configured  (configured)',
    '  lobby <- main-irc #techno  (paused, reach timeouts)',
  ]);
  expect(JSON.parse((await run(['portal', 'list', '--json'], env)).stdout.split('\n')[1] ?? '')).toMatchObject({
    id,
    room: '#techno',
    prefix: '?',
    isPaused: true,
    source: 'linked',
  });
  expect((await run(['portal', 'resume', id], env)).stdout).not.toContain('paused');
  expect((await run(['portal', 'remove', id], env)).stdout).toContain('no longer linked');
  expect((await run(['portal', 'remove', first(listed[0] ?? '')], env)).stderr).toContain('configuration');
  hub.child.kill('SIGTERM');
  await hub.finished;
});

it('makes a code, and says what is wrong with what it is given', async () => {
  const env = environment();
  const code = await run(['portal', 'code', 'lobby', '--bridge', 'main-irc'], env);
  expect(codeIn(code.stdout)).not.toBe('');
  expect(readFileSync(`${env.DATA_DIR}/hub.sqlite`).includes(codeIn(code.stdout))).toBe(false);
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['portal', 'code', 'nowhere'], 'There is no such channel.'],
    [['portal', 'add', 'lobby', 'other', '#a'], 'There is no bridge other in the configuration. Known: main-irc.'],
    [['portal', 'add', 'lobby', 'main-irc', '#a', '--direction', 'up'], 'Known: both, in, out.'],
    [['portal', 'add', 'lobby', 'main-irc', '#configured'], 'linked with that channel already'],
    [['portal', 'pause', 'ffff'], 'There is no portal ffff.'],
  ];
  for (const [args, say] of wrong) {
    const { code: exit, stderr } = await run(args, env);
    expect(stderr).toContain(say);
    expect(exit).not.toBe(0);
  }
});
