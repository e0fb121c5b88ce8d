import type { Clock } from '../../async/clock.ts';
import type { EpochMs, UserId } from '../../domain/ids.ts';
import {
  badOf,
  type DatedLine,
  dayOf,
  goodOf,
  identityOf,
  isUndoing,
  MOST_FROM_ONE,
  MOST_GOOD_A_DAY,
  settle,
  WINDOW_DAYS,
} from '../../domain/karma.ts';
import type { Entry, EntryNote } from '../../store/ports.ts';

/** The standing of everybody, in memory on every hub: from SQL at the start, from the notes of the log after it. */
export interface KarmaBook {
  /** Follows the log. Telling it the same line twice changes nothing. */
  apply(batch: readonly Entry[]): void;
  add(line: DatedLine): void;
  /** Bounded, to a tenth; 0 for whoever is not known. */
  karmaOf(user: UserId): number;
  /** Timeouts since then that were not undone, over all channels. */
  timeoutsSince(user: UserId, at: EpochMs): number;
  /** Whether the act of this cause was undone. */
  isUndone(user: UserId, cause: string): boolean;
  /** Whether anything bad stands in somebody's book since then. */
  isSpotlessSince(user: UserId, at: EpochMs): boolean;
  /** Whether the hub gave them this today already. */
  hasToday(line: Omit<DatedLine, 'at' | 'points'>): boolean;
  /** Who is one person has changed: nothing that was worked out before counts. */
  forget(): void;
  /** Whether a good point of this giver would still count today. */
  hasRoomFor(user: UserId, giver: UserId): boolean;
  /** Drops what counts no more. To be called once a day or more often. */
  sweep(): void;
}

export interface KarmaBookDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** Everybody who is one person with this user, this one among them. */
  readonly sameAs?: (user: UserId) => readonly UserId[];
}

interface Day {
  /** Set once the good lines of the day are added up and gone. */
  good: number | null;
  lines: DatedLine[];
}

interface Page {
  readonly days: Map<number, Day>;
  readonly undone: Set<string>;
}

/** Good lines are kept by themselves for so many days, so that one that is told again is known. */
const KEPT_DAYS = 3;

export function createKarmaBook({ clock, sameAs = (user) => [user] }: KarmaBookDeps): KarmaBook {
  const pages = new Map<UserId, Page>();
  /** Balances of today, until something is added. */
  const known = new Map<UserId, number>();
  let knownOn = 0;

  const pageOf = (user: UserId): Page => {
    const page = pages.get(user) ?? { days: new Map<number, Day>(), undone: new Set<string>() };
    pages.set(user, page);
    return page;
  };

  function add(line: DatedLine): void {
    const number = dayOf(line.at);
    if (number <= dayOf(clock.now()) - WINDOW_DAYS) return;
    for (const one of sameAs(line.user)) known.delete(one);
    known.delete(line.user);
    const page = pageOf(line.user);
    if (isUndoing(line)) page.undone.add(line.cause);
    const day = page.days.get(number) ?? { good: null, lines: [] };
    page.days.set(number, day);
    if (day.good !== null && line.points >= 0 && !isUndoing(line)) return;
    const same = day.lines.findIndex((other) => identityOf(other) === identityOf(line));
    const before = day.lines[same];
    if (before === undefined) day.lines.push(line);
    else if (line.points < before.points) day.lines[same] = line;
  }

  /** Several accounts of one person count as one page. */
  function pagesOf(user: UserId): readonly Page[] {
    return sameAs(user).flatMap((one) => pages.get(one) ?? []);
  }

  function compute(user: UserId): number {
    const all = pagesOf(user);
    const undone = new Set(all.flatMap((page) => [...page.undone]));
    const days = new Map<number, { good: number; lines: DatedLine[] }>();
    for (const page of all) {
      for (const [number, day] of page.days) {
        const sum = days.get(number) ?? { good: 0, lines: [] };
        days.set(number, { good: sum.good + (day.good ?? 0), lines: [...sum.lines, ...day.lines] });
      }
    }
    const points = [...days].map(([day, { good, lines }]) => ({
      day,
      points: good + goodOf(lines) + badOf(lines, undone),
    }));
    return settle(points, clock.now());
  }

  function karmaOf(user: UserId): number {
    const today = dayOf(clock.now());
    if (today !== knownOn) known.clear();
    knownOn = today;
    const before = known.get(user);
    if (before !== undefined) return before;
    if (pages.size === 0) return 0;
    const balance = compute(user);
    if (pagesOf(user).length > 0) known.set(user, balance);
    return balance;
  }

  function badSince(user: UserId, at: EpochMs): readonly DatedLine[] {
    const all = pagesOf(user);
    const undone = new Set(all.flatMap((page) => [...page.undone]));
    return all
      .flatMap((page) => [...page.days.values()].flatMap(({ lines }) => lines))
      .filter((line) => line.points < 0 && line.at >= at && !undone.has(line.cause));
  }

  function linesToday(user: UserId): readonly DatedLine[] {
    const today = dayOf(clock.now());
    return pagesOf(user).flatMap((page) => page.days.get(today)?.lines ?? []);
  }

  return {
    apply(batch) {
      for (const { note, at } of batch) {
        if (!note.includes('"karma":')) continue;
        for (const line of (JSON.parse(note) as EntryNote).karma ?? []) add({ ...line, at });
      }
    },
    add,
    karmaOf,
    forget: () => known.clear(),
    timeoutsSince: (user, at) => new Set(timeoutsOf(badSince(user, at))).size,
    isUndone: (user, cause) => pagesOf(user).some(({ undone }) => undone.has(cause)),
    isSpotlessSince: (user, at) => badSince(user, at).length === 0,
    hasToday: (line) => linesToday(line.user).some((other) => identityOf(other) === identityOf({ ...line, points: 0 })),
    hasRoomFor(user, giver) {
      const lines = linesToday(user).filter(({ by }) => by !== null);
      const own = lines.filter(({ by }) => by === giver);
      return goodOf(lines) < MOST_GOOD_A_DAY && goodOf(own) < MOST_FROM_ONE;
    },
    sweep() {
      const today = dayOf(clock.now());
      for (const [user, page] of pages) {
        for (const [number, day] of page.days) tidy(page, number, day, today);
        if (page.days.size === 0) pages.delete(user);
      }
      known.clear();
    },
  };
}

function timeoutsOf(lines: readonly DatedLine[]): readonly string[] {
  return lines.filter(({ why }) => why === 'timeout').map(({ cause }) => cause);
}

function tidy(page: Page, number: number, day: Day, today: number): void {
  if (number <= today - WINDOW_DAYS) {
    for (const line of day.lines) if (isUndoing(line)) page.undone.delete(line.cause);
    page.days.delete(number);
  } else if (day.good === null && number <= today - KEPT_DAYS) {
    day.good = goodOf(day.lines);
    day.lines = day.lines.filter((line) => line.points < 0 || isUndoing(line));
  }
}
