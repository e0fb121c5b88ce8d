import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { isPublic } from '../../domain/channel.ts';
import type { ChannelId, HubId, ScopeId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import { type Asked, isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { type Entry, type Signals, type Step, StoreUnavailable } from '../../store/ports.ts';
import type { SelfDesk } from '../selves/news.ts';
import { createUnnoticedElsewhere } from './unnoticed-elsewhere.ts';

/**
 * Admins who read a public channel without anybody being told. Nothing is kept of it but the audit, for the other admins:
 * it stands in the memory of the hubs, for as long as they are connected.
 */
export interface Unnoticed {
  /** @param onShown they are to be seen from now on; told once. @returns what ends it */
  enter(actor: Actor, channel: ChannelId, onShown: () => void): Promise<Answer<() => void>>;
  /** On every hub. */
  show(actor: Actor, channel: ChannelId): Promise<Answer<Record<never, never>>>;
  isUnnoticed(user: UserId, channel: ChannelId): boolean;
  /** Why what they ask is turned down: others would see it. Null: it is not. */
  turnedAway(asked: Pick<Asked, 'actor' | 'request'>): Receipt | null;
  /** Follows the log, after the directory: who is no admin any more is seen. */
  apply(batch: readonly Entry[]): void;
  stop(): void;
}

export interface UnnoticedDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'isAdmin' | 'sameAs'>;
  readonly selves: Pick<SelfDesk, 'follow' | 'tell'>;
  readonly append: (step: Step) => Promise<{ readonly kind: string }>;
  /** Who wrote the message, as far as it is at hand. */
  readonly authorOf: (message: Extract<Asked['request'], { kind: 'redaction' }>['id']) => UserId | null;
  readonly hub: HubId;
  readonly signals: Signals;
  readonly clock: Pick<Clock, 'now' | 'every'>;
}

/** Acts on nobody's channel are written down with the megachannel's. */
const SCOPE = 'mega' as ScopeId;

export function createUnnoticed(deps: UnnoticedDeps): Unnoticed {
  const { facts, directory, selves, clock } = deps;
  const readers = new Map<UserId, Map<ChannelId, Set<() => void>>>();
  const elsewhere = createUnnoticedElsewhere({
    ...deps,
    own: () =>
      [...readers].flatMap(([user, channels]) => [...channels.keys()].map((channel) => [user, channel] as const)),
  });

  function shown(user: UserId, channel: ChannelId): void {
    const here = readers.get(user)?.get(channel);
    for (const tell of [...(here ?? [])]) tell();
  }

  /** What every device of theirs is told ends it here too. */
  function add(user: UserId, channel: ChannelId, onShown: () => void): () => void {
    const own = readers.get(user) ?? new Map<ChannelId, Set<() => void>>();
    readers.set(user, own);
    const here = own.get(channel) ?? new Set();
    own.set(channel, here);
    if (here.size === 0) elsewhere.tell(user, channel, true);
    const end = (): void => {
      stopHearing();
      here.delete(tell);
      if (here.size === 0 && own.get(channel) === here) {
        own.delete(channel);
        elsewhere.tell(user, channel, false);
      }
      if (own.size === 0 && readers.get(user) === own) readers.delete(user);
    };
    const tell = (): void => {
      if (!here.has(tell)) return;
      end();
      onShown();
    };
    const stopHearing = selves.follow(user, (news) => {
      if (news.kind === 'shown' && news.channel === channel) tell();
    });
    here.add(tell);
    return end;
  }

  function isUnnoticed(user: UserId, channel: ChannelId): boolean {
    return readers.get(user)?.has(channel) === true || elsewhere.is(user, channel);
  }

  return {
    async enter(actor, id, onShown) {
      const here = place(facts, actor, id, 'read');
      if (isReceipt(here)) return NO_CHANNEL;
      if (actor.isGuest || !directory.isAdmin(actor.user)) return NOT_ADMIN;
      if (!isPublic(here.channel.kind)) return NOT_PUBLIC;
      const audit = { act: 'unnoticed', by: actor.user, target: null, message: null, channel: null, until: null };
      const note = { audit: { ...audit, reason: id } };
      // written down first: there is no reading that nobody knows of
      const stored = await deps.append(actStep(SCOPE, stepKey('unnoticed', newRowId()), clock.now(), note));
      if (stored.kind !== 'stored') throw new StoreUnavailable(`it was not written down: ${stored.kind}`);
      return { ok: true, value: add(actor.user, id, onShown) };
    },
    async show(actor, channel) {
      elsewhere.forget(actor.user, channel);
      selves.tell([{ user: actor.user, news: { kind: 'shown', channel } }]);
      return { ok: true, value: {} };
    },
    isUnnoticed,
    turnedAway({ actor, request }) {
      if (!isUnnoticed(actor.user, request.channel)) return null;
      // what others deleted shows only that a moderator did
      if (request.kind === 'redaction') {
        const author = deps.authorOf(request.id);
        return author !== null && !directory.sameAs(actor.user).includes(author) ? null : UNNOTICED;
      }
      return UNNOTICED;
    },
    apply(batch) {
      if (readers.size === 0 || !batch.some(({ kind }) => kind === 'change')) return;
      for (const [user, channels] of [...readers]) {
        if (directory.isAdmin(user)) continue;
        for (const channel of [...channels.keys()]) shown(user, channel);
      }
    },
    stop: elsewhere.stop,
  };
}

const UNNOTICED = refused('forbidden', 'You are unnoticed here: /show or the button lets others see you, then write.');
const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NOT_ADMIN = { ok: false, code: 'forbidden', say: 'Only admins read a channel unnoticed.' } as const;
const NOT_PUBLIC = { ok: false, code: 'forbidden', say: 'Only public channels can be read unnoticed.' } as const;
