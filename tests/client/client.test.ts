import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, type ClientState, createClient } from '../../client/index.ts';

/** Time that stands still until it is told to go on. */
function handClock() {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(ms: number, run: () => void) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    go(ms: number) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = due.at;
        due.run();
      }
      now = end;
    },
  };
}

type Said = { type: string; id: string; key?: string; again?: boolean; token?: string | null } & Record<
  string,
  unknown
>;

/** The other end of one connection. */
class Wire {
  readonly said: Said[] = [];
  isClosed = false;
  binaryType = 'blob';
  readonly #listeners = new Map<string, ((event: never) => void)[]>();
  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  send(text: string): void {
    this.said.push(JSON.parse(text) as Said);
  }
  close(): void {
    this.isClosed = true;
  }
  tell(type: string, event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
  hear(frame: object): void {
    this.tell('message', { data: JSON.stringify(frame) });
  }
  hearPacked(frames: readonly object[]): void {
    const packed = deflateRawSync(frames.map((frame) => JSON.stringify(frame)).join('\n'));
    this.tell('message', { data: Uint8Array.from(packed).buffer });
  }
  cut(code = 1006, reason = ''): void {
    this.tell('close', { code, reason });
  }
  of(type: string): Said[] {
    return this.said.filter((frame) => frame.type === type);
  }
  welcome(user = 'u-aaaaaaaaaaaaaaaaaaaaaaaaaa', token: string | null = null): void {
    this.tell('open');
    this.hear({
      type: 'welcome',
      version: 1,
      epoch: 'e1',
      you: { user, name: 'Ann', platform: 'slipmat', avatarUrl: null, isGuest: token !== null, isAdmin: false },
      token,
      heartbeatMs: 30_000,
      limits: { text: 4_000, frameBytes: 65_536 },
    });
  }
}

function start(options: Partial<ClientOptions> = {}) {
  const clock = handClock();
  const wires: Wire[] = [];
  const states: ClientState[] = [];
  const client = createClient({
    url: 'ws://hub/ws',
    token: 'secret',
    clock,
    openSocket: () => {
      const wire = new Wire();
      wires.push(wire);
      return wire;
    },
    ...options,
  });
  client.on('state', (state) => states.push(state));
  const wire = (at = -1): Wire => {
    const found = wires.at(at);
    if (found === undefined) throw new Error('no connection');
    return found;
  };
  return { client, clock, wires, wire, states };
}
const joinedFrame = (id: string | undefined, seq: number, mode = 'reset') => {
  return { type: 'joined', id, channel: 'lobby', epoch: 'e1', seq, mode, messages: [], isEnd: true };
};
const notice = (seq: number) => ({ seq, type: 'notice', channel: 'lobby', code: 'x', say: `n${seq}`, at: 1 });

describe('client', () => {
  it('says its token in the first frame and nowhere else', () => {
    let asked = '';
    const { wire } = start({
      openSocket: (url) => {
        asked = url;
        return new Wire();
      },
    });
    expect(asked).toBe('ws://hub/ws');
    expect(() => wire()).toThrow();
    const plain = start();
    plain.wire().tell('open');
    expect(plain.wire().said).toEqual([{ type: 'hello', version: 1, token: 'secret', packed: true }]);
  });

  it('hears the frames of packed ones in their place among the others', async () => {
    const { client, wire } = start();
    wire().welcome();
    void client.join('lobby');
    const told: number[] = [];
    client.on('channel', (event) => 'seq' in event && event.type === 'notice' && told.push(event.seq));
    wire().hear(joinedFrame(wire().of('join')[0]?.id, 1));
    wire().hear(notice(2));
    wire().hearPacked([notice(3), notice(4)]);
    wire().hear(notice(5));
    wire().hearPacked([notice(6), notice(7)]);
    wire().hear(notice(8));
    await expect.poll(() => told).toEqual([2, 3, 4, 5, 6, 7, 8]);
    wire().hear(notice(9));
    expect(told.at(-1)).toBe(9);
  });

  it('leaves a connection that says what it cannot read', async () => {
    const { client, wire } = start();
    wire().welcome();
    wire().tell('message', { data: new ArrayBuffer(7) });
    await expect.poll(() => client.state().kind).toBe('waiting');
  });

  it('waits longer after each failure, from about one second to thirty, and at once when told', () => {
    const { client, clock, wires, wire, states } = start({ random: () => 1 });
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      wire().cut();
      const state = client.state();
      if (state.kind !== 'waiting') throw new Error(state.kind);
      waits.push(state.retryAt - clock.now());
      clock.go(state.retryAt - clock.now());
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    wire().cut();
    const before = wires.length;
    client.retryNow();
    expect(wires).toHaveLength(before + 1);
    expect(states.at(-1)).toEqual({ kind: 'connecting' });
    wire().welcome();
    wire().cut();
    expect(client.state()).toMatchObject({ kind: 'waiting', attempt: 1 });
  });

  it('resumes each channel after the newest seq it has told, and tells nothing twice', async () => {
    const { client, wire } = start();
    const told: number[] = [];
    client.on('channel', (event) => 'seq' in event && told.push(event.seq));
    wire().welcome();
    const joining = client.join('lobby');
    wire().hear(joinedFrame(wire().of('join')[0]?.id, 5));
    expect(await joining).toMatchObject({ ok: true });
    for (const seq of [6, 7, 7, 6, 9]) wire().hear(notice(seq));
    wire().cut();
    client.retryNow();
    wire().welcome();
    expect(wire().of('join')).toMatchObject([{ channel: 'lobby', after: { epoch: 'e1', seq: 9 } }]);
    for (const seq of [9, 11]) wire().hear(notice(seq));
    wire().hear(joinedFrame(wire().of('join')[0]?.id, 11, 'resumed'));
    wire().hear(notice(12));
    expect(told).toEqual([5, 6, 7, 9, 11, 11, 12]);
  });

  it('joins again after the last seq when told of a gap, and from the start in another epoch', () => {
    const { client, wire } = start();
    wire().welcome();
    void client.join('lobby');
    wire().hear(joinedFrame(wire().of('join')[0]?.id, 5));
    wire().hear({ type: 'gap', channel: 'lobby', from: 5, to: 90 });
    expect(wire().of('join')[1]).toMatchObject({ after: { epoch: 'e1', seq: 5 } });
    wire().hear({ type: 'epoch', epoch: 'e2' });
    expect(wire().of('join')[2]).toMatchObject({ after: null });
  });

  it('sends what was not acknowledged again after a reconnect, in order, under the same keys, and says so', async () => {
    const { client, wire } = start();
    wire().welcome();
    const posts = ['a', 'b', 'c'].map((text) => client.post({ channel: 'lobby', text }));
    const first = wire().of('post');
    expect(first.map(({ text, again }) => [text, again])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', undefined],
    ]);
    wire().hear({ type: 'ack', id: first[0]?.id, outcome: 'posted', message: null, seq: 1 });
    wire().cut();
    const late = client.post({ channel: 'lobby', text: 'd' });
    client.retryNow();
    wire().welcome();
    const second = wire().of('post');
    expect(second.map(({ text, again }) => [text, again])).toEqual([
      ['b', true],
      ['c', true],
      ['d', undefined],
    ]);
    expect(second.map(({ key }) => key)).toEqual([posts[1]?.key, posts[2]?.key, late.key]);
    for (const { id } of second) wire().hear({ type: 'ack', id, outcome: 'duplicate', message: null, seq: 2 });
    expect(await Promise.all([...posts, late].map(({ done }) => done))).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: true },
      { ok: true },
    ]);
  });

  it('keeps a refused post for a retry under its key, and forgets it when told', async () => {
    const { client, wire } = start();
    const told: string[] = [];
    client.on('channel', ({ type }) => told.push(type));
    wire().welcome();
    const post = client.post({ channel: 'lobby', text: 'a' });
    const refuse = { type: 'error', code: 'rate-limited', say: 'Slower.', field: null, retryAfterMs: 500 };
    wire().hear({ ...refuse, id: wire().of('post')[0]?.id });
    expect(await post.done).toMatchObject({ ok: false, code: 'rate-limited', retryAfterMs: 500 });
    expect(client.retry(post.key)).toBe(true);
    expect(wire().of('post')).toMatchObject([{ key: post.key }, { key: post.key, again: true }]);
    client.discard(post.key);
    expect(client.retry(post.key)).toBe(false);
    expect(told).toEqual(['pending', 'failed', 'pending', 'dropped']);
  });

  it('sends again what the hub did not read since it came too fast', () => {
    const { client, clock, wire } = start();
    wire().welcome();
    void client.post({ channel: 'lobby', text: 'a' }).done;
    wire().hear({ type: 'error', id: null, code: 'rate-limited', say: 'Slower.', field: null, retryAfterMs: 700 });
    clock.go(699);
    expect(wire().of('post')).toHaveLength(1);
    clock.go(1);
    expect(wire().of('post')).toMatchObject([{ text: 'a' }, { text: 'a', again: true }]);
  });

  it('takes no more than it can keep', async () => {
    const { client } = start();
    const all = Array.from({ length: 501 }, () => client.post({ channel: 'lobby', text: 'x' }));
    expect(await all.at(-1)?.done).toMatchObject({ ok: false, code: 'too-many' });
  });

  it('stops at a token that is refused, until it is given another', () => {
    const { client, clock, wires, wire } = start();
    wire().tell('open');
    wire().hear({
      type: 'error',
      id: null,
      code: 'sign-in',
      say: 'The session is over.',
      field: 'token',
      retryAfterMs: null,
    });
    wire().cut(4401);
    expect(client.state()).toEqual({ kind: 'signed-out', say: 'The session is over.' });
    clock.go(100_000);
    expect(wires).toHaveLength(1);
    client.signIn('other');
    wire().tell('open');
    expect(wire().said[0]?.token).toBe('other');
  });

  it('notices a hub that fell silent and connects anew', () => {
    const { client, clock, wire } = start();
    wire().welcome();
    clock.go(31_000);
    expect(wire().of('ping').length).toBeGreaterThan(0);
    clock.go(60_000);
    expect(client.state().kind).not.toBe('live');
    expect(wire(0).isClosed).toBe(true);
  });

  it('gives each question an answer, if need be that there was none', async () => {
    const { client, clock, wire } = start();
    expect(await client.people('lobby')).toMatchObject({ ok: false, code: 'offline' });
    wire().welcome();
    const [lost, late] = [client.people('lobby'), client.message('lobby', 'x')];
    wire().hear({ type: 'people', id: wire().of('people')[0]?.id, channel: 'lobby', people: [], guests: 3 });
    expect(await lost).toEqual({ ok: true, value: { people: [], guests: 3 } });
    clock.go(10_000);
    expect(await late).toMatchObject({ ok: false, code: 'no-answer' });
  });

  it('keeps posts and the guest over a restart of the app, and nothing for somebody else', async () => {
    const kept = new Map<string, string>();
    const storage = {
      load: async (name: string) => kept.get(name) ?? null,
      save: async (name: string, value: string | null) =>
        void (value === null ? kept.delete(name) : kept.set(name, value)),
    };
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const one = start({ token: null, storage });
    await turn();
    one.wire().welcome('u-guest', 'guest-token');
    const { key } = one.client.post({ channel: 'lobby', text: 'unsent' });
    await turn();
    one.client.close();
    const two = start({ token: null, storage });
    await turn();
    two.wire().welcome('u-guest', 'guest-token');
    expect(two.wire().said[0]?.token).toBe('guest-token');
    await turn();
    expect(two.wire().of('post')).toMatchObject([{ key, text: 'unsent', again: true }]);
    two.client.close();
    const other = start({ token: 'somebody else', storage });
    await turn();
    other.wire().welcome('u-other');
    await turn();
    expect(other.wire().of('post')).toEqual([]);
    expect(kept.has('outbox')).toBe(false);
  });
});
