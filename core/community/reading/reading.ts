import { type Channel, isPublic } from '../../domain/channel.ts';
import type { ChannelId, Seq, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { SelfDeeds, SelfQuestions, Unread } from '../../plugin/asked/self.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { ReadMarkers } from './markers.ts';
import type { UnreadCounter } from './unread.ts';

/** Channels counted for one question, those of few people first. */
const MOST_CHANNELS = 200;

/** What each person has read and what they have not. */
export interface Reading {
  readonly questions: {
    unread(actor: Actor, of: SelfQuestions['unread'][0]): Promise<Answer<SelfQuestions['unread'][1]>>;
  };
  readonly deeds: {
    'mark-read'(actor: Actor, of: SelfDeeds['mark-read'][0]): Promise<Answer<Record<never, never>>>;
  };
}

export interface ReadingDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'channels' | 'relations'>;
  readonly markers: ReadMarkers;
  readonly unread: UnreadCounter;
  readonly headSeq: (channel: ChannelId) => Seq | null;
  /** The newest that was ever given there, which this hub may not have heard of yet. @throws {StoreUnavailable} */
  readonly newestSeq: (channel: ChannelId) => Promise<Seq | null>;
  /** What the person's linked accounts are called. */
  readonly namesOf: (user: UserId) => Promise<readonly string[]>;
  /** Whether they are there without anybody being told: then nothing is written down either. */
  readonly isUnnoticed: (user: UserId, channel: ChannelId) => boolean;
  /** Where people elsewhere see who has read what. */
  readonly tellRooms: (actor: Actor, channel: ChannelId, seq: Seq) => void;
}

export function createReading(deps: ReadingDeps): Reading {
  const { facts, directory, markers } = deps;

  async function names({ user, name }: Actor): Promise<readonly string[]> {
    const linked = facts.sameAs(user).length > 1 ? await deps.namesOf(user) : [];
    return [...new Set([name, ...linked].map((one) => one.toLowerCase()))];
  }

  function readable(actor: Actor, ids: readonly ChannelId[] | null): readonly Channel[] {
    const wanted = ids === null ? directory.channels() : ids.flatMap((id) => facts.channel(id) ?? []);
    return wanted.filter(({ id }) => !isReceipt(place(facts, actor, id, 'read')));
  }

  /** Of what is not there yet nobody has read anything; but somebody may have read it by another hub. */
  async function atMostNewest(channel: ChannelId, seq: Seq): Promise<Seq> {
    const head = deps.headSeq(channel) ?? 0;
    return (seq <= head ? seq : Math.min(seq, Math.max(head, (await deps.newestSeq(channel)) ?? 0))) as Seq;
  }

  return {
    questions: {
      async unread(actor, { channels }) {
        if (actor.isGuest) return { ok: true, value: { channels: [] } };
        const read = await markers.of(actor.user);
        const known = readable(actor, channels).filter(({ id, kind }) => read.has(id) || !isPublic(kind));
        const counted = known.toSorted((a, b) => Number(isPublic(a.kind)) - Number(isPublic(b.kind)));
        const reading = {
          user: actor.user,
          users: facts.sameAs(actor.user),
          names: await names(actor),
          muted: directory.relations.mutedBy(actor.user),
        };
        const found: Unread[] = [];
        for (const channel of counted.slice(0, MOST_CHANNELS)) {
          found.push(await deps.unread.count(channel, reading, read.get(channel.id) ?? null));
        }
        return { ok: true, value: { channels: found } };
      },
    },
    deeds: {
      async 'mark-read'(actor, { channel, seq }) {
        if (actor.isGuest) return { ok: false, code: 'sign-in', say: 'Sign in to have it remembered what you read.' };
        if (isReceipt(place(facts, actor, channel, 'read'))) return NO_CHANNEL;
        const upTo = await atMostNewest(channel, seq);
        if (upTo > 0 && !deps.isUnnoticed(actor.user, channel)) {
          markers.mark(actor.user, channel, upTo);
          deps.tellRooms(actor, channel, upTo);
        }
        return { ok: true, value: {} };
      },
    },
  };
}

const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
