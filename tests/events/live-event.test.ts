import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelId, EpochMs, UserId } from '../../core/domain/ids.ts';
import {
  AD_HOC_CLEAR_MS,
  AD_HOC_END_MS,
  AD_HOC_START_MS,
  adHoc,
  COOLDOWN_MS,
  type Due,
  followed,
  isOnAir,
  isOver,
  type LiveEvent,
  type LiveEventId,
  type LiveEventState,
  nextDue,
  planProblem,
  type Schedule,
  SILENT_MS,
  type Stream,
  streamAfter,
  streamUsed,
  type Turn,
  turnEvent,
  UNSTARTED_MS,
  WARMUP_MS,
} from '../../core/domain/live-event.ts';

const T0 = 1_800_000_000_000;
const MIN = 60_000;
const DJ = 'u-dj' as UserId;

/** One DJ's evening: what the hub does by itself is done when its time has come. */
class Evening {
  now = T0;
  events: LiveEvent[] = [];
  over: LiveEvent[] = [];
  stream: Stream | null = null;
  readonly turns: { event: string; turn: Turn | 'ad-hoc'; from: LiveEventState | null; at: number; byHub: boolean }[] =
    [];

  get schedule(): Schedule {
    return { events: this.events, stream: this.stream };
  }
  plan(inMs: number): string | null {
    const startsAt = (this.now + inMs) as EpochMs;
    const title = `event ${this.events.length + this.over.length}`;
    const problem = planProblem({ title, startsAt }, this.schedule, this.now as EpochMs);
    if (problem !== null) return problem;
    const id = `e${this.events.length + this.over.length}` as LiveEventId;
    const since = this.now as EpochMs;
    const made = { id, dj: DJ, channel: id as string as ChannelId, title, startsAt, since };
    this.events.push({ ...made, kind: 'scheduled', state: 'scheduled', startedAt: null, version: 1 });
    this.settle();
    return null;
  }
  turn(id: string, turn: Turn, byHub = false): string | null {
    const event = this.events.find((one) => one.id === id);
    if (event === undefined) return 'none';
    const turned = turnEvent(event, turn, this.schedule, this.now as EpochMs);
    if (!turned.ok) return turned.say;
    this.turns.push({ event: id, turn, from: event.state, at: this.now, byHub });
    this.put(turned.event);
    if (!byHub) this.settle();
    return null;
  }
  put(event: LiveEvent): void {
    this.events = this.events.filter(({ id }) => id !== event.id);
    if (isOver(event.state)) this.over.push(event);
    else this.events.push(event);
    if (event.state === 'live') this.stream = streamUsed(this.stream);
  }
  tell(isConnected: boolean): void {
    this.stream = streamAfter(this.schedule, { isConnected, at: this.now as EpochMs });
    this.settle();
  }
  /** Time passes; `isAsleep`: the hub is down meanwhile and does all at the end. */
  pass(ms: number, isAsleep = false): void {
    const until = this.now + ms;
    if (!isAsleep) {
      for (let due = nextDue(this.schedule, this.now as EpochMs); due !== null && due.at <= until; ) {
        this.now = Math.max(this.now, due.at);
        this.apply(due);
        due = nextDue(this.schedule, this.now as EpochMs);
      }
    }
    this.now = until;
    this.settle();
  }
  settle(): void {
    for (let n = 0; ; n += 1) {
      const due = nextDue(this.schedule, this.now as EpochMs);
      if (due === null || due.at > this.now) return;
      if (n > 200) throw new Error(`goes round for ever: ${JSON.stringify(due)}`);
      this.apply(due);
    }
  }
  apply(due: Due): void {
    if (due.kind === 'turn') {
      const refusal = this.turn(due.event.id, due.turn, true);
      if (refusal !== null) throw new Error(`${due.turn} was due and refused: ${refusal}`);
      return;
    }
    const id = `a${this.events.length + this.over.length}` as LiveEventId;
    this.turns.push({ event: id, turn: 'ad-hoc', from: null, at: this.now, byHub: true });
    this.put(adHoc({ id, dj: DJ, channel: 'dj-kool' as ChannelId, title: 'DJ Kool' }, this.now as EpochMs));
  }
  state(id: string): LiveEventState | null {
    return [...this.events, ...this.over].find((one) => one.id === id)?.state ?? null;
  }
}

describe('a scheduled event', () => {
  it('opens 30 minutes before, is started and ended by the DJ, cools down for 30 minutes and is archived', () => {
    const evening = new Evening();
    evening.plan(120 * MIN);
    evening.pass(90 * MIN - 1);
    expect(evening.state('e0')).toBe('scheduled');
    expect(evening.turn('e0', 'start')).toContain('30 minutes before');
    evening.pass(1);
    expect(evening.state('e0')).toBe('warmup');
    evening.pass(40 * MIN);
    expect(evening.turn('e0', 'start')).toBeNull();
    evening.tell(true);
    evening.pass(300 * MIN);
    expect(evening.state('e0')).toBe('live');
    expect(evening.turn('e0', 'cancel')).toContain('end it');
    evening.turn('e0', 'end');
    evening.pass(COOLDOWN_MS - 1);
    expect(evening.state('e0')).toBe('ended');
    evening.pass(1);
    expect(evening.state('e0')).toBe('archived');
    expect(evening.turn('e0', 'resume')).toBe('none');
  });

  it('is resumed in its cooldown, back to warmup, and keeps its start; not started again it ends', () => {
    const evening = new Evening();
    evening.plan(31 * MIN);
    evening.pass(31 * MIN);
    evening.turn('e0', 'start');
    const started = evening.events[0]?.startedAt;
    evening.pass(5 * MIN);
    evening.turn('e0', 'end');
    evening.pass(20 * MIN);
    expect(evening.turn('e0', 'resume')).toBeNull();
    expect(evening.state('e0')).toBe('warmup');
    expect(evening.turn('e0', 'start')).toBeNull();
    expect(evening.events[0]?.startedAt).toBe(started);
    evening.turn('e0', 'end');
    evening.turn('e0', 'resume');
    // far beyond an hour after its time: it was live once, so it is not cancelled
    evening.pass(SILENT_MS);
    expect(evening.state('e0')).toBe('ended');
  });

  it('that nobody starts is cancelled an hour after its time', () => {
    const evening = new Evening();
    evening.plan(10 * MIN);
    expect(evening.state('e0')).toBe('warmup');
    evening.pass(10 * MIN + UNSTARTED_MS - 1);
    expect(evening.state('e0')).toBe('warmup');
    evening.pass(1);
    expect(evening.state('e0')).toBe('cancelled');
  });

  it('ends after 30 minutes without stream, and a stream that is back in time keeps it', () => {
    const evening = new Evening();
    evening.plan(10 * MIN);
    evening.turn('e0', 'start');
    evening.pass(29 * MIN);
    evening.tell(true);
    evening.pass(100 * MIN);
    evening.tell(false);
    evening.pass(29 * MIN);
    evening.tell(true);
    evening.pass(60 * MIN);
    expect(evening.state('e0')).toBe('live');
    evening.tell(false);
    evening.pass(SILENT_MS - 1);
    expect(evening.state('e0')).toBe('live');
    evening.pass(1);
    expect(evening.state('e0')).toBe('ended');
  });

  it('is turned down while another is in warmup or live, and opens once that one has ended', () => {
    const evening = new Evening();
    evening.plan(60 * MIN);
    evening.plan(100 * MIN);
    evening.pass(60 * MIN);
    evening.turn('e0', 'start');
    evening.tell(true);
    expect(evening.plan(20 * MIN)).toContain('"event 0" is in warmup or live');
    evening.pass(20 * MIN);
    expect(evening.state('e1')).toBe('scheduled');
    expect(evening.turn('e1', 'start')).not.toBeNull();
    evening.turn('e0', 'end');
    expect(evening.state('e1')).toBe('warmup');
    expect(evening.turn('e0', 'resume')).toContain('"event 1" is in warmup');
  });
});

describe('an ad hoc event', () => {
  it('starts a minute after the stream connects and ends two after it is gone, whatever flickers in between', () => {
    const evening = new Evening();
    evening.tell(true);
    evening.pass(AD_HOC_START_MS / 2);
    evening.tell(false);
    evening.pass(5 * MIN);
    expect(evening.events).toEqual([]);
    evening.tell(true);
    evening.pass(AD_HOC_START_MS - 1);
    expect(evening.events).toEqual([]);
    evening.pass(1);
    expect(evening.events[0]).toMatchObject({ kind: 'ad-hoc', state: 'live', channel: 'dj-kool' });
    evening.tell(false);
    evening.pass(AD_HOC_END_MS - 1);
    evening.tell(true);
    evening.pass(60 * MIN);
    expect(evening.events[0]?.state).toBe('live');
    evening.tell(false);
    evening.pass(AD_HOC_END_MS);
    expect(evening.events[0]?.state).toBe('ended');
  });

  it('goes on when the stream is back in its cooldown', () => {
    const evening = new Evening();
    evening.tell(true);
    evening.pass(30 * MIN);
    evening.tell(false);
    evening.pass(10 * MIN);
    evening.tell(true);
    evening.pass(AD_HOC_START_MS);
    expect(evening.events.map(({ id, state, startedAt }) => ({ id, state, startedAt }))).toEqual([
      { id: 'a0', state: 'live', startedAt: T0 + AD_HOC_START_MS },
    ]);
  });

  it.each([
    [60, 0],
    [62, 1],
  ])('when one is planned in %i minutes: %i', (minutes, count) => {
    const evening = new Evening();
    evening.plan(minutes * MIN);
    evening.tell(true);
    evening.pass(2 * MIN);
    expect(evening.events.filter(({ kind }) => kind === 'ad-hoc').length).toBe(count);
    if (count === 0) {
      evening.turn('e0', 'cancel');
      expect(evening.events.filter(({ kind }) => kind === 'ad-hoc').length).toBe(1);
    }
  });

  it('makes room for the warmup of one that was planned', () => {
    const evening = new Evening();
    evening.plan(90 * MIN);
    evening.tell(true);
    evening.pass(59 * MIN);
    expect(evening.state('a1')).toBe('live');
    evening.pass(1 * MIN);
    expect([evening.state('a1'), evening.state('e0')]).toEqual(['ended', 'warmup']);
  });

  it('that the DJ has ended does not begin again on the same connection', () => {
    const evening = new Evening();
    evening.tell(true);
    evening.pass(2 * MIN);
    evening.turn('a0', 'end');
    evening.pass(600 * MIN);
    expect(evening.events).toEqual([]);
    expect(evening.over.length).toBe(1);
  });
});

type Op =
  | { readonly kind: 'pass'; readonly ms: number; readonly isAsleep: boolean }
  | { readonly kind: 'plan'; readonly inMs: number }
  | { readonly kind: 'turn'; readonly which: number; readonly turn: Turn }
  | { readonly kind: 'stream'; readonly isConnected: boolean };

const ms = fc.oneof(
  fc.constantFrom(1, AD_HOC_START_MS, AD_HOC_END_MS, WARMUP_MS, COOLDOWN_MS, SILENT_MS, UNSTARTED_MS, AD_HOC_CLEAR_MS),
  fc.integer({ min: 1, max: 200 * MIN }),
);
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms, isAsleep: fc.boolean() }),
  fc.record({ kind: fc.constant('plan' as const), inMs: ms }),
  fc.record({
    kind: fc.constant('turn' as const),
    which: fc.nat(5),
    turn: fc.constantFrom<Turn>('open', 'start', 'end', 'resume', 'again', 'archive', 'cancel'),
  }),
  fc.record({ kind: fc.constant('stream' as const), isConnected: fc.boolean() }),
);
/** Where a state may lead. */
const NEXT: Readonly<Record<LiveEventState, readonly LiveEventState[]>> = {
  scheduled: ['warmup', 'cancelled'],
  warmup: ['live', 'ended', 'cancelled'],
  live: ['ended'],
  ended: ['warmup', 'live', 'archived'],
  archived: [],
  cancelled: [],
};

function run(ops: readonly Op[], look: (evening: Evening, before: readonly LiveEvent[]) => void): Evening {
  const evening = new Evening();
  for (const one of ops) {
    const before = [...evening.events, ...evening.over];
    if (one.kind === 'pass') evening.pass(one.ms, one.isAsleep);
    else if (one.kind === 'plan') evening.plan(one.inMs);
    else if (one.kind === 'stream') evening.tell(one.isConnected);
    else {
      const event = evening.events[one.which];
      // people do not archive, open or bring back: that happens by itself
      if (event !== undefined && !['open', 'again', 'archive'].includes(one.turn)) evening.turn(event.id, one.turn);
    }
    look(evening, before);
  }
  return evening;
}
const property = (look: (evening: Evening, before: readonly LiveEvent[]) => void) =>
  fc.assert(
    fc.property(fc.array(op, { maxLength: 40 }), (ops) => void run(ops, look)),
    { numRuns: 1_000 },
  );

describe('over any sequence of times and acts', () => {
  it('at most one event of a DJ is in warmup or live', () =>
    property(({ events }) => expect(events.filter(({ state }) => isOnAir(state)).length).toBeLessThanOrEqual(1)));

  it('what has its time is done, and nothing is due twice', () =>
    property(({ schedule, now }) => {
      const due = nextDue(schedule, now as EpochMs);
      expect(due === null || due.at > now).toBe(true);
    }));

  it('no event skips a state, and none comes back from the end', () =>
    property((evening) => {
      const states = new Map<string, LiveEventState>();
      for (const { event, turn, from } of evening.turns) {
        if (turn === 'ad-hoc') {
          states.set(event, 'live');
          continue;
        }
        const was = states.get(event) ?? 'scheduled';
        expect(from).toBe(was);
        const to = {
          open: 'warmup',
          start: 'live',
          end: 'ended',
          resume: 'warmup',
          again: 'live',
          archive: 'archived',
          cancel: 'cancelled',
        } as const;
        expect(NEXT[was]).toContain(to[turn]);
        states.set(event, to[turn]);
      }
    }));

  it('a start is kept for ever, and what never started is never ended nor archived', () =>
    property((evening, before) => {
      const now = new Map([...evening.events, ...evening.over].map((event) => [event.id, event]));
      for (const old of before) {
        const event = now.get(old.id);
        expect(event).toBeDefined();
        if (old.startedAt !== null) expect(event?.startedAt).toBe(old.startedAt);
        if (event?.state === 'ended' || event?.state === 'archived') expect(event.startedAt).not.toBeNull();
        if (event?.state === 'cancelled') expect(event.startedAt).toBeNull();
      }
    }));

  it('everything is over in the end once the stream is gone', () =>
    property((evening) => {
      const rest = Object.assign(new Evening(), { now: evening.now, events: [...evening.events], over: [] });
      rest.stream = evening.stream;
      rest.tell(false);
      rest.pass(24 * 60 * MIN);
      expect(rest.events).toEqual([]);
    }));

  it('rooms follow what is on air, else what ended last, and are at home when all is over', () =>
    property(({ events }) => {
      const at = followed(events);
      const onAir = events.find(({ state }) => isOnAir(state));
      if (onAir !== undefined) expect(at).toBe(onAir);
      else expect(at === null).toBe(events.every(({ state }) => state !== 'ended'));
    }));
});
