import type { Channel } from '../domain/channel.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ChannelId, MessageId, Seq, UserId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import { may, RANKS } from '../domain/permission.ts';
import type { HistoryMessage } from '../domain/wire.ts';
import { isReceipt, place } from '../pipeline/address.ts';
import type { LiveFacts } from '../pipeline/live-facts.ts';
import type { ActivityQuestions } from '../plugin/asked/activity.ts';
import type { AdminQuestions } from '../plugin/asked/admin.ts';
import type { DeskQuestions } from '../plugin/asked/desk.ts';
import type { HookQuestions } from '../plugin/asked/hooks-in.ts';
import type { HookOutQuestions } from '../plugin/asked/hooks-out.ts';
import type { HouseRulesQuestions } from '../plugin/asked/house-rules.ts';
import type { LibraryQuestions } from '../plugin/asked/library.ts';
import type { PortalQuestions } from '../plugin/asked/portals.ts';
import type { PrivacyQuestions } from '../plugin/asked/privacy.ts';
import type { SelfQuestions } from '../plugin/asked/self.ts';
import type { TokenQuestions } from '../plugin/asked/tokens.ts';
import type { Answer, ListedChannel, Person, Questions } from '../plugin/surface.ts';
import type { Directory } from '../store/directory/directory.ts';
import { lookOf } from './channel-look.ts';
import type { DirectQuestions } from './directs/deeds.ts';
import type { Views } from './directs/views.ts';
import type { EventQuestions } from './events/deeds.ts';
import type { HubPresence } from './presence/presence.ts';
import { createSearchLimit } from './search-limit.ts';

/** More of a page than anyone may ask for. */
const MOST_MESSAGES = 100;
/** A page that weighs more is handed out shorter: people on slow lines read it too. */
const MOST_PAGE_BYTES = 256 * 1024;

export interface QuestionDeps {
  readonly facts: LiveFacts;
  readonly directory: Directory;
  readonly views: Pick<Views, 'page' | 'message' | 'search'>;
  /** The channel as this person finds it in a list. */
  readonly faceOf: (actor: Actor, channel: Channel) => Channel;
  readonly presence: Pick<HubPresence, 'connected'>;
  readonly deliveries: (message: {
    readonly channel: ChannelId;
    readonly id: MessageId;
    readonly seq: Seq;
  }) => Promise<readonly Delivery[]>;
  /** What moderators ask of their channels. */
  readonly order: Pick<Ask, 'settings' | 'queue' | 'reports' | keyof HouseRulesQuestions>;
  /** What they work with together, and how busy it was. */
  readonly desk: Pick<Ask, keyof DeskQuestions | keyof ActivityQuestions>;
  readonly events: EventQuestions;
  readonly directs: DirectQuestions;
  /** What moderators see of people. */
  readonly staff: Pick<Ask, 'person' | 'native-acts'>;
  /** What people have to do with one another. */
  readonly people: Pick<Ask, keyof SelfQuestions>;
  readonly privacy: Pick<Ask, keyof PrivacyQuestions>;
  readonly library: Pick<Ask, keyof LibraryQuestions>;
  readonly tokens: Pick<Ask, keyof TokenQuestions>;
  readonly hooks: Pick<Ask, keyof HookQuestions | keyof HookOutQuestions>;
  readonly portals: Pick<Ask, keyof PortalQuestions>;
  /** What admins see of the hub as a whole. */
  readonly admin: Pick<Ask, keyof AdminQuestions>;
  /** The ledgers of moderation. */
  readonly ledgers: Pick<Ask, 'audit' | 'karma'>;
  /** Newest seq of a channel that this person may see; null before the first such. */
  readonly headFor: (viewer: UserId, channel: Channel) => Promise<Seq | null>;
}

type Ask = {
  readonly [K in keyof Questions]: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
};

/** Everything that is asked and changes nothing; each question is answered for what the one who asks may read. */
export function createQuestions(deps: QuestionDeps): Ask {
  const { facts, directory } = deps;
  const searches = createSearchLimit(facts.sameAs);

  async function inChannel<T>(
    actor: Actor,
    id: ChannelId,
    answer: (channel: Channel) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const here = place(facts, actor, id, 'read');
    return isReceipt(here) ? notFound('There is no such channel.') : answer(here.channel);
  }

  async function listed(actor: Actor, id: ChannelId): Promise<ListedChannel | null> {
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return null;
    const { standing } = here;
    const channel = deps.faceOf(actor, here.channel);
    const headSeq = await deps.headFor(actor.user, here.channel);
    return {
      ...channel,
      rank: standing.rank,
      mayPost: may('post', standing).ok,
      ...lookOf(directory, here.channel),
      headSeq,
    };
  }

  async function list(actor: Actor): Promise<readonly ListedChannel[]> {
    const found: ListedChannel[] = [];
    for (const { id } of directory.channelsFor(actor.user)) {
      const here = await listed(actor, id);
      if (here !== null) found.push(here);
    }
    return found;
  }

  return {
    ...deps.order,
    ...deps.desk,
    ...deps.tokens,
    ...deps.hooks,
    ...deps.portals,
    ...deps.events,
    ...deps.directs,
    ...deps.ledgers,
    ...deps.staff,
    ...deps.library,
    ...deps.people,
    ...deps.privacy,
    ...deps.admin,
    channels: async (actor) => ok({ channels: (await list(actor)).toSorted(byPlace) }),
    async channel(actor, { channel }) {
      const here = await listed(actor, channel);
      return here === null ? notFound('There is no such channel.') : ok(here);
    },
    history: (actor, { channel, before, limit }) =>
      inChannel(actor, channel, async (here) =>
        ok(asLight(await deps.views.page(actor.user, here, before, bounded(limit)))),
      ),
    message: (actor, { channel, id }) =>
      inChannel(actor, channel, async (here) => {
        const message = await deps.views.message(actor.user, here, id);
        return message === null ? notFound('There is no such message.') : ok(message);
      }),
    async search(actor, { text, channel, before, limit }) {
      const readable = await list(actor);
      const channels = channel === null ? readable : readable.filter(({ id }) => id === channel);
      if (channels.length === 0) return notFound('There is no such channel.');
      if (!(await searches.take(actor))) return TOO_MANY_SEARCHES;
      const query = { text, before, limit: bounded(limit) };
      return ok({ messages: lightest(await deps.views.search(actor.user, channels, query)) });
    },
    async delivery(actor, { channel, message: id }) {
      const here = place(facts, actor, channel, 'read');
      if (isReceipt(here)) return notFound('There is no such channel.');
      const found = await deps.views.message(actor.user, here.channel, id);
      if (found === null) return notFound('There is no such message.');
      const isAuthor = !actor.isGuest && facts.sameAs(actor.user).includes(found.message.author.user);
      if (!isAuthor && !may('redact-others', here.standing).ok) return NOT_FOR_ALL;
      return ok({ deliveries: await deps.deliveries({ channel, id, seq: found.seq }) });
    },
    people: (actor, { channel }) =>
      inChannel(actor, channel, async (here) => {
        const connected = await deps.presence.connected(channel);
        const listed = connected.filter(({ isGuest }) => !isGuest);
        const people = listed.map(({ user, name, platform, how }) => ({
          user,
          name,
          platform,
          badge: badgeOf(directory.rankOf(user, here, false)),
          how,
        }));
        return ok({ people: people.toSorted(byRank), guests: connected.length - listed.length });
      }),
  };
}

function badgeOf(rank: (typeof RANKS)[number]): Person['badge'] {
  return rank === 'listener' || rank === 'guest' ? null : rank;
}

function ok<T>(value: T): Answer<T> {
  return { ok: true, value };
}

function notFound(say: string): { readonly ok: false; readonly code: 'not-found'; readonly say: string } {
  return { ok: false, code: 'not-found', say };
}

const NOT_FOR_ALL = {
  ok: false,
  code: 'forbidden',
  say: 'Where a message has arrived is for its author and for moderators.',
} as const;

const TOO_MANY_SEARCHES = {
  ok: false,
  code: 'rate-limited',
  say: 'That was a lot of searching; wait a minute.',
} as const;

function bounded(limit: number): number {
  return Math.max(1, Math.min(MOST_MESSAGES, Math.trunc(limit)));
}

/** Comparing through one of these is many times faster than by `localeCompare`. */
const byName = new Intl.Collator('en');
interface Page {
  readonly messages: readonly HistoryMessage[];
  readonly isEnd: boolean;
}

function asLight({ messages, isEnd }: Page): Page {
  const kept = lightest(messages);
  return { messages: kept, isEnd: isEnd && kept.length === messages.length };
}

/** As many as weigh no more than a page may, at least one. */
function lightest<T>(messages: readonly T[]): readonly T[] {
  let bytes = 0;
  const from = messages.findIndex((message, index) => {
    bytes += Buffer.byteLength(JSON.stringify(message));
    return index > 0 && bytes > MOST_PAGE_BYTES;
  });
  return from < 0 ? messages : messages.slice(0, from);
}

const KIND_ORDER = ['mega', 'event', 'dj', 'crew', 'private', 'direct'];

function byPlace(a: Channel, b: Channel): number {
  return KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || byName.compare(a.name, b.name);
}

function byRank(a: Person, b: Person): number {
  return RANKS.indexOf(b.badge ?? 'listener') - RANKS.indexOf(a.badge ?? 'listener') || byName.compare(a.name, b.name);
}
