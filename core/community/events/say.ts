import type { EpochMs } from '../../domain/ids.ts';
import type { LiveEvent, Turn } from '../../domain/live-event.ts';

/** The sentences about live events. Pure. */

/** What happened to an event: a turn, or a change that is none. */
export type Happening = Turn | 'plan' | 'edit' | 'ad-hoc';

export interface Told {
  /** Such as `event-open`: the notice of the protocol. */
  readonly code: string;
  /** For readers of the event's channel, and the rooms that are there; null: nothing. */
  readonly here: string | null;
  /** For readers of the DJ's channel, where that is another. */
  readonly home: string | null;
}

export function toldOf(happening: Happening, event: LiveEvent): Told {
  const { title, kind, startsAt } = event;
  const code = `event-${happening}`;
  const its = kind === 'ad-hoc' ? '' : ` The chat of the event: ${event.channel}.`;
  switch (happening) {
    case 'plan':
      return { code, here: null, home: `"${title}" is planned for ${timeText(startsAt)}.` };
    case 'edit':
      return { code, here: `"${title}" is planned for ${timeText(startsAt)} now.`, home: null };
    case 'open':
      return {
        code,
        here: `Warmup: "${title}" starts at ${timeText(startsAt)}.`,
        home: `"${title}" starts at ${timeText(startsAt)}; the warmup has begun.${its}`,
      };
    case 'start':
    case 'ad-hoc':
    case 'again':
      return { code, here: `"${title}" is live.`, home: `"${title}" is live.${its}` };
    case 'end':
      return {
        code,
        here: `"${title}" has ended.${kind === 'ad-hoc' ? '' : ' The chat stays open for 30 minutes.'}`,
        home: `"${title}" has ended.`,
      };
    case 'resume':
      return { code, here: `"${title}" goes on soon.`, home: `"${title}" goes on soon.${its}` };
    case 'archive':
      return {
        code,
        here: kind === 'ad-hoc' ? null : `"${title}" is over. This chat is read-only now.`,
        home: null,
      };
    case 'cancel':
      return { code, here: `"${title}" was cancelled.`, home: `"${title}" was cancelled.` };
  }
}

/** `2026-08-01 22:00 UTC` */
export function timeText(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const STATES = {
  scheduled: 'planned',
  warmup: 'warmup',
  live: 'live',
  ended: 'ended, its chat still open',
  archived: 'over',
  cancelled: 'cancelled',
} as const;

/** One line of the list that the DJ sees. */
export function eventLine(event: LiveEvent, index: number): string {
  const { title, startsAt, state, channel, kind } = event;
  return `${index + 1}. "${title}": ${STATES[state]}, ${kind === 'ad-hoc' ? 'ad hoc' : timeText(startsAt)}, chat ${channel}`;
}
