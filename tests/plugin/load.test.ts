import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import { type BuiltIns, loadPlugin, PluginError } from '../../core/plugin/load.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import fakeRoom from '../fakes/fake-room-bridge.ts';

const SCOPE = `@load-test-${process.pid}`;
const FOLDER = join(import.meta.dirname, '../../node_modules', SCOPE);
const SECRET = 's3cret-t0ken';
const NONE: BuiltIns = { bridges: {}, surfaces: {} };
const ports = { hub: {} as HubPort, surface: () => ({ isSurface: true }) as unknown as SurfacePort };

/** A real package beside the hub's other dependencies. */
function install(name: string, source: string): string {
  const folder = join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  const manifest = { name: `${SCOPE}/${name}`, type: 'module', exports: './index.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'index.js'), source);
  return manifest.name;
}
const PARTS = "apiVersion: 1, platform: 'acme', exampleConfig: '', parseConfig: (c) => c";
const BRIDGE =
  "({ placement: 'one-hub', delivery: 'courier', async start() {}, async stop() {}, capabilities: () => ({}) })";

beforeAll(() => mkdirSync(FOLDER, { recursive: true }));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

async function failure(attempt: () => Promise<unknown>): Promise<PluginError> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof PluginError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
const loading = (use: string, builtIns = NONE) => failure(() => loadPlugin(use, builtIns));
const creating = (plugin: object, config: unknown) =>
  failure(async () => (await loadPlugin('x', { ...NONE, bridges: { x: async () => plugin } })).create(config, ports));

it('loads an npm package by its name', async () => {
  const name = install('good', `export default { ${PARTS}, create: () => ${BRIDGE} };`);
  const plugin = await loadPlugin(name, NONE);
  expect(plugin.platform).toBe('acme');
  expect(plugin.create({}, ports).placement).toBe('one-hub');
});

it('loads a built-in by its name, and gives a surface port to surfaces alone', async () => {
  const seen: unknown[] = [];
  const plugin = {
    ...fakeRoom,
    create(_: unknown, port: unknown) {
      seen.push(port);
      return fakeRoom.create({} as never, {} as never);
    },
  };
  const config = { port: 1, token: SECRET };
  (await loadPlugin('a', { bridges: { a: async () => ({ default: plugin }) }, surfaces: {} })).create(config, ports);
  (await loadPlugin('a', { bridges: {}, surfaces: { a: async () => plugin } })).create(config, ports);
  expect(seen).toEqual([ports.hub, { isSurface: true }]);
});

describe('says at which step it failed and how to mend it:', () => {
  it.each([
    './local.js',
    '/etc/passwd',
    'file:///x.js',
    'data:text/javascript,1',
    'node:fs',
    'fs',
    '__proto__',
    'A B',
    '',
  ])('import, for %j, which is no package name', async (use) => {
    const error = await loading(use, { ...NONE, bridges: { irc: async () => fakeRoom } });
    expect(error.step).toBe('import');
    expect(error.message).toContain('irc');
  });

  it('import, for a package that is not installed', async () => {
    const error = await loading('nobody-made-this-package');
    expect(error).toMatchObject({
      step: 'import',
      message: expect.stringContaining('npm install nobody-made-this-package'),
    });
  });

  it('import, for a package that breaks while loading', async () => {
    const error = await loading(install('broken', 'throw new Error("boom");'));
    expect(error.step).toBe('import');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each([
    ['nothing', 'export default null;'],
    ['no platform', "export default { apiVersion: 1, exampleConfig: '', parseConfig() {}, create() {} };"],
    ['false label', `export default { ${PARTS}, label: 'IRC] Ann: ', create() {} };`],
    ['no create', `export default { ${PARTS} };`],
  ])('shape, for %s', async (name, source) => {
    expect((await loading(install(name.replace(' ', '-'), source))).step).toBe('shape');
  });

  it('api version, for a plugin of another one', async () => {
    const error = await loading(install('newer', 'export default { apiVersion: 2 };'));
    expect(error.step).toBe('api-version');
    expect(error.message).toMatch(/plugin API 2.*hub has 1/);
  });

  it('config, naming the field', async () => {
    const error = await creating(fakeRoom, { port: 1 });
    expect(error.step).toBe('config');
    expect(error.message).toContain('token: must be the token of the fake room');
  });

  it('create, for a bridge that does not say where it runs', async () => {
    const error = await creating({ ...fakeRoom, create: () => ({}) }, { port: 1, token: SECRET });
    expect(error).toMatchObject({ step: 'create', message: expect.stringContaining('placement') });
  });

  it('create, for a courier bridge on every hub', async () => {
    const create = () => ({ placement: 'each-hub', delivery: 'courier' });
    expect((await creating({ ...fakeRoom, create }, { port: 1, token: SECRET })).message).toContain('on one hub');
  });
});

describe('never echoes a value of the configuration', () => {
  const config = { port: 1, token: SECRET, deep: [{ key: 'an0ther-secret' }] };
  const throwing = (error: unknown) => () => {
    throw error;
  };
  it('when parseConfig throws something of its own', async () => {
    const { message, cause } = await creating(
      { ...fakeRoom, parseConfig: throwing(new Error(`bad ${SECRET}`)) },
      config,
    );
    expect(message).not.toContain(SECRET);
    expect(cause).toBe(undefined);
  });
  it('when a ConfigError does it against its promise', async () => {
    const careless = Object.assign(new Error(`token: bad value ${SECRET}, an0ther-secret`), {
      name: 'ConfigError',
      path: 'token',
      mend: '',
    });
    const { message } = await creating({ ...fakeRoom, parseConfig: throwing(careless) }, config);
    expect(message).toContain('token: bad value [value], [value]');
  });
  it('when create throws', async () => {
    const plugin = { ...fakeRoom, parseConfig: () => ({}), create: throwing(new Error(`no ${SECRET}`)) };
    const { message } = await creating(plugin, config);
    expect(message).toContain('could not build its bridge: no [value]');
  });
});
