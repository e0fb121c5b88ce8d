import { createMarks, type Marks } from '../media/marks.ts';
import { createSpread, SPREAD } from '../media/marks-spread.ts';
import { createUntilArchived } from '../media/until-archived.ts';
import type { HubOptions, HubParts } from './parts.ts';

type Parts = Pick<HubParts, 'sql' | 'live' | 'knowledge' | 'routing' | 'timers' | 'media'>;

/** What moderators say of pictures, and what brings it to whatever shows them. */
export function openMarks({ sql, live, knowledge, routing, timers, media }: Parts, { clock }: HubOptions): Marks {
  const { directory, facts, history, tail } = knowledge;
  const { log } = live.store;
  const untilArchived = createUntilArchived({ sql, log, clock });
  timers.on(
    SPREAD,
    createSpread({ sql, log, reached: tail.reached, untilArchived, history, channel: directory.channel, media, clock }),
  );
  return createMarks({
    sql,
    facts,
    directory,
    history,
    untilFresh: routing.untilFresh,
    untilArchived,
    timers,
    media,
    clock,
  });
}
