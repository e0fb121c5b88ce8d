import type { Brand, ChannelId, EpochMs, UserId } from './ids.ts';

export type LiveEventId = Brand<string, 'LiveEventId'>;

export const LIVE_EVENT_STATES = ['scheduled', 'warmup', 'live', 'ended', 'archived', 'cancelled'] as const;
export type LiveEventState = (typeof LIVE_EVENT_STATES)[number];

/** A DJ's show. */
export interface LiveEvent {
  readonly id: LiveEventId;
  readonly dj: UserId;
  /** Its own; that of the DJ where it is ad hoc. */
  readonly channel: ChannelId;
  readonly kind: 'scheduled' | 'ad-hoc';
  readonly title: string;
  /** When it shall start; of an ad hoc one when it did. */
  readonly startsAt: EpochMs;
  readonly state: LiveEventState;
  /** When it went live first; kept when it is resumed. */
  readonly startedAt: EpochMs | null;
  /** Since when it is in its state. */
  readonly since: EpochMs;
  /** One more with each change. */
  readonly version: number;
}

/** What the platform that carries the DJ's stream has told last. */
export interface Stream {
  readonly isConnected: boolean;
  readonly since: EpochMs;
  /** An event was live on this connection already: no ad hoc one starts by itself. */
  readonly hadEvent: boolean;
}

/** All of one DJ's events that are not over, and the stream; null: nothing was heard of one. */
export interface Schedule {
  readonly events: readonly LiveEvent[];
  readonly stream: Stream | null;
}

/** `again`: an ad hoc one whose stream came back. */
export type Turn = 'open' | 'start' | 'end' | 'resume' | 'again' | 'archive' | 'cancel';

/** What happens by itself next. `ad-hoc`: one begins. */
export type Due =
  | { readonly kind: 'turn'; readonly at: EpochMs; readonly turn: Turn; readonly event: LiveEvent }
  | { readonly kind: 'ad-hoc'; readonly at: EpochMs };

export type Turned = { readonly ok: true; readonly event: LiveEvent } | { readonly ok: false; readonly say: string };

const MINUTE = 60_000;
export const WARMUP_MS = 30 * MINUTE;
export const COOLDOWN_MS = 30 * MINUTE;
/** An event that was not started so long after its time is cancelled. */
export const UNSTARTED_MS = 60 * MINUTE;
/** A scheduled event without stream ends after so long; one that was resumed and not started again, too. */
export const SILENT_MS = 30 * MINUTE;
export const AD_HOC_START_MS = MINUTE;
export const AD_HOC_END_MS = 2 * MINUTE;
/** No ad hoc event begins when a scheduled one starts within this time. */
export const AD_HOC_CLEAR_MS = 60 * MINUTE;
export const MOST_AHEAD_MS = 366 * 24 * 60 * MINUTE;
export const MOST_PLANNED = 50;

/** The chat takes posts and its moderators act. */
export function isRunning(state: LiveEventState): boolean {
  return state === 'warmup' || state === 'live' || state === 'ended';
}
/** Of these a DJ has one at most; while it lasts the DJ gets no private messages. */
export function isOnAir(state: LiveEventState): boolean {
  return state === 'warmup' || state === 'live';
}
export function isOver(state: LiveEventState): boolean {
  return state === 'archived' || state === 'cancelled';
}

/** The stream once an event has gone live. */
export function streamUsed(stream: Stream | null): Stream | null {
  return stream?.isConnected === true ? { ...stream, hadEvent: true } : stream;
}

/** Where each turn leads from which state. `again` and `resume` differ in whether the stream is there already. */
const TURNS: Readonly<Record<Turn, { readonly from: readonly LiveEventState[]; readonly to: LiveEventState }>> = {
  open: { from: ['scheduled'], to: 'warmup' },
  start: { from: ['warmup'], to: 'live' },
  end: { from: ['live', 'warmup'], to: 'ended' },
  resume: { from: ['ended'], to: 'warmup' },
  again: { from: ['ended'], to: 'live' },
  archive: { from: ['ended'], to: 'archived' },
  cancel: { from: ['scheduled', 'warmup'], to: 'cancelled' },
};

/** Turns an event, or says why not. Pure. */
export function turnEvent(event: LiveEvent, turn: Turn, { events }: Schedule, now: EpochMs): Turned {
  const { from, to } = TURNS[turn];
  if (!from.includes(event.state)) return { ok: false, say: WRONG_STATE[turn](event) };
  // what was live once is ended, what was not is cancelled
  if (turn === 'end' && event.startedAt === null) return { ok: false, say: 'It has not started; cancel it instead.' };
  if (turn === 'cancel' && event.startedAt !== null) return { ok: false, say: 'It has started; end it instead.' };
  const other = events.find(({ id, state }) => id !== event.id && isOnAir(state));
  if (isOnAir(to) && !isOnAir(event.state) && other !== undefined) return { ok: false, say: otherOnAir(other) };
  if (turn === 'open' && now < event.startsAt - WARMUP_MS) {
    return { ok: false, say: 'Its chat opens 30 minutes before it starts.' };
  }
  if ((turn === 'resume' || turn === 'again') && now >= event.since + COOLDOWN_MS) {
    return { ok: false, say: 'It ended more than 30 minutes ago.' };
  }
  const startedAt = to === 'live' ? (event.startedAt ?? now) : event.startedAt;
  return { ok: true, event: { ...event, state: to, since: now, startedAt, version: event.version + 1 } };
}

function otherOnAir({ title }: LiveEvent): string {
  return `"${title}" is in warmup or live: end or cancel it first.`;
}

const WRONG_STATE: Readonly<Record<Turn, (event: LiveEvent) => string>> = {
  open: () => 'Its chat was opened already.',
  start: ({ state }) =>
    state === 'scheduled' ? 'It can be started once its chat is open, 30 minutes before its time.' : saying(state),
  end: ({ state }) => (state === 'scheduled' ? 'It has not started; cancel it instead.' : saying(state)),
  resume: ({ state }) => (state === 'archived' ? 'It is over for more than 30 minutes.' : saying(state)),
  again: ({ state }) => saying(state),
  archive: ({ state }) => saying(state),
  cancel: ({ state }) => (state === 'live' ? 'It has started; end it instead.' : saying(state)),
};

function saying(state: LiveEventState): string {
  const says = {
    scheduled: 'It has not begun.',
    warmup: 'It is in warmup.',
    live: 'It is live already.',
    ended: 'It has ended.',
    archived: 'It is over.',
    cancelled: 'It was cancelled.',
  } as const;
  return says[state];
}

export interface Plan {
  readonly title: string;
  readonly startsAt: EpochMs;
}

/** What stands in the way of planning this; null: nothing. `old`: the event that is changed. */
export function planProblem(plan: Plan, schedule: Schedule, now: EpochMs, old: LiveEvent | null = null): string | null {
  if (plan.title.length === 0 || plan.title.length > 80) return 'A title has 1 to 80 characters.';
  const isMoved = old === null || old.startsAt !== plan.startsAt;
  if (isMoved && plan.startsAt < now) return 'That time is over.';
  if (plan.startsAt > now + MOST_AHEAD_MS) return 'That is more than a year ahead.';
  if (old !== null) {
    if (isOver(old.state)) return saying(old.state);
    return isMoved && old.startedAt !== null ? 'It has started; its time stays.' : null;
  }
  if (schedule.events.length >= MOST_PLANNED) return `At most ${MOST_PLANNED} events can be planned at once.`;
  const other = schedule.events.find(({ state, kind }) => isOnAir(state) && kind === 'scheduled');
  return other !== undefined && plan.startsAt - WARMUP_MS <= now ? otherOnAir(other) : null;
}

/** An ad hoc event as it begins, in the DJ's channel. */
export function adHoc(made: Pick<LiveEvent, 'id' | 'dj' | 'channel' | 'title'>, now: EpochMs): LiveEvent {
  return { ...made, kind: 'ad-hoc', startsAt: now, state: 'live', startedAt: now, since: now, version: 1 };
}

/** The stream as it is after it was told to be so; the very value when that says nothing new or comes late. */
export function streamAfter(
  { stream, events }: Schedule,
  told: { readonly isConnected: boolean; readonly at: EpochMs },
): Stream | null {
  if (stream !== null && (told.at < stream.since || told.isConnected === stream.isConnected)) return stream;
  return { isConnected: told.isConnected, since: told.at, hadEvent: events.some(({ state }) => state === 'live') };
}

/** The first thing that happens by itself, which may be overdue; null: nothing until somebody does something. */
export function nextDue(schedule: Schedule, now: EpochMs): Due | null {
  const dues = [...schedule.events.flatMap((event) => dueOf(event, schedule, now) ?? []), adHocDue(schedule, now)];
  return dues.flatMap((due) => due ?? []).toSorted((a, b) => a.at - b.at)[0] ?? null;
}

function dueOf(event: LiveEvent, schedule: Schedule, now: EpochMs): Due | null {
  switch (event.state) {
    case 'scheduled':
      return dueOfPlanned(event, schedule, now);
    case 'warmup':
      return event.startedAt === null
        ? turnAt(event, 'cancel', event.startsAt + UNSTARTED_MS)
        : turnAt(event, 'end', event.since + SILENT_MS);
    case 'live': {
      const silent = silentSince(event, schedule.stream);
      if (silent === null) return null;
      return turnAt(event, 'end', silent + (event.kind === 'ad-hoc' ? AD_HOC_END_MS : SILENT_MS));
    }
    case 'ended':
      return turnAt(event, 'archive', event.since + COOLDOWN_MS);
    case 'archived':
    case 'cancelled':
      return null;
  }
}

/** An ad hoc event makes room for what was planned; another planned one is waited for until it is too late. */
function dueOfPlanned(event: LiveEvent, { events }: Schedule, now: EpochMs): Due {
  const overAt = event.startsAt + UNSTARTED_MS;
  if (now >= overAt) return turnAt(event, 'cancel', overAt);
  const other = events.find(({ state }) => isOnAir(state));
  const opensAt = event.startsAt - WARMUP_MS;
  if (other === undefined) return turnAt(event, 'open', opensAt);
  return other.kind === 'ad-hoc' ? turnAt(other, 'end', opensAt) : turnAt(event, 'cancel', overAt);
}

function adHocDue({ events, stream }: Schedule, now: EpochMs): Due | null {
  if (stream === null || !stream.isConnected || stream.hadEvent) return null;
  if (events.some(({ state }) => isOnAir(state))) return null;
  const at = (stream.since + AD_HOC_START_MS) as EpochMs;
  const startAt = Math.max(at, now);
  const isPlanned = events.some(
    ({ state, startsAt }) => state === 'scheduled' && startsAt - startAt <= AD_HOC_CLEAR_MS,
  );
  if (isPlanned) return null;
  const before = events.find(
    (one) => one.kind === 'ad-hoc' && one.state === 'ended' && startAt < one.since + COOLDOWN_MS,
  );
  return before === undefined ? { kind: 'ad-hoc', at } : { kind: 'turn', at, turn: 'again', event: before };
}

function silentSince(event: LiveEvent, stream: Stream | null): number | null {
  if (stream === null) return event.since;
  return stream.isConnected ? null : Math.max(stream.since, event.since);
}

function turnAt(event: LiveEvent, turn: Turn, at: number): Due {
  return { kind: 'turn', at: at as EpochMs, turn, event };
}

/** The event whose channel a DJ's rooms are at now: the one on air, else the one that ended last; null: they are at home. */
export function followed(events: readonly LiveEvent[]): LiveEvent | null {
  const running = events.filter(({ state }) => isRunning(state)).toSorted((a, b) => b.since - a.since);
  return running.find(({ state }) => isOnAir(state)) ?? running[0] ?? null;
}
