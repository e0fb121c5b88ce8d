import type { UserId } from '../../domain/ids.ts';
import type { LiveEvent } from '../../domain/live-event.ts';
import type { Outcome } from '../accounts/outcome.ts';
import type { By } from '../events/live-events.ts';
import { eventLine, timeText } from '../events/say.ts';
import { readWhen } from '../events/when.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';

export const live: Command = {
  name: 'live',
  summary: 'Your live events: lists, plans, changes, starts, ends, resumes or cancels them.',
  arguments: [
    {
      name: 'what',
      summary: 'new in 2h TITLE, start, end, resume, cancel, move in 3h, title TITLE; with several, a number first.',
      kind: 'text',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'dj',
  where: 'linked',
  isSlow: false,
  async run(call, deps) {
    const dj = call.channel?.owner ?? null;
    if (call.channel === null || dj === null || !KINDS.has(call.channel.kind)) return NOT_HERE;
    const [verb = '', ...more] = call.rest.split(/\s+/);
    if (verb === '') return listed(dj, call, deps);
    if (verb.toLowerCase() === 'new') return planned(dj, more.join(' '), call, deps);
    return changed(dj, call, deps);
  },
};

const KINDS: ReadonlySet<string> = new Set(['dj', 'event', 'crew']);
const NOT_HERE = 'Live events belong to a DJ: ask in the channel of one.';
type Turn = 'start' | 'end' | 'resume' | 'cancel';
const TURNS: ReadonlyMap<string, Turn> = new Map([
  ['start', 'start'],
  ['end', 'end'],
  ['resume', 'resume'],
  ['cancel', 'cancel'],
]);

function byOf({ actor, rank }: CommandCall): By {
  return { user: actor.user, isAdmin: rank === 'admin' };
}

function eventsOf(dj: UserId, { events }: CommandDeps): readonly LiveEvent[] {
  return events.ofDj(dj).toSorted((a, b) => a.startsAt - b.startsAt);
}

function listed(dj: UserId, { prefix }: CommandCall, deps: CommandDeps): string {
  const events = eventsOf(dj, deps);
  const how = `${prefix}live new in 2h TITLE plans one.`;
  return events.length === 0 ? `Nothing is planned. ${how}` : events.map(eventLine).join('\n');
}

async function planned(dj: UserId, rest: string, call: CommandCall, deps: CommandDeps): Promise<string> {
  const when = readWhen(rest, deps.now());
  if (when === null) {
    return `Say when and what: ${call.prefix}live new in 2h TITLE, or ${call.prefix}live new 2026-08-01 22:00 UTC TITLE.`;
  }
  const outcome = await deps.liveEvents.plan(dj, { title: titleOf(when.rest), startsAt: when.at }, byOf(call));
  if (!outcome.ok) return outcome.say;
  const { title, startsAt, channel } = outcome.value;
  return `"${title}" is planned for ${timeText(startsAt)}; its chat ${channel} opens 30 minutes before.`;
}

/** `start`, `2 cancel`, `move in 3h`, `1 title Summer Night`. */
async function changed(dj: UserId, call: CommandCall, deps: CommandDeps): Promise<string> {
  const [, number, verb = '', rest = ''] = /^(?:(\d{1,3})\s+)?(\S+)\s*(.*)$/s.exec(call.rest) ?? [];
  const word = verb.toLowerCase();
  const turn = TURNS.get(word) ?? null;
  if (turn === null && word !== 'move' && word !== 'title') {
    return `That is not understood; see ${call.prefix}help live.`;
  }
  const events = eventsOf(dj, deps);
  const event = number === undefined ? meant(events, turn, call) : events[Number(number) - 1];
  if (event === undefined) {
    return events.length === 0 ? 'Nothing is planned.' : `Say which one by its number; see ${call.prefix}live.`;
  }
  const by = byOf(call);
  if (turn !== null) return said(await deps.liveEvents.turn(event, turn, by));
  if (word === 'title') return said(await deps.liveEvents.edit(event, { title: titleOf(rest) }, by));
  const when = readWhen(rest, deps.now());
  if (when === null) return `Say when: ${call.prefix}live move in 3h, or ${call.prefix}live move 2026-08-01 22:00 UTC.`;
  return said(await deps.liveEvents.edit(event, { startsAt: when.at }, by));
}

/** Without a number: the event of this chat, the only one, or the only one that the word fits. */
function meant(events: readonly LiveEvent[], turn: Turn | null, call: CommandCall): LiveEvent | undefined {
  const own = call.channel?.kind === 'event' ? events.find(({ channel }) => channel === call.channel?.id) : undefined;
  if (own !== undefined) return own;
  if (events.length === 1) return events[0];
  const states = turn === null ? [] : FITS[turn];
  const fitting = events.filter(({ state }) => states.includes(state));
  return fitting.length === 1 ? fitting[0] : undefined;
}
const FITS: Readonly<Record<Turn, readonly LiveEvent['state'][]>> = {
  start: ['warmup'],
  end: ['live'],
  resume: ['ended'],
  cancel: ['scheduled', 'warmup'],
};

function said(outcome: Outcome<LiveEvent>): string {
  if (!outcome.ok) return outcome.say;
  const { title, state, startsAt } = outcome.value;
  switch (state) {
    case 'scheduled':
      return `"${title}" is planned for ${timeText(startsAt)}.`;
    case 'warmup':
      return `"${title}" is in warmup; it starts at ${timeText(startsAt)}.`;
    case 'live':
      return `"${title}" is live.`;
    case 'ended':
      return `"${title}" has ended; its chat stays open for 30 minutes.`;
    case 'archived':
      return `"${title}" is over.`;
    case 'cancelled':
      return `"${title}" is cancelled.`;
  }
}

function titleOf(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
