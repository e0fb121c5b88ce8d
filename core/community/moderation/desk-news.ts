import type { Clock } from '../../async/clock.ts';
import type { Channel } from '../../domain/channel.ts';
import { type ChannelId, parseChannelId, type UserId } from '../../domain/ids.ts';
import { may } from '../../domain/permission.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Entry, Signals } from '../../store/ports.ts';
import type { SelfDesk } from '../selves/news.ts';

const TOPIC = 'desk';
/** What changes within this time is told at once. */
const GATHER_MS = 250;
const KINDS: ReadonlySet<Entry['kind']> = new Set([
  'held',
  'taken',
  'discarded',
  'mark',
  'hidden',
  'shown',
  'redaction',
]);
/** Stands in the note of a message that was held. */
const CAME_AS = '"cameAs":';
const HAS_PICTURE = '"picture":"';

/** Tells those who moderate a channel that what waits there has changed; each hub tells those connected to it. */
export interface DeskNews {
  /** Follows the log, which every hub reads. */
  follow(batch: readonly Entry[]): void;
  /** Of what does not stand in the log: told at every hub. */
  changed(channel: ChannelId): void;
  stop(): void;
}

export interface DeskNewsDeps {
  readonly selves: Pick<SelfDesk, 'followed' | 'tellHere'>;
  readonly signals: Signals;
  readonly facts: Pick<LiveFacts, 'channel' | 'standing'>;
  readonly clock: Pick<Clock, 'after'>;
}

export function createDeskNews({ selves, signals, facts, clock }: DeskNewsDeps): DeskNews {
  const changed = new Set<ChannelId>();
  let cancel: (() => void) | null = null;

  function tell(): void {
    cancel = null;
    const channels = [...changed].flatMap((id) => facts.channel(id) ?? []);
    changed.clear();
    // whoever is told may go away for it
    for (const user of [...selves.followed()]) {
      for (const channel of channels) {
        if (isFor(user, channel)) selves.tellHere(user, { kind: 'desk', channel: channel.id });
      }
    }
  }

  function isFor(user: UserId, channel: Channel): boolean {
    return may('redact-others', facts.standing(user, false, channel)).ok;
  }

  function here(channel: ChannelId): void {
    changed.add(channel);
    cancel ??= clock.after(GATHER_MS, tell);
  }

  const stopHearing = signals.hear((topic, body) => {
    const channel = topic === TOPIC ? parseChannelId(body) : null;
    if (channel !== null) here(channel);
  });

  return {
    follow(batch) {
      for (const { kind, channel, note, body } of batch) {
        if (channel === null) continue;
        const isNew = kind === 'message' && (note.includes(CAME_AS) || body.includes(HAS_PICTURE));
        if (isNew || KINDS.has(kind)) here(channel);
      }
    },
    changed(channel) {
      here(channel);
      signals.say(TOPIC, channel);
    },
    stop() {
      stopHearing();
      cancel?.();
    },
  };
}
