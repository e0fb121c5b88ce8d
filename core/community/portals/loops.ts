import type { Clock } from '../../async/clock.ts';
import { plainText } from '../../domain/content.ts';
import type { EpochMs, PortalId } from '../../domain/ids.ts';
import type { InboundMessage } from '../../domain/inbound.ts';
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
 * Other relays in our rooms. A bot that says again what we carried there would make everything go round for ever;
 * what it says is not taken, and whoever looks after the room is told.
 */
export interface Loops {
  /** Whether a bot carries our own messages back. */
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
/** Shorter ones are said by many, so only the very same text counts. */
const SHORT = 4;

interface Noticed {
  readonly say: string;
  readonly at: EpochMs;
}

export function createLoops(deps: LoopDeps): Loops {
  const { clock, logger } = deps;
  const noticed = new Map<PortalId, Noticed>();

  function notice(portal: Portal, name: string): void {
    const earlier = fresh(portal.id);
    const say = `A bot here (${name.slice(0, 64)}) carries our own messages back; they are left out. Take one of the two relays out of this room.`;
    noticed.delete(portal.id);
    noticed.set(portal.id, { say, at: clock.now() });
    const [oldest] = noticed.keys();
    if (noticed.size > MOST_REMEMBERED && oldest !== undefined) noticed.delete(oldest);
    if (earlier === null)
      logger.warn({ portal: portal.id, room: portal.room, bridge: portal.bridge }, 'another relay in a room');
  }

  function fresh(portal: PortalId): string | null {
    const found = noticed.get(portal);
    return found !== undefined && clock.now() - found.at < REMEMBERED_MS ? found.say : null;
  }

  return {
    isRepeat(portal, said) {
      if (!said.by.isBot) return false;
      const text = fold(plainText(said.content.rich));
      if (text === '') return false;
      const now = clock.now();
      const isOurs = deps
        .lately(portal, (now - PREFIX_MS) as EpochMs)
        .some((one) => isCopy(text, one, now - one.at < WITHIN_MS));
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
  if (at >= 0 && at < 80) return true;
  const ours = fold(text);
  if (isFromRoom || !isNew || ours === '') return false;
  return said === ours || (ours.length >= SHORT && said.endsWith(` ${ours}`));
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
