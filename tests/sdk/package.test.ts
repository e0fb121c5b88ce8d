import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBridge } from '../../core/cli/new-bridge.ts';
import { link, type Packed, packed, runTool } from './packed.ts';

let hub: Packed;
beforeAll(async () => {
  hub = await packed();
  // the ids of messages are made by it; it has no dependencies
  hub.add('uuidv7');
}, 300_000);
afterAll(() => hub?.remove());

const load = (module: string) =>
  runTool('node', ['-e', `import('${module}').then((m) => console.log(Object.keys(m).sort().join(' ')))`], hub.folder);

describe('V3: the package, with neither a platform library nor a database beside it,', () => {
  it('is alone', () => {
    for (const name of ['better-sqlite3', 'ioredis', 'discord.js', 'grammy', 'fastify', 'ws', 'pino', 'zod']) {
      expect(existsSync(join(hub.folder, 'node_modules', name))).toBe(false);
      expect(existsSync(join(hub.folder, 'node_modules/slipmat-hub/node_modules', name))).toBe(false);
    }
  });

  it('gives authors the plugin interface', async () => {
    expect((await load('slipmat-hub/plugin')).split(/\s/)).toEqual(
      expect.arrayContaining([
        'BridgeError',
        'ConfigError',
        'defineBridge',
        'isBridgeError',
        'plainText',
        'readConfig',
      ]),
    );
  });

  it('gives authors the contract kit', async () => {
    expect((await load('slipmat-hub/contract')).trim().split(/\s/)).toEqual([
      'contractCases',
      'contractTests',
      'skipReason',
    ]);
  });

  it('would not load what needs more', async () => {
    await expect(load('./node_modules/slipmat-hub/dist/core/hub.js')).rejects.toThrow(/ERR_MODULE_NOT_FOUND/);
  });
});

describe('V3: a bridge made by new-bridge', () => {
  const inNew = (name: string) => join(hub.folder, `hub-bridge-${name}`);

  beforeAll(() => {
    hub.add('zod');
    for (const name of ['@types/node', 'undici-types', 'typescript']) link(hub.folder, name);
  });

  it('builds, and passes the contract kit as it was made', async () => {
    const packageRoot = join(hub.folder, 'node_modules/slipmat-hub');
    makeBridge({ name: 'fizz-chat', folder: inNew('fizz-chat'), taken: [], version: '0.1.0', packageRoot });
    const manifest = JSON.parse(readFileSync(join(inNew('fizz-chat'), 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'hub-bridge-fizz-chat', peerDependencies: { 'slipmat-hub': '^0.1.0' } });
    await runTool('npm', ['run', 'build'], inNew('fizz-chat'));
    const built = await runTool(
      'node',
      ['-e', "import('./dist/index.js').then((m) => console.log(m.default.platform))"],
      inNew('fizz-chat'),
    );
    expect(built.trim()).toBe('fizz-chat');
    const report = await runTool('npm', ['test'], inNew('fizz-chat'));
    expect(report).toMatch(/ fail 0\n/);
    expect(Number(/ pass (\d+)\n/.exec(report)?.[1])).toBeGreaterThan(35);
    // what is left out says why
    expect(report).toMatch(
      /finds a post that arrived.*# SKIP the bridge has no find|﹣ finds a post.*the bridge has no find/,
    );
  });

  it('fails its tests when the bridge is broken', async () => {
    const packageRoot = join(hub.folder, 'node_modules/slipmat-hub');
    makeBridge({ name: 'buzz', folder: inNew('buzz'), taken: [], version: '0.1.0', packageRoot });
    const file = join(inNew('buzz'), 'src/decode.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('if (author.id === botId) return null;', ''));
    const report = await runTool('npm', ['test'], inNew('buzz')).catch((error: unknown) => String(error));
    expect(report).toMatch(/(✖|not ok).*its own posts never come back/);
  });
});
