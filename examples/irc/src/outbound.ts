import {
  BridgeError,
  type Capabilities,
  type Operations,
  type Redact,
  type RemoteRef,
  type RoomId,
} from 'slipmat-hub/plugin';
import type { IrcConfig } from './config.ts';
import { hasHistory } from './history.ts';
import type { Link } from './link.ts';
import { ban } from './outbound-acts.ts';
import { direct, find, mayRelay, post, textBytes } from './outbound-said.ts';
import { act } from './say.ts';

type Run<Command, Result> = (command: Command, link: Link, signal: AbortSignal) => Promise<Result>;

/**
 * What the bridge can do in a room now.
 * @param current the connection; null while there is none
 */
export function capabilitiesOf(room: RoomId, current: () => Link | null, config: IrcConfig): Capabilities {
  const link = current();
  const on =
    <Command, Result>(run: Run<Command, Result>) =>
    async (command: Command, signal: AbortSignal): Promise<Result> => {
      signal.throwIfAborted();
      const now = current();
      if (now === null) throw new BridgeError('not connected to IRC', { kind: 'retryable', delivered: 'no' });
      return run(command, now, signal);
    };
  return {
    post: { limits: postLimits(room, link, config), run: on(post) },
    direct: { limits: { text: 1_000, choices: 0 }, run: on(direct) },
    authority: { limits: {}, run: on(authority) },
    ...(link !== null && canRedact(link) && { redact: { limits: REDACT_LIMITS, run: on(redact) } }),
    ...(link !== null && isOperator(room, link) && { sanction: { limits: SANCTION_LIMITS, run: on(ban) } }),
    ...(link !== null && hasHistory(link.session) && { find: { limits: {}, run: on(find) } }),
  };
}

const REDACT_LIMITS = { windowMs: null, maxRefs: 20, others: true } as const;
/** A ban of IRC has no end: what must lift itself is left to the hub. */
const SANCTION_LIMITS = { acts: ['ban', 'lift'], minMs: 0, maxMs: 0, within: 'room' } as const;

function postLimits(room: RoomId, link: Link | null, config: IrcConfig): Operations['post'][2] {
  const bytes = textBytes(room, link?.session ?? null, config.nick);
  return {
    text: bytes,
    caption: bytes,
    unit: 'byte',
    speaker: link !== null && mayRelay(room, link) ? 'native' : 'prefix',
    reply: false,
    idempotent: false,
    takesSentAt: false,
    maxMedia: 0,
    maxMediaBytes: 0,
    spoiler: true,
    budget: { bucket: 'irc', ...config.pace },
  };
}

function canRedact({ session }: Link): boolean {
  return session.capability('draft/message-redaction') !== null;
}

async function redact({ refs, reason }: Redact, { session }: Link, signal: AbortSignal): Promise<undefined> {
  for (const { room, id } of refs) await redactOne({ room, id }, reason, { session }, signal);
  return undefined;
}

async function redactOne(
  { room, id }: RemoteRef,
  reason: string | null,
  { session }: Pick<Link, 'session'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await act(session, 'REDACT', reason === null ? [room, id] : [room, id, reason], signal);
  } catch (error) {
    // What is not there any more is redacted.
    if (!(error instanceof BridgeError) || !error.message.includes('(UNKNOWN_MSGID)')) throw error;
  }
}

/** Whether the bridge may ban and throw out there. */
export function isOperator(room: RoomId, { session, people }: Pick<Link, 'session' | 'people'>): boolean {
  const rank = rankOf(people.modes(room, session.self.nick) ?? '', { session });
  return rank === 'owner' || rank === 'admin' || rank === 'moderator';
}

async function authority(
  { room, account }: Operations['authority'][0],
  link: Link,
): Promise<Operations['authority'][1]> {
  const { people } = link;
  const modes = people.withAccount(account).flatMap(({ nick }) => people.modes(room, nick) ?? []);
  return modes.length === 0 ? 'none' : rankOf(modes.join(''), link);
}

/** A founder owns the room, an operator administers it, half an operator moderates. */
function rankOf(modes: string, { session }: Pick<Link, 'session'>): 'owner' | 'admin' | 'moderator' | 'member' {
  const { ranks } = session.features;
  const operator = ranks.findIndex(({ mode }) => mode === 'o');
  const best = ranks.findIndex(({ mode }) => modes.includes(mode));
  if (best < 0) return 'member';
  if (ranks[best]?.mode === 'q') return 'owner';
  if (best <= operator) return 'admin';
  return ranks[best]?.mode === 'h' ? 'moderator' : 'member';
}
