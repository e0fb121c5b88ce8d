import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { WebSocket } from 'ws';
import { type HubFrame, hubFrame } from '../../bridges/slipmat/protocol.ts';
import { PATIENCE_MS } from './until.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/protocol.schema.json', import.meta.url), 'utf8')) as object;
const matches = new Ajv2020({ strict: false }).compile({ ...schema, anyOf: [{ $ref: '#/$defs/HubFrame' }] });

export type Frame<Type extends HubFrame['type']> = Extract<HubFrame, { readonly type: Type }>;

/** One bare WebSocket that says what it is told and holds every frame it hears against both schemas. */
export interface Peer {
  readonly socket: WebSocket;
  readonly frames: HubFrame[];
  /** Resolves with the code once closed. */
  readonly closed: Promise<number>;
  say(frame: unknown): void;
  raw(data: string | Buffer): void;
  /** The first frame of this type, from `from` on, that fits; waits for it. */
  next<Type extends HubFrame['type']>(
    type: Type,
    fits?: (frame: Frame<Type>) => boolean,
    from?: number,
  ): Promise<Frame<Type>>;
  /** Says it with a fresh id and waits for the answer to that id. */
  ask(frame: object): Promise<HubFrame>;
  close(): Promise<void>;
}

/** For hubs whose connections may say as much as tests say. */
export const PATIENT = {
  bridges: [{ id: 'slipmat', use: 'slipmat', config: { frameBurst: 100_000, framesPerSecond: 100_000 } }],
};

let ids = 0;
/** A key that no other post has. */
export function newKey(): string {
  ids += 1;
  return `key-${process.pid}-${ids}-${'x'.repeat(4)}`;
}

export interface PeerOptions {
  readonly token?: string | null;
  readonly origin?: string;
  readonly sayHello?: boolean;
  readonly isChecked?: boolean;
}

/** Connects, says hello unless told otherwise, and waits for the welcome. */
export async function connectPeer(url: string, options: PeerOptions = {}): Promise<Peer> {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
  const peer = peerOf(socket, options.isChecked ?? true);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  if (options.sayHello === false) return peer;
  peer.say({ type: 'hello', version: 1, token: options.token ?? null });
  await peer.next('welcome');
  return peer;
}

function peerOf(socket: WebSocket, isChecked: boolean): Peer {
  const frames: HubFrame[] = [];
  const faults: string[] = [];
  const answers = new Map<string, HubFrame>();
  let wake: (() => void)[] = [];
  let isClosed = false;
  const stir = (): void => {
    const woken = wake;
    wake = [];
    for (const run of woken) run();
  };
  socket.on('message', (data) => {
    const json = JSON.parse(String(data)) as HubFrame;
    if (isChecked) {
      const parsed = hubFrame.safeParse(json);
      if (!parsed.success) faults.push(`${String(data)}: ${parsed.error.message}`);
      if (!matches(json)) faults.push(`${String(data)}: ${JSON.stringify(matches.errors)}`);
    }
    frames.push(json);
    if ('id' in json && json.id !== null) answers.set(json.id, json);
    stir();
  });
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      isClosed = true;
      stir();
      resolve(code);
    });
  });

  async function find<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      if (faults.length > 0) throw new Error(`a frame is not of the protocol: ${faults[0]}`);
      const found = look();
      if (found !== undefined) return found;
      const seen = JSON.stringify(frames.slice(-3)).slice(0, 600);
      if (isClosed) throw new Error(`closed before ${what}; last frames ${seen}`);
      if (performance.now() > deadline) throw new Error(`no ${what} in time; last frames ${seen}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  return {
    socket,
    frames,
    closed,
    say: (frame) => socket.send(JSON.stringify(frame)),
    raw: (data) => socket.send(data),
    next(type, fits = () => true, from = 0) {
      const isIt = (frame: HubFrame): frame is Frame<typeof type> => frame.type === type;
      let at = from;
      return find(() => {
        for (; at < frames.length; at += 1) {
          const frame = frames[at];
          if (frame !== undefined && isIt(frame) && fits(frame)) return frame;
        }
        return undefined;
      }, type);
    },
    ask(frame) {
      ids += 1;
      const id = `q${ids}`;
      socket.send(JSON.stringify({ ...frame, id }));
      return find(() => answers.get(id), `answer to ${JSON.stringify(frame).slice(0, 200)}`);
    },
    async close() {
      socket.close();
      await closed;
    },
  };
}
