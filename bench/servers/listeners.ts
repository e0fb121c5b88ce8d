import { connect, type Socket } from 'node:net';
import { numberIn, serve } from '../lib/child.ts';
import { Histogram } from '../lib/stats.ts';
import {
  FrameReader,
  maskedFrame,
  msOf,
  nowUs,
  PING,
  type Protocol,
  protocolIn,
  stampIn,
  TEXT,
  upgradeRequest,
} from './wire.ts';

/* Many who read one channel, in a process of their own. */

/** Every one hears the same in the same order: a time is read once, and held against what others hear now and then. */
const CHECK_EVERY = 64;
const AT_ONCE = 50;

interface Ear {
  readonly socket: Socket;
  heard: number;
  /** Heard something else than the others: from then on every time is read. */
  isApart: boolean;
}

const stamps: number[] = [];
const ears: Ear[] = [];
const times = new Histogram();
let gaps = 0;
let lost = 0;
/** One buffer for all: what is in it is used up before the next socket is read. */
const shared = Buffer.allocUnsafe(256 * 1024);

serve({
  async connect(words) {
    const port = numberIn(words, 'port');
    const count = numberIn(words, 'count');
    for (let made = 0; made < count; made += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, () => listen(port, protocolIn(words)));
      await Promise.all(some);
    }
    return {};
  },
  reset() {
    times.clear();
    return {};
  },
  report: () => ({
    heard: times.total,
    p50Ms: msOf(times.quantile(0.5)),
    p99Ms: msOf(times.quantile(0.99)),
    p999Ms: msOf(times.quantile(0.999)),
    gaps,
    lost,
    apart: ears.filter(({ isApart }) => isApart).length,
  }),
});

function listen(port: number, protocol: Protocol): Promise<void> {
  return new Promise((resolve, reject) => {
    const frames = new FrameReader();
    let isUpgraded = false;
    const take = protocol === 'hub' ? takeHub : takeSocketIo;
    const onData = (size: number, buffer: Uint8Array): boolean => {
      let chunk = Buffer.from(buffer.buffer, buffer.byteOffset, size);
      if (!isUpgraded) {
        const end = chunk.indexOf('\r\n\r\n');
        if (!chunk.subarray(0, 12).toString().endsWith('101')) reject(new Error(chunk.toString('utf8', 0, 200)));
        isUpgraded = true;
        if (protocol === 'hub') say({ type: 'hello', version: 1, token: null });
        chunk = chunk.subarray(end + 4);
      }
      const now = nowUs();
      frames.take(chunk, (opcode, bytes, start, end) => {
        if (opcode === PING) socket.write(maskedFrame('', 10));
        else if (opcode === TEXT) take(ear, bytes, start, end, now, { say, sayRaw, joined: resolve });
      });
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: shared, callback: onData } });
    const ear: Ear = { socket, heard: 0, isApart: false };
    const sayRaw = (text: string): void => void socket.write(maskedFrame(text));
    const say = (frame: object): void => sayRaw(JSON.stringify(frame));
    socket.once('connect', () => socket.write(upgradeRequest(protocol)));
    socket.once('error', reject);
    socket.once('close', () => {
      lost += 1;
      reject(new Error('closed'));
    });
    ears.push(ear);
  });
}

interface Talk {
  say(frame: object): void;
  sayRaw(text: string): void;
  joined(): void;
}

/** Entries begin with their seq; everything else is rare. */
function takeHub(ear: Ear, bytes: Buffer, start: number, end: number, now: number, talk: Talk): void {
  // {"seq": — the third byte tells it from {"type":
  if (bytes[start + 2] === 0x73) {
    hear(ear, bytes, start, end, now);
    return;
  }
  const text = bytes.toString('utf8', start, end);
  if (text.startsWith('{"type":"welcome"'))
    talk.say({ type: 'join', id: 'j', channel: 'lobby', after: null, limit: 1 });
  else if (text.startsWith('{"type":"joined"')) talk.joined();
  else if (text.startsWith('{"type":"gap"')) {
    gaps += 1;
    ear.isApart = true;
  } else if (text.startsWith('{"type":"error"')) throw new Error(text);
}

function takeSocketIo(ear: Ear, bytes: Buffer, start: number, end: number, now: number, talk: Talk): void {
  const first = bytes[start];
  const second = bytes[start + 1];
  if (first === 0x34 && second === 0x32) hear(ear, bytes, start, end, now);
  else if (first === 0x30) talk.sayRaw('40');
  else if (first === 0x34 && second === 0x30) talk.joined();
  else if (first === 0x32) talk.sayRaw('3');
}

function hear(ear: Ear, bytes: Buffer, start: number, end: number, now: number): void {
  const at = ear.heard;
  ear.heard += 1;
  let sent = ear.isApart ? undefined : stamps[at];
  if (sent === undefined || at % CHECK_EVERY === 0) {
    const read = stampIn(bytes, start, end);
    if (read === null) return;
    if (sent !== undefined && sent !== read) ear.isApart = true;
    if (sent === undefined && !ear.isApart) stamps[at] = read;
    sent = read;
  }
  times.add(now - sent);
}
