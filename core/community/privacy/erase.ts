import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, ScopeId, UserId } from '../../domain/ids.ts';
import type { Leg } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Deliveries, Log } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { done, type Outcome, problem } from '../accounts/outcome.ts';
import type { Timers } from '../timers/timers.ts';
import { scrubEntries, scrubMessages, type Turn } from './archive.ts';
import {
  type Erasure,
  endErasure,
  insertErasure,
  moveErasure,
  newErasure,
  readErasure,
  type Stage,
} from './erasures.ts';
import { scrubLog } from './hot-log.ts';
import { leftovers } from './leftovers.ts';
import { blankPages } from './pages.ts';
import { fileAt, type RedactingDeps, redactSome, requoteSome } from './redacting.ts';
import type { Retiring } from './retiring.ts';
import { forgetRows, knownAreas } from './rows.ts';

/** Forgets people: their messages go everywhere, and then all that names them. */
export interface Erasing {
  /** Nothing can be undone. Resolves once it is written down: it goes on by itself, also after a restart. */
  begin(user: UserId): Promise<Outcome<{ readonly id: string }>>;
}

export interface EraseDeps extends Omit<RedactingDeps, 'sql' | 'channel' | 'append' | 'clock'> {
  readonly sql: Sql;
  readonly directory: Directory;
  readonly timers: Timers;
  readonly log: Log;
  readonly deliveries: Pick<Deliveries, 'load'>;
  /** All by which copies go to platforms: rooms, and people who are written to in private. */
  readonly legs: () => readonly Leg[];
  /** How they were shown on platforms goes too. */
  readonly retiring: Pick<Retiring, 'statementsFor'>;
  /** Removes files and pictures, bytes included where nothing else uses them. */
  readonly dropFiles: (ids: readonly string[]) => Promise<void>;
  /** Whether anybody of them is still told to be here. */
  readonly isPresent: (users: readonly UserId[]) => Promise<boolean>;
  /** The database keeps nothing beside its file of what was written before; false: not yet. */
  readonly truncate: () => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const KIND = 'erase';
const TURN_MS = 1_000;
/** By then hubs have written down what they had gathered of somebody: who was there, what was read. */
const FORGOTTEN_MS = 12_000;
/** Rooms that cannot be reached for longer keep their copies. */
const LEAVE_WITHIN_MS = 24 * 3_600_000;
/** Of one sweep of the timers: others wait. */
const MOST_TURNS = 20;
/** Rooms must keep up with these. */
const PACED: ReadonlySet<Stage> = new Set(['redact', 'quotes']);
const SCOPE = 'mega' as ScopeId;

/** What comes after a turn; `wait`: the same again, later. */
type Next = { readonly change: Partial<Erasure>; readonly turn?: Turn } | 'wait';

export function createErasing(deps: EraseDeps): Erasing {
  const { sql, directory, timers, log, clock, logger } = deps;
  const channel = (id: ChannelId): Channel | null => directory.channel(id);
  const redacting: RedactingDeps = { ...deps, channel, append: log.append };
  const timer = (id: string, inMs: number) => {
    return { id: `${KIND}:${id}`, kind: KIND, due: (clock.now() + inMs) as EpochMs, payload: JSON.stringify({ id }) };
  };
  const to = (stage: Stage): Next => ({ change: { stage, cursor: '' } });

  async function turnOf(erasure: Erasure): Promise<Next> {
    switch (erasure.stage) {
      case 'begin':
        await lockOut(erasure.users);
        // what is said from now on is by somebody new
        return { change: { stage: 'redact', askedAt: clock.now() } };
      case 'redact': {
        const change = await redactSome(erasure, redacting);
        if (change !== null) return { change };
        const until = (clock.now() + LEAVE_WITHIN_MS) as EpochMs;
        return { change: { stage: 'leave', cursor: '', until } };
      }
      case 'leave':
        return (await haveLeft(erasure)) ? retire(erasure) : 'wait';
      case 'scrub': {
        if (!(await deps.archived())) return 'wait';
        const messages = erasure.cursor === '' ? await scrubMessages(sql, erasure) : null;
        const turn = messages ?? (await scrubEntries(sql, erasure));
        return turn === null ? to('log') : { change: { cursor: turn.cursor }, turn };
      }
      case 'log':
        return (await scrubLog(log, sql, erasure)) ? to('quotes') : 'wait';
      case 'quotes': {
        const change = await requoteSome(erasure, redacting);
        return { change: change ?? { stage: 'hear', cursor: '' } };
      }
      case 'hear':
        if (clock.now() < erasure.askedAt + FORGOTTEN_MS) return 'wait';
        return (await haveLeft(erasure)) && !(await deps.isPresent(erasure.users)) ? to('rows') : 'wait';
      case 'rows':
        await dropRows(erasure);
        return to('pages');
      case 'pages': {
        const turn = await blankPages(sql, erasure.cursor);
        return turn === null ? to('files') : { change: { cursor: turn.cursor }, turn };
      }
      case 'files':
        return (await deps.truncate()) ? to('done') : 'wait';
      case 'done':
        return 'wait';
    }
  }

  async function lockOut(users: readonly UserId[]): Promise<void> {
    const { build } = sql;
    const statements = [
      build.updateTable('users').set({ is_disabled: 1 }).where('id', 'in', users),
      build.deleteFrom('sessions').where('user_id', 'in', users),
      build.deleteFrom('credentials').where('user_id', 'in', users),
    ].map((one) => ({ query: one.compile() }));
    await directory.change({ statements, scopes: null, what: users.map((user) => ({ kind: 'user', user })) });
  }

  /** Whether every room has heard of every redaction. */
  async function haveLeft({ seqs, until }: Erasure): Promise<boolean> {
    if (until !== null && clock.now() >= until) return true;
    for (const leg of deps.legs()) {
      const seq = seqs[leg.channel];
      const mark = seq === undefined ? null : await deps.deliveries.load(leg.id);
      if (seq !== undefined && mark !== null && mark.seq !== null && mark.seq < seq) return false;
    }
    return true;
  }

  /** Goes on by itself from here: a platform that is away holds up nothing else. */
  async function retire({ users }: Erasure): Promise<Next> {
    const statements = await deps.retiring.statementsFor(users);
    return { change: { stage: 'scrub', cursor: '' }, turn: { cursor: '', statements } };
  }

  async function dropRows(erasure: Erasure): Promise<void> {
    const { users, alias, files } = erasure;
    await deps.dropFiles(files);
    const left = await leftovers(sql, erasure);
    const rows = (await knownAreas(sql)).flatMap((area) => forgetRows(sql, area, users, alias));
    const statements = [...left.statements, ...rows];
    const links = sql.build.selectFrom('person_links').select('person').where('user_id', 'in', users).distinct();
    const people = (await sql.read(links.compile())).map(({ person }) => person);
    const what = users.flatMap((user) => [
      { kind: 'user', user } as const,
      { kind: 'roles', user } as const,
      { kind: 'relations', user } as const,
      { kind: 'rules-accepted', user } as const,
    ]);
    const parted = people.map((person) => ({ kind: 'person', person }) as const);
    await directory.change({ statements, scopes: null, what: [...what, ...parted, ...left.what] });
  }

  async function finish(erasure: Erasure): Promise<void> {
    const { id, alias } = erasure;
    const audit = { act: 'erase', by: null, target: alias, message: null, channel: null, until: null, reason: null };
    await log.append(actStep(SCOPE, stepKey(KIND, id, 'done'), clock.now(), { audit }));
    await sql.write([endErasure(sql, erasure, clock.now())]);
    await log.tidy();
  }

  /** @returns whether it may go on at once */
  async function takeTurn(id: string): Promise<boolean> {
    const erasure = await readErasure(sql, id);
    if (erasure === null || erasure.stage === 'done') return false;
    const next = await turnOf(erasure);
    const again = timers.set(timer(id, TURN_MS));
    if (next === 'wait') {
      await sql.write([again]);
      return false;
    }
    if (next.change.stage === 'files') {
      await finish(erasure);
      await sql.write([again]);
      return true;
    }
    const moved = moveErasure(sql, erasure, next.change);
    if (next.change.stage === 'done') {
      await sql.write([moved]);
      logger.info({ erasure: id }, 'somebody was forgotten');
      return false;
    }
    await sql.write([moved, ...(next.turn?.statements ?? []), again]);
    return next.change.stage !== undefined || !PACED.has(erasure.stage);
  }

  timers.on(KIND, async ({ payload }) => {
    const { id }: { id: string } = JSON.parse(payload);
    for (let turns = 0; turns < MOST_TURNS && (await takeTurn(id)); turns += 1);
  });

  return {
    async begin(user) {
      const users = directory.sameAs(user);
      if (users.some(directory.isAdmin) || (await isDj(sql, users))) return HAS_ROLE;
      if (await isUnderWay(sql, users)) return problem('decided', 'You are being forgotten already.');
      const { names, files } = await namesOf(sql, users);
      const erasure = newErasure(users, names, files, clock.now());
      // they are let out with the first turn, so that they hear the answer
      const written = await sql.write([insertErasure(sql, erasure), timers.set(timer(erasure.id, 0))]);
      return written.ok ? done({ id: erasure.id }) : problem('unavailable', 'It could not be written down; try again.');
    },
  };
}

const HAS_ROLE = problem(
  'forbidden',
  'Admins and DJs lead channels that others use: an admin of the hub takes the role away first.',
);

async function isDj(sql: Pick<Sql, 'build' | 'read'>, users: readonly UserId[]): Promise<boolean> {
  const query = sql.build.selectFrom('role_grants').select('user_id').where('user_id', 'in', users);
  return (await sql.read(query.where('role', '=', 'dj').limit(1).compile())).length > 0;
}

async function isUnderWay(sql: Pick<Sql, 'build' | 'read'>, users: readonly UserId[]): Promise<boolean> {
  const rows = await sql.read(sql.build.selectFrom('erasures').select('users').where('done_at', 'is', null).compile());
  return rows.some((row) => users.some((user) => row.users.includes(user)));
}

/** How they are and were called, and their pictures. */
async function namesOf(sql: Pick<Sql, 'build' | 'read'>, users: readonly UserId[]) {
  const { build } = sql;
  const accounts = await sql.read(
    build.selectFrom('accounts').select(['name', 'avatar_url']).where('user_id', 'in', users).compile(),
  );
  const named = [
    build.selectFrom('users').select('name').where('id', 'in', users),
    build.selectFrom('seen_accounts').select('name').where('user_id', 'in', users),
    build.selectFrom('person_links').select('name').where('user_id', 'in', users),
  ];
  const rows = await Promise.all(named.map((query) => sql.read(query.compile())));
  const names = new Set([...accounts, ...rows.flat()].map(({ name }) => name).filter((name) => name.length > 2));
  const files = accounts.flatMap(({ avatar_url }) => (avatar_url === null ? [] : (fileAt(avatar_url) ?? [])));
  return { names: [...names], files };
}
