import type { Clock } from '../../async/clock.ts';
import type { ChannelId, EpochMs, HubId, UserId } from '../../domain/ids.ts';
import type { Signals } from '../../store/ports.ts';

/** Who reads unnoticed at the other hubs. It is told by word of mouth and written nowhere. */
export interface UnnoticedElsewhere {
  is(user: UserId, channel: ChannelId): boolean;
  /** It has begun or ended here. */
  tell(user: UserId, channel: ChannelId, on: boolean): void;
  /** They are to be seen: nothing that was heard of it holds any more. */
  forget(user: UserId, channel: ChannelId): void;
  stop(): void;
}

export interface ElsewhereDeps {
  readonly hub: HubId;
  readonly signals: Signals;
  /** All of this hub, each once. */
  readonly own: () => readonly Reading[];
  readonly clock: Pick<Clock, 'now' | 'every'>;
}
export type Reading = readonly [user: UserId, channel: ChannelId];

/** `on`: began, or goes on; `who`: a hub asks all others for what goes on. */
type Word =
  | { readonly say: 'on' | 'off'; readonly hub: HubId; readonly of: readonly Reading[] }
  | { readonly say: 'who' };

const TOPIC = 'unnoticed';
const BEAT_MS = 10_000;
/** What a hub said holds no longer once it has been silent for so long. */
const TTL_MS = 30_000;
/** Admins are few. */
const MOST = 1_000;

export function createUnnoticedElsewhere({ hub, signals, own, clock }: ElsewhereDeps): UnnoticedElsewhere {
  /** By reader and channel: until when each hub says so. */
  const heard = new Map<string, Map<HubId, EpochMs>>();
  const say = (word: Word): void => signals.say(TOPIC, JSON.stringify(word));

  function beat(): void {
    const of = own().slice(0, MOST);
    if (of.length > 0) say({ say: 'on', hub, of });
    for (const [key, hubs] of heard) {
      for (const [from, until] of hubs) if (until <= clock.now()) hubs.delete(from);
      if (hubs.size === 0) heard.delete(key);
    }
  }

  function take(word: Word): void {
    if (word.say === 'who') {
      beat();
      return;
    }
    for (const reading of word.of.slice(0, MOST)) {
      const key = keyOf(...reading);
      const hubs = heard.get(key) ?? new Map<HubId, EpochMs>();
      if (word.say === 'off') hubs.delete(word.hub);
      else hubs.set(word.hub, (clock.now() + TTL_MS) as EpochMs);
      if (hubs.size === 0) heard.delete(key);
      else if (heard.has(key) || heard.size < MOST) heard.set(key, hubs);
    }
  }

  const stopHearing = signals.hear((topic, body) => {
    if (topic !== TOPIC) return;
    const word: Word = JSON.parse(body);
    take(word);
  });
  const stopBeat = clock.every(BEAT_MS, beat);
  say({ say: 'who' });

  return {
    is(user, channel) {
      if (heard.size === 0) return false;
      const hubs = heard.get(keyOf(user, channel));
      return hubs !== undefined && [...hubs.values()].some((until) => until > clock.now());
    },
    tell: (user, channel, on) => say({ say: on ? 'on' : 'off', hub, of: [[user, channel]] }),
    forget: (user, channel) => void heard.delete(keyOf(user, channel)),
    stop() {
      stopBeat();
      stopHearing();
    },
  };
}

function keyOf(user: UserId, channel: ChannelId): string {
  return `${user} ${channel}`;
}
