import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridges } from '../../../bridges/index.ts';
import { plainText } from '../../../core/domain/content.ts';
import type { HistoryMessage } from '../../../core/domain/wire.ts';
import type { Logger } from '../../../core/ops/log.ts';
import matterbridge from '../../../examples/matterbridge/src/index.ts';
import { type ApiStage, apiStage } from '../../api/rig.ts';
import { configOf, type FakeMatterbridge, openMatterbridge } from './fake-matterbridge.ts';
import { freePort } from './offer-double.ts';
import { type Program, program } from './program.ts';

const TOKENS = { one: 'token of the first', two: 'token of the second', narrow: 'token of the third' };
let hub: ApiStage;
let ann: ReturnType<ApiStage['as']>;
let peer: FakeMatterbridge;
let one: Program;
let two: Program;
let narrow: Program;
let base: string;
let port: number;
let logged = '';

const write = (fields: object, event: string): void => {
  logged += `${event} ${JSON.stringify(fields)}\n`;
};
const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };

function start(dataDir?: string): Promise<ApiStage> {
  const readers = [
    { name: 'one', token: TOKENS.one },
    { name: 'two', token: TOKENS.two },
    { name: 'narrow', token: TOKENS.narrow, gateways: ['side'] },
  ];
  return apiStage({
    ...(dataDir !== undefined && { dataDir }),
    log,
    builtIns: { ...bridges, bridges: { ...bridges.bridges, matterbridge: async () => ({ default: matterbridge }) } },
    config: {
      bridges: [
        { id: 'mb', use: 'matterbridge', required: true, config: { mode: 'offer', port, readers } },
        { id: 'there', use: 'matterbridge', required: true, config: configOf(peer) },
      ],
      portals: [
        { channel: 'lobby', bridge: 'mb', room: 'main' },
        { channel: 'lobby', bridge: 'there', room: 'main' },
      ],
    },
  });
}

beforeAll(async () => {
  peer = await openMatterbridge();
  port = await freePort();
  base = `http://127.0.0.1:${port}`;
  hub = await start();
  ann = hub.as(await hub.user('ann'));
  one = program(base, TOKENS.one);
  two = program(base, TOKENS.two);
  narrow = program(base, TOKENS.narrow);
});
afterAll(async () => {
  await hub?.close();
  await peer?.stop();
});

async function say(text: string): Promise<string> {
  const { status, body } = await ann('POST', '/channels/lobby/messages', { text });
  expect(status).toBe(201);
  return body.message;
}
async function inLobby(): Promise<readonly string[]> {
  const { messages } = (await ann('GET', '/channels/lobby/messages')).body;
  return (messages as readonly HistoryMessage[]).toReversed().map(({ message }) => plainText(message.content.rich));
}
/** All that a program has not had, up to a message with this text. */
async function readUpTo(who: Program, text: string): Promise<readonly string[]> {
  const read: string[] = [];
  await expect
    .poll(async () => {
      read.push(...(await who.poll()).map((message) => message.event || message.text));
      return read.at(-1);
    })
    .toBe(text);
  return read;
}
const ZOE = { username: 'Zoe', gateway: 'main' };

describe('programs at the API of matterbridge', () => {
  it('are let in by their token; whether it is there is told without one', async () => {
    expect(await (await fetch(`${base}/api/health`)).text()).toBe('OK');
    const stranger = program(base, `${TOKENS.one}!`);
    for (const path of ['/api/messages', '/api/stream', '/nothing'])
      expect((await stranger.call(path)).status).toBe(401);
    await expect(stranger.socket()).rejects.toThrow('401');
    expect((await one.call('/nothing')).status).toBe(404);
  });

  it('each get all that is said, edits and deletions too, whoever else reads', async () => {
    const [stream, socket] = [await two.stream(), await two.socket()];
    const id = await say('hello');
    await ann('PATCH', `/channels/lobby/messages/${id}`, { text: 'hello there' });
    await expect.poll(() => stream.got.at(-1)?.text).toBe('hello there');
    await ann('DELETE', `/channels/lobby/messages/${id}`);
    for (const lines of [stream, socket]) {
      await expect
        .poll(() => lines.got.map(({ event, text }) => event || text))
        .toEqual(['api_connected', 'hello', 'hello there', 'msg_delete']);
      expect(new Set(lines.got.slice(1).map((line) => line.id)).size).toBe(1);
      expect(lines.got[1]).toMatchObject({ username: 'ann', gateway: 'main', protocol: 'slipmat', Extra: null });
      lines.stop();
    }
    // what is deleted is shown to nobody who comes later
    expect(await readUpTo(one, 'msg_delete')).toEqual(['msg_delete']);
    expect(await one.poll()).toEqual([]);
  });

  it('find their place again when the hub was away, and by the id or the time that they remember', async () => {
    await say('before');
    expect(await readUpTo(one, 'before')).toEqual(['before']);
    await say('not read yet');
    await expect.poll(async () => (await two.poll('?after=nobody-knows')).length).toBeGreaterThan(0);
    const { dataDir } = hub;
    await hub.stop();
    hub = { ...(await start(dataDir)), close: hub.close };
    ann = hub.as(await hub.user('ann'));
    await expect.poll(async () => (await fetch(`${base}/api/health`).catch(() => null))?.status).toBe(200);
    expect(await readUpTo(one, 'not read yet')).toEqual(['not read yet']);

    const stream = await one.stream({ skip_before: '2001-01-01T00:00:00Z' });
    await expect.poll(() => stream.got.map(({ text }) => text)).toContain('not read yet');
    const known = stream.got.find(({ text }) => text === 'before');
    stream.stop();
    const texts = async (query: string, headers = {}) => (await one.poll(query, headers)).map(({ text }) => text);
    expect(await texts(`?after=${known?.id}`)).toEqual(['not read yet']);
    expect(await texts('', { skip_before: known?.timestamp ?? '' })).toEqual(['not read yet']);
  });

  it('post, edit and delete, and do not get it back; the same twice is said once', async () => {
    await say('mark');
    await readUpTo(one, 'mark');
    const posted = { ...ZOE, text: 'from elsewhere' };
    const { id } = await (await one.call('/api/message', posted)).json();
    await expect.poll(inLobby).toContain('from elsewhere');
    expect((await one.call('/api/message', { ...posted, id, text: 'mended' })).status).toBe(200);
    await expect.poll(inLobby).toContain('mended');
    expect((await one.call('/api/message', { gateway: 'main', id, event: 'msg_delete' })).status).toBe(200);
    await expect.poll(inLobby).not.toContain('mended');

    const own = { ...ZOE, id: 'mine-1', text: 'only once' };
    for (const _ of [1, 2]) expect((await one.call('/api/message', own)).status).toBe(200);
    await say('last');
    expect(await readUpTo(one, 'last')).toEqual(['last']);
    expect((await inLobby()).filter((text) => text === 'only once')).toHaveLength(1);
  });

  it('are told why something is not said: a gateway that is not there or not theirs, nonsense', async () => {
    const status = async (who: Program, body: object) => (await who.call('/api/message', body)).status;
    expect(await status(one, { ...ZOE, gateway: 'nowhere', text: 'x' })).toBe(404);
    expect(await status(narrow, { ...ZOE, text: 'x' })).toBe(404);
    expect(await status(one, { ...ZOE, text: '' })).toBe(400);
    expect(await status(one, { ...ZOE, text: 'x', event: 'join_leave' })).toBe(400);
    const socket = await one.socket();
    socket.send({ ...ZOE, gateway: 'nowhere', text: 'x' });
    await expect.poll(() => socket.got.at(-1)?.event).toBe('api_refused');
    socket.send({ ...ZOE, text: 'by the socket' });
    await expect.poll(inLobby).toContain('by the socket');
    socket.stop();
    expect(await narrow.poll()).toEqual([]);
  });
});

describe('a matterbridge that the hub joins', () => {
  it('brings what is said behind it into the channel and to other rooms, and gets what is said here', async () => {
    const stream = await two.stream();
    peer.says({ gateway: 'main', text: 'hello from IRC', username: 'ircie' });
    await expect.poll(inLobby).toContain('hello from IRC');
    await expect
      .poll(() => stream.got.find(({ text }) => text === 'hello from IRC'))
      .toMatchObject({ username: 'ircie', protocol: 'matterbridge' });
    stream.stop();
    await say('hello @everyone');
    await expect
      .poll(() => peer.came.at(-1))
      .toMatchObject({ text: 'hello @\u200beveryone', username: 'ann', gateway: 'main', event: '' });
    expect(peer.came.some(({ text }) => text === 'hello from IRC')).toBe(false);
  });

  it('loses nothing when the connection breaks', async () => {
    const texts = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    for (const text of texts) {
      if (text === 'line 5') peer.dropConnections?.();
      peer.says({ gateway: 'main', text });
    }
    await expect.poll(async () => (await inLobby()).filter((text) => text.startsWith('line '))).toEqual(texts);
  });

  it('no token stands in the log of all this', () => {
    expect(logged).not.toBe('');
    for (const token of [...Object.values(TOKENS), peer.secret]) expect(logged).not.toContain(token);
  });
});
