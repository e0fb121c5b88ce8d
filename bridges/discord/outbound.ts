import type { RoomId } from '../../core/domain/ids.ts';
import { BridgeError, type Budget, type Capabilities, type Signal } from '../../core/plugin/index.ts';
import { direct, editDirect, MAX_CHOICES, redactDirect, respond } from './answers.ts';
import { MAX_TEXT } from './encode.ts';
import { bridgeError } from './failures.ts';
import { RESPOND_WITHIN_MS } from './interactions.ts';
import { authority, MAX_TIMEOUT_MS, sanction } from './moderation.ts';
import { maySend, type Place } from './place.ts';
import { edit, find, post } from './posts.ts';
import { MAX_REDACT, react, redact } from './removals.ts';
import { placeFor, type Session } from './session.ts';

const MAX_MEDIA = 10;

/** What the bot may do in this room now, and nothing else. */
export function capabilitiesOf(now: () => Session | null, room: RoomId): Capabilities {
  const place = now()?.knowledge.place(room) ?? null;
  if (now() === null) return {};
  const session = (): Session => needed(now());
  if (place === null) return now()?.knowledge.isLinked(room) === true ? {} : withPeople(session);
  return {
    ...talking(session, place),
    ...moderating(session, place),
    direct: {
      limits: { text: MAX_TEXT, choices: MAX_CHOICES, toAnyone: true },
      run: async (command, signal) => direct(session(), command, signal),
    },
    respond: {
      limits: { withinMs: RESPOND_WITHIN_MS, isPrivate: true, choices: MAX_CHOICES },
      run: async (command, signal) => respond(session(), command, signal),
    },
    authority: { limits: {}, run: async (command) => authority(session(), command) },
    // asked anew: the client hears of every change
    isClosed: { limits: {}, run: async (command) => placeFor(session(), command.room).isHidden },
  };
}

/** With one person alone, outside of all servers. */
function withPeople(session: () => Session): Capabilities {
  return {
    direct: {
      limits: { text: MAX_TEXT, choices: MAX_CHOICES },
      run: async (command, signal) => direct(session(), command, signal),
    },
    edit: { limits: { windowMs: null }, run: async (command, signal) => editDirect(session(), command, signal) },
    redact: {
      limits: { windowMs: null, maxRefs: MAX_REDACT, others: false },
      run: async (command, signal) => redactDirect(session(), command, signal),
    },
    respond: {
      limits: { withinMs: RESPOND_WITHIN_MS, isPrivate: true, choices: MAX_CHOICES },
      run: async (command, signal) => respond(session(), command, signal),
    },
  };
}

function talking(session: () => Session, place: Place): Capabilities {
  const { rights } = place;
  const isNative = rights.has('webhooks');
  if (!isNative && !maySend(place)) return {};
  return {
    post: {
      limits: {
        text: MAX_TEXT,
        caption: MAX_TEXT,
        unit: 'utf16',
        speaker: isNative ? 'native' : 'prefix',
        reply: true,
        idempotent: false,
        takesSentAt: false,
        maxMedia: isNative || rights.has('attach') ? MAX_MEDIA : 0,
        maxMediaBytes: place.maxFileBytes,
        spoiler: true,
        budget: budgetOf(place, isNative),
      },
      run: async (command, signal) => post(session(), command, signal),
    },
    edit: {
      limits: { windowMs: null, media: 'any' },
      run: async (command, signal) => edit(session(), command, signal),
    },
    redact: {
      limits: { windowMs: null, maxRefs: MAX_REDACT, others: rights.has('manage') },
      run: async (command, signal) => redact(session(), command, signal),
    },
    ...(rights.has('history') && {
      find: { limits: {}, run: async (command, signal) => find(session(), command, signal) },
    }),
    ...(rights.has('react') &&
      rights.has('history') && {
        react: {
          limits: { perUser: false, emoji: 'any' },
          run: async (command, signal) => react(session(), command, signal),
        },
      }),
    ...(maySend(place) && {
      signal: { limits: { kinds: ['typing'] }, run: async (command, signal) => typing(session(), command, signal) },
    }),
  };
}

/**
 * What Discord takes of one webhook (5 posts in 2 seconds), or of a bot in one channel (5 in 5), over a while: what
 * comes in a burst the client spaces out. It takes less at times, and then says so.
 */
function budgetOf({ channel, id }: Place, isNative: boolean): Budget {
  return isNative
    ? { bucket: `webhook ${channel}`, count: 30, perMs: 12_000 }
    : { bucket: `channel ${id}`, count: 12, perMs: 12_000 };
}

function moderating(session: () => Session, { rights }: Place): Capabilities {
  const acts = [
    ...(rights.has('timeout') ? (['timeout'] as const) : []),
    ...(rights.has('ban') ? (['ban'] as const) : []),
  ];
  if (acts.length === 0) return {};
  return {
    sanction: {
      limits: { acts: [...acts, 'lift'], minMs: 0, maxMs: MAX_TIMEOUT_MS },
      run: async (command, signal) => sanction(session(), command, signal),
    },
  };
}

/** Shows the bot as typing for ten seconds; it ends by itself. */
async function typing({ api }: Session, { room, what }: Signal, signal: AbortSignal): Promise<undefined> {
  if (what.kind !== 'typing' || !what.on) return undefined;
  try {
    await api.ask('post', `/channels/${room}/typing`, { signal });
    return undefined;
  } catch (error) {
    throw bridgeError('show typing', error);
  }
}

function needed(session: Session | null): Session {
  if (session === null) throw new BridgeError('discord: not connected', { kind: 'retryable', delivered: 'no' });
  return session;
}
