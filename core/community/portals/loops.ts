import type { Clock } from '../../async/clock.ts';
import { plainText } from '../../domain/content.ts';
import type { EpochMs, PortalId } from '../../domain/ids.ts';
import type { InboundAccount, InboundMessage } from '../../domain/inbound.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';

/** What was said in a channel lately, and where. */
export interface Lately {
  readonly text: string;
  readonly at: EpochMs;
  /** `[Discord] Ann: `, as our copies begin where they can show no other name. */
  readonly prefix: string;
  /** The very room it was said in: there it is no copy. */
  readonly isFromRoom: boolean;
}

export interface LoopDeps {
  /** What this channel said since then, newest first, as far as it is at hand. */
  readonly lately: (portal: Portal, since: EpochMs) => readonly Lately[];
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * Other relays in our rooms. One that says again what we carried there would make everything go round for ever; what it
 * says is not taken, and whoever looks after the room is told. Not every platform tells which accounts are bots: whoever
 * says our copies again, prefix and all, is taken for one from the second time on.
 */
export interface Loops {
  /** Whether our own messages are carried back. */
  isRepeat(portal: Portal, said: InboundMessage): boolean;
  /** What to tell of this room; null: no such bot was noticed in the last day. */
  remark(portal: PortalId): string | null;
  /** Of all rooms. */
  remarks(): readonly string[];
}

/** The very text counts so long, our prefix longer: an other relay may catch up late. */
const WITHIN_MS = 60_000;
const PREFIX_MS = 3_600_000;
const REMEMBERED_MS = 86_400_000;
const MOST_REMEMBERED = 1_000;
/** So much of a text tells one copy from another: platforms cut and mark the rest. */
const TOLD_BY = 8;
const LIKE_A_COPY = /\[[^[\]]{1,64}\] [^:]{1,64}:/u;
/** A prefix stands so near to the beginning, behind the name that an other relay puts in front. */
const MOST_IN_FRONT = 80;
/** Shorter ones are said by many, so only the very same text counts. */
const SHORT = 4;

interface Noticed {
  readonly say: string;
  readonly at: EpochMs;
}

export function createLoops(deps: LoopDeps): Loops {
  const { clock, logger } = deps;
  const noticed = new Map<PortalId, Noticed>();
  /** When somebody who is not said to be a bot last said a copy of ours again. */
  const copiers = new Map<string, EpochMs>();

  function notice(portal: Portal, name: string): void {
    const earlier = fresh(portal.id);
    const say = `A bot here (${name.slice(0, 64)}) carries our own messages back; they are left out. Take one of the two relays out of this room.`;
    remember(noticed, portal.id, { say, at: clock.now() });
    if (earlier === null)
      logger.warn({ portal: portal.id, room: portal.room, bridge: portal.bridge }, 'another relay in a room');
  }

  function fresh(portal: PortalId): string | null {
    const found = noticed.get(portal);
    return found !== undefined && clock.now() - found.at < REMEMBERED_MS ? found.say : null;
  }

  /** Somebody may show a line of another room once. */
  function isAgain({ bridge }: Portal, { id }: InboundAccount, now: EpochMs): boolean {
    const key = JSON.stringify([bridge, id]);
    const before = copiers.get(key);
    remember(copiers, key, now);
    return before !== undefined && now - before < PREFIX_MS;
  }

  return {
    isRepeat(portal, said) {
      const text = fold(plainText(said.content.rich));
      // most of what people say can be no copy with a prefix
      if (text === '' || (!said.by.isBot && !LIKE_A_COPY.test(text))) return false;
      const now = clock.now();
      const { isBot } = said.by;
      const isOurs = deps
        .lately(portal, (now - PREFIX_MS) as EpochMs)
        .some((one) => (isBot ? isCopy(text, one, now - one.at < WITHIN_MS) : isWholeCopy(text, one)));
      if (isOurs && !isBot && !isAgain(portal, said.by, now)) return false;
      if (isOurs) notice(portal, said.by.name);
      return isOurs;
    },
    remark: fresh,
    remarks: () => [...noticed.keys()].flatMap((id) => fresh(id) ?? []),
  };
}

/** The text itself or our prefix, or either behind a name that the other relay puts in front. */
function isCopy(said: string, { text, prefix, isFromRoom }: Lately, isNew: boolean): boolean {
  const at = said.indexOf(fold(prefix));
  // also where it was said first: only a copy in another room begins so
  if (at >= 0 && at < MOST_IN_FRONT) return true;
  const ours = fold(text);
  if (isFromRoom || !isNew || ours === '') return false;
  return said === ours || (ours.length >= SHORT && said.endsWith(` ${ours}`));
}

/** Our prefix with the text behind it, as it stands in another room than the one it was said in. */
function isWholeCopy(said: string, { text, prefix }: Lately): boolean {
  const start = `${fold(prefix)} ${fold(text).slice(0, TOLD_BY)}`.trimEnd();
  const at = said.indexOf(start);
  return at >= 0 && at < MOST_IN_FRONT;
}

/** What platforms put between letters to keep them apart is seen by nobody, and counts for nothing. */
function fold(text: string): string {
  const seen = text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return seen.toLowerCase().replace(/\s+/gu, ' ').trim();
}

function remember<Key, Value>(all: Map<Key, Value>, key: Key, value: Value): void {
  all.delete(key);
  all.set(key, value);
  const [oldest] = all.keys();
  if (all.size > MOST_REMEMBERED && oldest !== undefined) all.delete(oldest);
}
