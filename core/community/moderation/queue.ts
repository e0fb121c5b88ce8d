import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import type { HeldMessage } from '../../domain/held.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may, outranks } from '../../domain/permission.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import type { QueuedMessage } from '../../domain/staff.ts';
import { isReceipt, NO_CHANNEL, type Place, place } from '../../pipeline/address.ts';
import { type Decision, type HeldFacts, TAKEN_MS } from '../../pipeline/held-facts.ts';
import { asItStands, discardStep, releaseStep, takenStep } from '../../pipeline/held-steps.ts';
import { type LiveFacts, sanctionIn } from '../../pipeline/live-facts.ts';
import { isEmpty, nothingIn } from '../../pipeline/normalize.ts';
import type { Recent } from '../../pipeline/recent.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Audit } from '../audit.ts';
import type { PeopleFinder } from './find-people.ts';

export interface QueueQuery {
  /** Null: every channel where this person moderates. */
  readonly channel: ChannelId | null;
  readonly after: MessageId | null;
  readonly limit: number;
}

/** What was asked of one held message. */
export interface QueueAct {
  readonly by: Actor;
  readonly channel: ChannelId;
  readonly id: MessageId;
}

export interface Queue {
  /** Oldest first. A receipt: not for this person. */
  list(
    by: Actor,
    query: QueueQuery,
  ): Promise<{ readonly held: readonly QueuedMessage[]; readonly waiting: number } | Receipt>;
  /** Others leave it alone for a minute; asked again, for another one. */
  take(act: QueueAct): Promise<Receipt>;
  release(act: QueueAct): Promise<Receipt>;
  discard(act: QueueAct & { readonly reason: string | null }): Promise<Receipt>;
}

export interface QueueDeps {
  readonly facts: LiveFacts;
  readonly held: HeldFacts;
  readonly channels: () => readonly Channel[];
  readonly recent: Pick<Recent, 'head'>;
  readonly karmaOf: (user: UserId) => number;
  readonly untilFresh: Fresh;
  /** Resolves once this hub has followed the log so far. */
  readonly append: (step: Step) => Promise<void>;
  readonly audit: Pick<Audit, 'read'>;
  readonly finder: Pick<PeopleFinder, 'names'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

const MOST_LISTED = 50;
const MOST_ACTS = 5;

/** What rules have held, worked off by several moderators at once: the step lets only one of them decide. */
export function createQueue(deps: QueueDeps): Queue {
  const { facts, held, clock, untilFresh } = deps;

  /** Where this person may look through what is held. */
  function moderated(by: Actor, id: ChannelId): Place | Receipt {
    const here = place(facts, by, id, 'read');
    if (isReceipt(here)) return here;
    const permission = may('redact-others', here.standing);
    return permission.ok ? here : refused(permission.code, permission.say);
  }

  /** Judged again whenever rights changed before it was stored. */
  async function decide(
    { by, channel, id }: QueueAct,
    make: (here: Place, waiting: HeldMessage) => Step | Receipt,
  ): Promise<Receipt> {
    const first = moderated(by, channel);
    if (isReceipt(first)) return first;
    let wasThere = false;
    const receipt = await untilFresh(first.scope, (rev) => {
      const here = moderated(by, channel);
      if (isReceipt(here)) return here;
      const waiting = held.get(id, clock.now());
      if (waiting === null || waiting.channel !== channel) return GONE;
      wasThere = true;
      const made = make(here, waiting);
      return 'effects' in made ? { ...made, ifRev: rev } : made;
    });
    // whoever repeats what somebody else has done has not done it
    const isLate = receipt.kind === 'duplicate' || (receipt.kind === 'refused' && receipt.code === 'decided');
    if (!isLate) return receipt;
    const said = await decided(first.channel, id);
    // the store knows of a decision of which this hub has not heard yet
    return wasThere && said === UNKNOWN ? GONE : said;
  }

  /** Says who was faster, as far as that is known already. */
  async function decided(channel: Channel, id: MessageId): Promise<Receipt> {
    const made = held.decision(id) ?? (await archivedDecision(channel, id));
    if (made === null || made.channel !== channel.id) return UNKNOWN;
    if (made.how === 'discarded' && made.by === made.author) return refused('decided', 'Its author has taken it back.');
    const name = (await deps.finder.names([made.by], channel.id)).get(made.by)?.name ?? 'Somebody else';
    return refused('decided', `${name} has ${made.how} it already.`);
  }

  async function archivedDecision(channel: Channel, id: MessageId): Promise<Decision | null> {
    const query = deps.sql.build.selectFrom('held').select(['state', 'decided_by', 'author_id']).where('id', '=', id);
    const [row] = await deps.sql.read(query.where('channel_id', '=', channel.id).compile());
    if (row === undefined || row.state === 'waiting') return null;
    const author = row.author_id as UserId;
    const how = row.state === 'released' ? 'released' : 'discarded';
    return { channel: channel.id, how, by: (row.decided_by ?? author) as UserId, author };
  }

  async function shown(one: HeldMessage): Promise<QueuedMessage> {
    const { author, channel, body, at, takenBy } = one;
    // what happened in other channels is for their moderators
    const query = deps.sql.build.selectFrom('held').select((row) => ['state', row.fn.countAll<number>().as('count')]);
    const theirs = query.where('author_id', '=', author).where('channel_id', '=', channel);
    const rows = await deps.sql.read(theirs.groupBy('state').compile());
    const count = (state: string): number => Number(rows.find((row) => row.state === state)?.count ?? 0);
    const acts = await deps.audit.read({
      channel: { id: channel },
      target: author,
      act: null,
      before: null,
      limit: MOST_ACTS,
    });
    const names = takenBy === null ? null : await deps.finder.names([takenBy], channel);
    return {
      channel,
      message: body.message,
      at,
      findings: body.findings,
      karma: deps.karmaOf(author),
      takenBy: takenBy === null ? null : (names?.get(takenBy) ?? { user: takenBy, name: null, platform: null }),
      earlier: { released: count('released'), discarded: count('discarded') },
      acts: acts.map(({ act, at: when, reason, until }) => ({ act, at: when, reason, until })),
    };
  }

  return {
    async list(by, { channel, after, limit }) {
      const wanted = channel === null ? deps.channels().map(({ id }) => id) : [channel];
      const places = wanted.map((id) => moderated(by, id));
      const [first] = places;
      if (channel !== null && first !== undefined && isReceipt(first)) return first;
      const open = places.flatMap((one) => (isReceipt(one) ? [] : [one.channel.id]));
      if (open.length === 0) return channel === null ? NOT_YOURS : NO_CHANNEL;
      const most = Math.max(1, Math.min(MOST_LISTED, Math.trunc(limit)));
      const found = open
        .flatMap((id) => held.list(id, after, most, clock.now()))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, most);
      const waiting = open.reduce((sum, id) => sum + held.count(id), 0);
      return { held: await Promise.all(found.map(shown)), waiting };
    },

    async take({ by, channel, id }) {
      const here = moderated(by, channel);
      if (isReceipt(here)) return here;
      const now = clock.now();
      const waiting = held.get(id, now);
      if (waiting === null || waiting.channel !== channel) return decided(here.channel, id);
      const body = { id, by: by.user, until: (now + TAKEN_MS) as EpochMs };
      await deps.append(takenStep(here.channel, body, stepKey('taken', newRowId()), now));
      const after = held.get(id, clock.now());
      if (after === null) return decided(here.channel, id);
      return after.takenBy === by.user ? { kind: 'accepted', id, seq: null } : TAKEN;
    },

    release: (act) =>
      decide(act, (here, waiting) => {
        if (here.channel.state === 'read-only') return refused('read-only', 'This channel is read-only.');
        const now = clock.now();
        const sanction = sanctionIn(facts, here.channel, waiting.author);
        if (sanction !== null && (sanction.until === null || sanction.until > now)) return AUTHOR_SANCTIONED;
        const message = asItStands(waiting.body, here.channel, deps);
        if (isEmpty(message.content)) return nothingIn(waiting.body.message.content);
        return releaseStep(here.channel, waiting, act.by.user, now, message);
      }),

    discard: (act) =>
      decide(act, (here, waiting) => {
        const author = facts.standing(waiting.author, false, here.channel).rank;
        if (waiting.author !== act.by.user && !outranks(here.standing.rank, author)) return SAME_RANK;
        return discardStep(here.channel, waiting, act.by.user, act.reason, clock.now());
      }),
  };
}

const GONE = refused('decided', 'Somebody else has decided that already.');
const UNKNOWN = refused('not-found', 'No such message waits here.');
const TAKEN = refused('decided', 'Somebody else is looking at it; take another one.');
const NOT_YOURS = refused('forbidden', 'Only a moderator can do that.');
const SAME_RANK = refused('forbidden', 'You cannot act on someone of the same or a higher rank.');
const AUTHOR_SANCTIONED = refused('sanctioned', 'Its author is timed out or banned here now.');
