import { connect, type Socket } from 'node:net';
import { numberIn, serve, type Words } from '../lib/child.ts';
import { Histogram } from '../lib/stats.ts';
import {
  FrameReader,
  maskedFrame,
  msOf,
  nowUs,
  PING,
  type Protocol,
  protocolIn,
  stamped,
  TEXT,
  upgradeRequest,
} from './wire.ts';

/* People who post at a steady rate, whatever comes back: an open loop. */

interface Poster {
  readonly socket: Socket;
  readonly send: (us: number) => void;
}

const posters: Poster[] = [];
const acks = new Histogram();
let refused = 0;
let firstRefusal: string | null = null;
let ids = 0;
/** When each post that is not answered was to be sent. */
const waiting = new Map<string, number>();
const tag = process.pid.toString(36);

serve({
  async connect(words) {
    const made = Array.from({ length: numberIn(words, 'count') }, () =>
      enter(numberIn(words, 'port'), protocolIn(words)),
    );
    posters.push(...(await Promise.all(made)));
    return {};
  },
  reset() {
    acks.clear();
    refused = 0;
    waiting.clear();
    return {};
  },
  post: (words) =>
    post(numberIn(words, 'perSecond'), Math.round(numberIn(words, 'perSecond') * numberIn(words, 'seconds'))),
  report: () => ({
    acked: acks.total,
    refused,
    firstRefusal,
    p50Ms: msOf(acks.quantile(0.5)),
    p99Ms: msOf(acks.quantile(0.99)),
  }),
});

/** Says each at its time, or as soon after it as this process comes to it; the time it was to be sent is what counts. */
function post(perSecond: number, count: number): Promise<Words> {
  const began = nowUs();
  let sent = 0;
  let lateUs = 0;
  return new Promise((resolve) => {
    const tick = (): void => {
      const now = nowUs();
      while (sent < count) {
        const due = began + Math.round((sent * 1_000_000) / perSecond);
        if (due > now) break;
        lateUs = Math.max(lateUs, now - due);
        posters[sent % posters.length]?.send(due);
        sent += 1;
      }
      if (sent >= count) resolve({ sent, lateMs: lateUs / 1_000 });
      else setTimeout(tick, 1);
    };
    tick();
  });
}

function enter(port: number, protocol: Protocol): Promise<Poster> {
  return new Promise((resolve, reject) => {
    const frames = new FrameReader();
    let isUpgraded = false;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const sayRaw = (text: string): void => void socket.write(maskedFrame(text));
    const poster: Poster = { socket, send: (us) => sayRaw(protocol === 'hub' ? hubPost(us) : socketIoPost(us)) };
    const take = (text: string): void => {
      if (protocol === 'hub') takeHub(text, () => resolve(poster));
      else takeSocketIo(text, sayRaw, () => resolve(poster));
    };
    socket.once('connect', () => socket.write(upgradeRequest(protocol)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.on('data', (data: Buffer) => {
      let chunk = data;
      if (!isUpgraded) {
        isUpgraded = true;
        if (protocol === 'hub') sayRaw(JSON.stringify({ type: 'hello', version: 1, token: null }));
        chunk = data.subarray(data.indexOf('\r\n\r\n') + 4);
      }
      frames.take(chunk, (opcode, bytes, start, end) => {
        if (opcode === PING) socket.write(maskedFrame('', 10));
        else if (opcode === TEXT) take(bytes.toString('utf8', start, end));
      });
    });
  });
}

function newId(us: number): string {
  ids += 1;
  const id = `${tag}-${ids}`;
  waiting.set(id, us);
  return id;
}

function hubPost(us: number): string {
  const id = newId(us);
  return JSON.stringify({ type: 'post', id, channel: 'lobby', key: `bench-post-${id}`, text: stamped(us) });
}

function socketIoPost(us: number): string {
  const id = newId(us);
  return `42${JSON.stringify(['post', { id, channel: 'lobby', key: `bench-post-${id}`, text: stamped(us) }])}`;
}

function takeHub(text: string, ready: () => void): void {
  const frame = JSON.parse(text) as { type: string; id: string };
  if (frame.type === 'welcome') ready();
  else if (frame.type === 'ack') acked(frame.id);
  else if (frame.type === 'error') {
    refused += 1;
    firstRefusal ??= text;
  }
}

function takeSocketIo(text: string, sayRaw: (text: string) => void, ready: () => void): void {
  if (text.startsWith('0')) sayRaw('40');
  else if (text.startsWith('40')) ready();
  else if (text === '2') sayRaw('3');
  else if (text.startsWith('42["ack"')) acked((JSON.parse(text.slice(2)) as [string, string])[1]);
}

function acked(id: string): void {
  const us = waiting.get(id);
  if (us === undefined) return;
  waiting.delete(id);
  acks.add(nowUs() - us);
}
