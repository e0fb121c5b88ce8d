import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bridges } from '../../../bridges/index.ts';
import { makeBridge } from '../../../core/cli/new-bridge.ts';
import type { PlatformDouble } from '../../../core/contract/index.ts';
import { open, urlOf } from '../../../examples/jukebox/test/double.ts';
import { startTestHub, type TestHub } from '../../fakes/hub.ts';
import { connectPeer, newKey, type Peer } from '../../fakes/socket-peer.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/jukebox');
const MOST_LINES = 150;

let jukebox: PlatformDouble | null = null;
let hub: TestHub | null = null;
let peer: Peer | null = null;
afterEach(async () => {
  await peer?.close();
  await hub?.close();
  await jukebox?.stop();
});

describe('V3: a bridge in an afternoon', () => {
  it('relays a message both ways between the lobby and a lounge of Jukebox', async () => {
    jukebox = await open();
    const own = { jukebox: () => import('../../../examples/jukebox/src/index.ts') };
    hub = await startTestHub({
      builtIns: { ...bridges, bridges: { ...bridges.bridges, ...own } },
      config: {
        bridges: [
          { id: 'slipmat', use: 'slipmat' },
          { id: 'jukebox', use: 'jukebox', required: true, config: { url: urlOf(jukebox), key: jukebox.secret } },
        ],
        portals: [{ channel: 'lobby', bridge: 'jukebox', room: jukebox.room }],
      },
    });
    peer = await connectPeer(hub.wsUrl, { token: await hub.user('Ben') });
    await peer.ask({ type: 'join', channel: 'lobby', after: null });

    await jukebox.userPosts('hello lobby');
    const heard = await peer.next('message');
    expect([heard.message.author.name, heard.message.author.platform]).toEqual(['Ann', 'jukebox']);
    expect(heard.message.content.rich).toEqual([{ t: 'text', text: 'hello lobby' }]);

    const posted = await peer.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'hello *lounge* @all' });
    const room = jukebox;
    await expect.poll(() => room.posted().map(({ text }) => text)).toEqual(['[Slipmat] Ben: hello lounge \uff20all']);
    const id = 'message' in posted ? posted.message : null;
    await peer.ask({ type: 'redact', channel: 'lobby', key: newKey(), message: id, reason: null });
    await expect.poll(() => room.posted()).toEqual([]);
    // what was said in the lounge was heard once, and nothing of the hub came back
    expect(peer.frames.filter(({ type }) => type === 'message')).toHaveLength(2);
  });

  it(`takes fewer than ${MOST_LINES} lines beyond what new-bridge makes`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipmat-afternoon-'));
    try {
      makeBridge({ name: 'jukebox', folder: join(folder, 'new'), taken: [], version: '0.1.0' });
      const own = [...sources(EXAMPLE)].flatMap(([file, lines]) =>
        added(sources(join(folder, 'new')).get(file) ?? [], lines),
      );
      expect(own.length).toBeGreaterThan(30);
      expect(own.length).toBeLessThan(MOST_LINES);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is what the page shows: each example of it stands in the bridge', () => {
    const page = readFileSync(join(EXAMPLE, '../../docs/writing-a-bridge.md'), 'utf8');
    const bridge = new Set([...sources(EXAMPLE).values()].flat());
    const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].flatMap(([, code = '']) => linesOf(code));
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((line) => !bridge.has(line))).toEqual([]);
  });
});

/** The lines of code of each source file, the double and the tests too; neither blank lines nor comments. */
function sources(folder: string): ReadonlyMap<string, readonly string[]> {
  const files = ['src', 'test'].flatMap((part) => readdirSync(join(folder, part)).map((name) => `${part}/${name}`));
  return new Map(files.map((file) => [file, linesOf(readFileSync(join(folder, file), 'utf8'))]));
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(\/\/|\/?\*)/.test(line));
}

/** The lines that are not in the older file, each as often as it is more. */
function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = [...before];
  return after.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
