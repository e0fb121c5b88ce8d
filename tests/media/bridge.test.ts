import { afterEach, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import type { Logger } from '../../core/ops/log.ts';
import { type Bridge, defineBridge, type HubPort } from '../../core/plugin/index.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import type { MediaTaken } from '../../core/plugin/media.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { type Source, startSource, THIS_MACHINE } from './rig.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A bridge that does nothing but hand over its port. */
function portOf(): { readonly builtIns: BuiltIns; port(): HubPort } {
  let port: HubPort | null = null;
  const plugin = defineBridge({
    apiVersion: 1,
    platform: 'nowhere',
    exampleConfig: '{}',
    parseConfig: () => ({}),
    create(_config, hub): Bridge {
      port = hub;
      return {
        placement: 'one-hub',
        delivery: 'courier',
        start: async () => hub.status(null, { kind: 'live' }),
        stop: async () => {},
        capabilities: () => ({}),
      };
    },
  });
  return {
    builtIns: { ...bridges, bridges: { ...bridges.bridges, nowhere: async () => ({ default: plugin }) } },
    port() {
      if (port === null) throw new Error('the bridge was not made');
      return port;
    },
  };
}

async function start(
  options: TestHubOptions = {},
): Promise<{ readonly hub: TestHub; readonly source: Source; put(): Promise<MediaTaken> }> {
  const { builtIns, port } = portOf();
  const config = { bridges: [{ id: 'near', use: 'nowhere' }] };
  const hub = await startTestHub({ builtIns, config, ...options });
  opened.push(hub);
  const source = await startSource((_request, response) => response.end('a set list'));
  opened.push(source);
  const offer = { name: 'set.txt', bytes: null, alt: null, isSpoiler: false };
  const put = (): Promise<MediaTaken> =>
    port().media.put(
      { ...offer, source: { kind: 'url', url: `${source.url}/token-in-link` } },
      new AbortController().signal,
    );
  return { hub, source, put };
}

it('what a bridge hands over is served by the hub', async () => {
  const { hub, put } = await start({ outside: THIS_MACHINE });
  const taken = await put();
  if (!taken.ok) throw new Error(taken.say);
  const answer = await fetch(hub.url + taken.attachment.url);
  expect([answer.status, await answer.text()]).toEqual([200, 'a set list']);
});

it('a hub fetches nothing from its own machine for anybody', async () => {
  const { put, source } = await start();
  expect(await put()).toMatchObject({ ok: false, code: 'blocked' });
  expect(source.asked).toEqual([]);
});

it('neither the secret in a link of the hub nor the link that it came from stands in a log', async () => {
  const lines: string[] = [];
  const note = (fields: object, event: string): void => void lines.push(`${event} ${JSON.stringify(fields)}`);
  const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log };
  const { hub, put, source } = await start({ outside: THIS_MACHINE, log });
  const taken = await put();
  if (!taken.ok) throw new Error(taken.say);
  const { url } = taken.attachment;
  for (const path of [url, `${url}?thumb`, `${url.slice(0, -20)}AAAAAA/x`]) await fetch(hub.url + path);
  await source.close();
  expect(await put()).toMatchObject({ ok: false, code: 'unreachable' });
  expect(lines.filter((line) => line.startsWith('request '))).not.toEqual([]);
  const [, , id = ''] = url.split('/');
  expect(lines.filter((line) => line.includes(id.slice(0, 10)) || line.includes('token-in-link'))).toEqual([]);
});
