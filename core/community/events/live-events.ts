import type { Clock } from '../../async/clock.ts';
import { newRowId } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import {
  adHoc,
  type Due,
  isOnAir,
  type LiveEvent,
  type LiveEventId,
  nextDue,
  type Plan,
  planProblem,
  type Schedule,
  type Stream,
  streamAfter,
  streamUsed,
  type Turn,
  turnEvent,
} from '../../domain/live-event.ts';
import type { ChangeWhat, Directory } from '../../store/directory/directory.ts';
import { StoreUnavailable } from '../../store/ports.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { done, type Outcome, type Problem, problem } from '../accounts/outcome.ts';
import { channelIds, slugOf } from '../slug.ts';
import type { Timers } from '../timers/timers.ts';
import {
  dropModerators,
  insertEventChannel,
  type KeptSchedule,
  loadSchedule,
  nextVersion,
  putEvent,
  renameChannel,
  stillEntitled,
} from './rows.ts';
import type { Happening } from './say.ts';

/** Who asks; null: the hub itself, when its time has come. */
export interface By {
  readonly user: UserId;
  readonly isAdmin: boolean;
}

/** What follows a change of an event, durably, also if the hub falls right after it. */
export interface Happened {
  readonly event: LiveEvent;
  readonly happening: Happening;
  readonly by: UserId | null;
}

/** Live events: planned and turned by the DJ, or by the time and the stream. Every hub goes by each turn once it is answered. */
export interface LiveEvents {
  plan(dj: UserId, plan: Plan, by: By): Promise<Outcome<LiveEvent>>;
  edit(event: LiveEvent, change: Partial<Plan>, by: By): Promise<Outcome<LiveEvent>>;
  turn(event: LiveEvent, turn: 'start' | 'end' | 'resume' | 'cancel', by: By): Promise<Outcome<LiveEvent>>;
  /**
   * The stream has come or gone; `at` tells repeats and late ones from news. False: nobody is this DJ.
   * @throws {StoreUnavailable}
   */
  stream(dj: UserId, told: { readonly isConnected: boolean; readonly at: EpochMs }): Promise<boolean>;
  /** Nobody is this DJ any more: what is planned is cancelled, what runs ends. */
  abandon(dj: UserId): Promise<void>;
  /** Called again after a crash: what it appends must be keyed by `key`. */
  onHappened(listener: (happened: Happened, key: string) => Promise<void>): void;
}

export interface LiveEventDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly directory: Pick<Directory, 'change' | 'channels' | 'events'>;
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'now'>;
  /** The rooms that follow this event are owed what is said in it from its first line on. */
  readonly owe: (event: LiveEvent) => Promise<void>;
}

/** What shall change of a schedule. */
interface Change {
  readonly events: readonly { readonly event: LiveEvent; readonly happening: Happening }[];
  readonly stream: Stream | null;
  readonly also?: readonly Statement[];
  readonly what?: readonly ChangeWhat[];
}
type Draft = (schedule: Schedule, now: EpochMs) => Change | Problem | null;

const ON_AIR: ReadonlySet<Happening> = new Set(['open', 'ad-hoc', 'resume', 'again']);
function goesOnAir({ happening }: Change['events'][number]): boolean {
  return ON_AIR.has(happening);
}

const TIMER = 'live-events';
const FOLLOW_UP = 'live-event-happened';
/** Others change the same DJ's events at the same time. */
const MOST_TRIES = 10;
/** What may be overdue at once, such as after a long time without any hub. */
const MOST_TURNS = 200;
const BUSY = problem('unavailable', 'Somebody else is changing this event; try again.');

export function createLiveEvents(deps: LiveEventDeps): LiveEvents {
  const { sql, directory, timers, clock } = deps;
  const listeners: ((happened: Happened, key: string) => Promise<void>)[] = [];

  function homeOf(dj: UserId): Channel | null {
    return directory.channels().find(({ kind, owner }) => kind === 'dj' && owner === dj) ?? null;
  }

  /** Decides by what is kept now, writes it if nobody was faster, and resolves once every hub goes by it. */
  async function change(dj: UserId, by: By | null, draft: Draft): Promise<Outcome<readonly LiveEvent[]>> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const kept = await loadSchedule(sql, dj);
      const drafted = draft(kept, clock.now());
      if (drafted === null) return done([]);
      if ('ok' in drafted) return drafted;
      const guard = by === null ? [] : [stillEntitled(sql, by.user, dj, by.isAdmin)];
      const written = await write(dj, kept, drafted, by, guard);
      if (written === 'ok') return done(drafted.events.map(({ event }) => event));
      if (written === 'forbidden') return problem('forbidden', 'Only the DJ and admins can do that.');
    }
    return BUSY;
  }

  async function write(
    dj: UserId,
    kept: KeptSchedule,
    { events, stream, also = [], what = [] }: Change,
    by: By | null,
    guard: readonly Statement[],
  ): Promise<'ok' | 'forbidden' | 'again'> {
    const followUps = events.map(({ event, happening }) => followUp(event, happening, by?.user ?? null));
    for (const { event } of events) if (event.kind === 'scheduled' && isOnAir(event.state)) await deps.owe(event);
    const written = await directory.change({
      statements: [
        ...guard,
        nextVersion(sql, dj, kept.version, stream),
        ...also,
        ...events.map(({ event }) => putEvent(sql, event)),
        ringNext(dj, after(kept, events, stream), kept.version + 1),
        ...followUps.map(timers.set),
      ],
      // private messages to a DJ who goes on air are held from then on, in whatever conversation
      scopes: events.some(goesOnAir) ? null : [scopeOf({ kind: 'dj', id: '' as ChannelId, owner: dj })],
      what: [
        ...what,
        ...events.flatMap(({ event }): readonly ChangeWhat[] => [{ kind: 'live-event', event: event.id }]),
        { kind: 'portals' },
      ],
    });
    if (!written.ok) return guard.length > 0 && written.failed === 0 ? 'forbidden' : 'again';
    for (const { id } of followUps) await timers.hurry(id);
    return 'ok';
  }

  function followUp(event: LiveEvent, happening: Happening, by: UserId | null) {
    const happened: Happened = { event, happening, by };
    const id = `${FOLLOW_UP}:${event.id}:${event.version}`;
    return { id, kind: FOLLOW_UP, due: clock.now(), payload: JSON.stringify(happened) };
  }

  /** The one timer of a DJ: when the next thing happens by itself. */
  function ringNext(dj: UserId, schedule: Schedule, version: number): Statement {
    const id = `${TIMER}:${dj}`;
    const due = nextDue(schedule, clock.now());
    return due === null
      ? timers.cancel(id)
      : timers.set({ id, kind: TIMER, due: due.at, payload: JSON.stringify({ dj, version }) });
  }

  /** Does what is due by itself, one after the other. */
  async function advance(dj: UserId): Promise<void> {
    for (let turns = 0; turns < MOST_TURNS; turns += 1) {
      const turned = await change(dj, null, (schedule, now) => {
        const due = nextDue(schedule, now);
        return due === null || due.at > now ? null : byItself(dj, due, schedule, now);
      });
      if (!turned.ok) throw new Error(turned.say);
      if (turned.value.length === 0) return;
    }
  }

  /** A timer that rang too early is set again. */
  async function ringAgain(dj: UserId): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const kept = await loadSchedule(sql, dj);
      const statements = [nextVersion(sql, dj, kept.version, kept.stream), ringNext(dj, kept, kept.version + 1)];
      if ((await sql.write(statements)).ok) return;
    }
    throw new Error('somebody else keeps changing this schedule');
  }

  function byItself(dj: UserId, due: Due, schedule: Schedule, now: EpochMs): Change | Problem {
    if (due.kind === 'turn') return turned(due.event, due.turn, schedule, now);
    const home = homeOf(dj);
    if (home === null) return problem('not-found', 'There is no such DJ.');
    const id = newRowId() as LiveEventId;
    const event = adHoc({ id, dj, channel: home.id, title: home.name }, now);
    return { events: [{ event, happening: 'ad-hoc' }], stream: streamUsed(schedule.stream) };
  }

  function turned(event: LiveEvent, turn: Turn, schedule: Schedule, now: EpochMs): Change | Problem {
    const outcome = turnEvent(event, turn, schedule, now);
    if (!outcome.ok) return problem('forbidden', outcome.say);
    const stream = outcome.event.state === 'live' ? streamUsed(schedule.stream) : schedule.stream;
    const isOverAdHoc = turn === 'archive' && event.kind === 'ad-hoc';
    return {
      events: [{ event: outcome.event, happening: turn }],
      stream,
      also: isOverAdHoc ? [dropModerators(sql, event)] : [],
    };
  }

  async function single(changed: Promise<Outcome<readonly LiveEvent[]>>): Promise<Outcome<LiveEvent>> {
    const outcome = await changed;
    if (!outcome.ok) return outcome;
    const [event] = outcome.value;
    return event === undefined ? NO_EVENT : done(event);
  }

  /** What waited for it has its turn, such as the next event, or its own warmup. */
  async function settled(outcome: Outcome<LiveEvent>): Promise<Outcome<LiveEvent>> {
    if (!outcome.ok) return outcome;
    const { id, dj } = outcome.value;
    await advance(dj);
    return done(directory.events.current().find((one) => one.id === id) ?? outcome.value);
  }

  timers.on(TIMER, async ({ payload }) => {
    const { dj }: { readonly dj: UserId } = JSON.parse(payload);
    await advance(dj);
    await ringAgain(dj);
  });
  timers.on(FOLLOW_UP, async ({ id, payload }) => {
    const happened: Happened = JSON.parse(payload);
    for (const listener of listeners) await listener(happened, id);
  });

  return {
    async plan(dj, plan, by) {
      for (const channel of channelIds('live', slugOf(plan.title) || 'event')) {
        const id = newRowId() as LiveEventId;
        let isFree = true;
        const planned = await single(
          change(dj, by, (schedule, now) => {
            const stands = planProblem(plan, schedule, now);
            if (stands !== null) return problem('bad-request', stands);
            if (homeOf(dj) === null) return problem('not-found', 'There is no such DJ.');
            isFree = !directory.channels().some((one) => one.id === channel);
            if (!isFree) return null;
            const made = { id, dj, channel, ...plan, startedAt: null, since: now, version: 1 };
            const event: LiveEvent = { ...made, kind: 'scheduled', state: 'scheduled' };
            return {
              events: [{ event, happening: 'plan' }],
              stream: schedule.stream,
              also: [insertEventChannel(sql, event, now)],
              what: [{ kind: 'channel', channel }],
            };
          }),
        );
        if (!isFree || (!planned.ok && planned.code === 'unavailable')) continue;
        return settled(planned);
      }
      return problem('taken', 'No free id was found for the chat of the event; take another title.');
    },

    async edit(event, plan, by) {
      const edited = await single(
        change(event.dj, by, (schedule, now) => {
          const known = schedule.events.find(({ id }) => id === event.id);
          if (known === undefined) return NO_EVENT;
          const next = { title: plan.title ?? known.title, startsAt: plan.startsAt ?? known.startsAt };
          const stands = planProblem(next, schedule, now, known);
          if (stands !== null) return problem('bad-request', stands);
          const changed: LiveEvent = { ...known, ...next, version: known.version + 1 };
          const isNamed = known.kind === 'scheduled';
          return {
            events: [{ event: changed, happening: 'edit' }],
            stream: schedule.stream,
            also: isNamed ? [renameChannel(sql, changed)] : [],
            what: isNamed ? [{ kind: 'channel', channel: known.channel }] : [],
          };
        }),
      );
      return settled(edited);
    },

    async turn(event, turn, by) {
      const outcome = await single(
        change(event.dj, by, (schedule, now) => {
          const known = schedule.events.find(({ id }) => id === event.id);
          return known === undefined ? NO_EVENT : turned(known, turn, schedule, now);
        }),
      );
      return settled(outcome);
    },

    async stream(dj, told) {
      if (homeOf(dj) === null) return false;
      const changed = await change(dj, null, (schedule) => {
        const stream = streamAfter(schedule, told);
        return stream === schedule.stream ? null : { events: [], stream };
      });
      if (!changed.ok) throw new StoreUnavailable(changed.say);
      await advance(dj);
      return true;
    },

    async abandon(dj) {
      await change(dj, null, (schedule, now) => {
        const events = schedule.events.flatMap((event) => {
          const turn = event.startedAt === null ? 'cancel' : 'end';
          const outcome = turnEvent(event, turn, schedule, now);
          return outcome.ok ? [{ event: outcome.event, happening: turn } as const] : [];
        });
        const stream = schedule.stream === null ? null : { ...schedule.stream, hadEvent: true };
        return { events, stream };
      });
      await advance(dj);
    },

    onHappened: (listener) => void listeners.push(listener),
  };
}

const NO_EVENT = problem('not-found', 'There is no such event, or it is over.');

function after(kept: Schedule, changed: Change['events'], stream: Stream | null): Schedule {
  const ids = new Set(changed.map(({ event }) => event.id));
  const rest = kept.events.filter(({ id }) => !ids.has(id));
  return { events: [...rest, ...changed.map(({ event }) => event)], stream };
}
