import type { Clock } from './async/clock.ts';
import { digestOf } from './async/mint.ts';
import type { Conversations } from './community/directs/aside.ts';
import type { KarmaGiver } from './community/karma/give.ts';
import type { KarmaLine } from './domain/audit.ts';
import { modeAt } from './domain/channel-mode.ts';
import { assertNever } from './domain/content.ts';
import type { HeldMessage } from './domain/held.ts';
import { HOUSE_RULES } from './domain/house-rules.ts';
import type { EpochMs, MessageId, ScopeId, UserId } from './domain/ids.ts';
import type { Actor, Request } from './domain/inbound.ts';
import { POINTS } from './domain/karma.ts';
import type { ChatMessage, Quote, Redaction } from './domain/message.ts';
import { may, outranks } from './domain/permission.ts';
import { type Receipt, refused } from './domain/receipt.ts';
import type { WireEntry, WireMessage } from './domain/wire.ts';
import { isJudged } from './moderation/policy.ts';
import type { Finding } from './moderation/rule.ts';
import { type Asked, authorOf, isReceipt, lacksScope, MOVED, type Place, place } from './pipeline/address.ts';
import type { Judge } from './pipeline/gather-facts.ts';
import type { HeldFacts } from './pipeline/held-facts.ts';
import { isForRules, noRoomFor } from './pipeline/held-room.ts';
import { discardStep, holdStep } from './pipeline/held-steps.ts';
import { type LiveFacts, sanctionIn } from './pipeline/live-facts.ts';
import { cleanContent, isEmpty, isReactionEmoji, normalize, nothingIn, quoteOf } from './pipeline/normalize.ts';
import { MOST_KINDS, type ReactionKinds } from './pipeline/reaction-kinds.ts';
import type { Recent } from './pipeline/recent.ts';
import type { Fresh } from './pipeline/until-fresh.ts';
import type { Effect, EntryNote, Head, Step } from './store/ports.ts';

/** What the route needs. Everything but `lookup` and the append answers from memory. */
export interface RouterDeps {
  readonly clock: Clock;
  readonly newId: () => MessageId;
  readonly facts: LiveFacts;
  readonly recent: Recent;
  readonly reactionKinds: ReactionKinds;
  readonly untilFresh: Fresh;
  readonly karma: KarmaGiver;
  readonly judge: Judge;
  readonly held: HeldFacts;
  readonly conversations: Conversations;
  /** Messages too old to be at hand. */
  readonly lookup: {
    head(scope: ScopeId, id: MessageId): Promise<Head | null>;
    quote(place: Place, id: MessageId): Promise<Quote | null>;
    /** What became of a step with this key, however long ago. */
    earlier(key: string): Promise<Receipt | null>;
  };
  /** Null: go on. Otherwise the refusal with the time to wait. */
  readonly limit: (asked: Asked) => Promise<Receipt | null>;
}

/** The whole route: one function per kind of request behind one switch. */
export async function route(asked: Asked, at: RouterDeps): Promise<Receipt> {
  const earlier = asked.again ? await at.lookup.earlier(asked.key) : null;
  if (earlier !== null) return asRepeat(asked, earlier);
  const { request } = asked;
  switch (request.kind) {
    case 'message':
      return routeMessage({ ...asked, request }, at);
    case 'edit':
      return routeEdit({ ...asked, request }, at);
    case 'redaction':
      return routeRedaction({ ...asked, request }, at);
    case 'reaction':
      return routeReaction({ ...asked, request }, at);
    default:
      return assertNever(request);
  }
}

type Of<K extends Request['kind']> = Asked<Extract<Request, { kind: K }>>;

/** The route of one message. Judged from memory; the append is the one thing it waits for. */
async function routeMessage(asked: Of<'message'>, at: RouterDeps): Promise<Receipt> {
  const { actor, request } = asked;
  const limited = await at.limit(asked);
  if (limited !== null) return limited;
  if (hasMoved(asked, at)) return MOVED;
  const first = place(at.facts, actor, request.channel, 'post');
  if (isReceipt(first)) return first;
  const asking = at.conversations.about(first, actor, request.replyTo);
  const aside = asking === null ? null : await asking;
  const isUnseen = request.replyTo === null || aside?.isUnseen === true;
  const quote = isUnseen || request.replyTo === null ? null : await quoted(first, request.replyTo, at);
  const origin = asked.origin;
  const ready = at.judge.ready(actor.user, first.channel);
  if (ready !== null) await ready;
  const id = at.newId();
  const now = at.clock.now();
  let held: Step | null = null;
  let judged: ChatMessage | null = null;
  const receipt = await at.untilFresh(first.scope, (rev) => {
    if (hasMoved(asked, at)) return MOVED;
    const here = place(at.facts, actor, request.channel, 'post');
    if (isReceipt(here)) return here;
    const author = authorOf(actor, here.standing, at.facts);
    // It may have been redacted while the quote was looked up or the rights were read anew.
    const replyTo = quote !== null && at.recent.isGone(quote.id) ? null : quote;
    const content = at.judge.covered(request.content, here, actor.user, now);
    const message = normalize({ channel: here.channel, author, content, replyTo, origin }, now, id);
    if (isEmpty(message.content)) return nothingIn(request.content);
    if (keepsAway(asked, at)) return STAYS;
    judged = message;
    const verdict = at.judge.verdict(message, here, now, saidAt(asked, now));
    if (verdict.kind === 'reject') return turnedDown(verdict.findings[0]);
    const full = verdict.kind === 'hold' ? noRoomFor(message, verdict.findings, at) : null;
    if (full !== null) return full;
    const { origin: _, channel: __, ...wire } = message;
    const body: WireMessage = { type: 'message', channel: message.channel, key: asked.clientKey, message: wire };
    const effects: readonly Effect[] = [{ kind: 'message', id, author: actor.user }, ...slowed(asked, here, now, at)];
    const posting: Step = {
      ...stepOf(asked, here, body, effects, at),
      ifRev: rev,
      note: {
        author: actor.user,
        bridge: origin.bridge,
        ref: origin.ref,
        ...relayOf(asked, at),
        ...(asked.saidAt !== undefined && { saidAt: saidAt(asked, now) }),
        ...(aside === null ? earned(at.karma.forPost(actor)) : aside.note('say')),
      },
    };
    held = verdict.kind === 'hold' ? holdStep(posting, body, verdict.findings) : null;
    return held ?? posting;
  });
  if (receipt.kind === 'accepted' && judged !== null) at.judge.said(judged, saidAt(asked, now));
  if (held !== null && receipt.kind === 'accepted') return heldBy(held, receipt, at);
  return withSay(asRepeat(asked, receipt), aside?.say() ?? null);
}

function withSay(receipt: Receipt, say: string | null): Receipt {
  return say !== null && receipt.kind === 'accepted' ? { ...receipt, say } : receipt;
}

/** Its author and moderators may act on it at once. */
function heldBy({ scope, channel, at: heldAt, body, note }: Step, receipt: Accepted, at: RouterDeps): Receipt {
  const { id } = receipt;
  if (id !== null && channel !== null && note.author !== undefined) {
    at.held.stored(scope, { id, channel, author: note.author, at: heldAt, body });
  }
  return { ...receipt, kind: 'held', ...(isForRules(body) && { because: HOUSE_RULES }) };
}
type Accepted = Extract<Receipt, { id: MessageId | null }>;

/** Said in a room that is at another channel by now. */
function hasMoved({ request, isFromFollower }: Of<'message'>, at: RouterDeps): boolean {
  const channel = isFromFollower === true ? at.facts.channel(request.channel) : null;
  return channel !== null && at.facts.areRoomsElsewhere(channel);
}

/** A message that was held has no seq, or another key since a moderator has released it. */
function asRepeat({ request }: Asked, receipt: Receipt): Receipt {
  const wasHeld = request.kind === 'message' && receipt.kind === 'duplicate' && receipt.seq === null;
  return wasHeld ? { ...receipt, kind: 'held' } : receipt;
}

/** By the platform's clock where it comes late, never in the future. */
function saidAt(asked: Asked, now: EpochMs): EpochMs {
  return asked.saidAt !== undefined && asked.saidAt < now ? asked.saidAt : now;
}

/** Slow mode is decided where the message is stored: two hubs cannot both let one through. */
function slowed(asked: Asked, { channel, standing }: Place, now: EpochMs, at: RouterDeps): readonly Effect[] {
  const { slowSeconds } = modeAt(at.facts.mode(channel.id), now);
  if (slowSeconds === 0 || !isJudged(standing.rank)) return [];
  const { user } = asked.actor;
  return [{ kind: 'slow', channel: channel.id, user, at: saidAt(asked, now), everyMs: slowSeconds * 1_000 }];
}

function turnedDown(finding: Finding): Receipt {
  switch (finding.action) {
    case 'reject':
      return refused(finding.code, finding.say, finding.retryAfterMs);
    case 'hold':
      return refused('against-rules', `${finding.say} What is there already cannot wait: it stays as it was.`);
  }
}

/** What one wrote with one account is one's own with every other that is linked with it. */
function isSame(author: UserId, { user, isGuest }: Actor, at: RouterDeps): boolean {
  return author === user || (!isGuest && at.facts.sameAs(author).includes(user));
}

/** From its author alone; judged again like a new message. */
async function routeEdit(asked: Of<'edit'>, at: RouterDeps): Promise<Receipt> {
  const { actor, request } = asked;
  const limited = await at.limit(asked);
  if (limited !== null) return limited;
  if (at.held.get(request.id, at.clock.now()) !== null) return STILL_HELD;
  await at.judge.ready(actor.user, null);
  return onMessage(asked, 'edit-own', at, (here, head, rev) => {
    if (!isSame(head.author, actor, at)) return refused('not-yours', 'Only its author can edit a message.');
    if (head.isRedacted) return refused('redacted', 'This message was deleted.');
    if (head.isHidden === true) return HIDDEN;
    if (keepsAway(asked, at)) return STAYS;
    const author = authorOf(actor, here.standing, at.facts);
    const now = at.clock.now();
    const content = cleanContent(at.judge.covered(request.content, here, actor.user, now));
    if (isEmpty(content)) return nothingIn(request.content);
    const draft = normalize(
      { channel: here.channel, author, content, replyTo: null, origin: asked.origin },
      now,
      head.id,
    );
    const verdict = at.judge.verdict(draft, here, now, null);
    if (verdict.kind !== 'post') return turnedDown(verdict.findings[0]);
    const revision = head.revision + 1;
    const body: WireEntry = { type: 'edit', channel: head.channel, id: head.id, content, revision, at: now };
    const effect: Effect = { kind: 'edit', id: head.id, author: head.author, fromRevision: head.revision };
    return { ...stepOf(asked, here, body, [effect], at), ifRev: rev, known: head };
  });
}

/** From its author, or from someone entitled who outranks the author. */
async function routeRedaction(asked: Of<'redaction'>, at: RouterDeps): Promise<Receipt> {
  const { actor, request } = asked;
  const waiting = at.held.get(request.id, at.clock.now());
  if (waiting !== null && waiting.channel === request.channel) {
    const receipt = await routeDiscard(asked, waiting, at);
    // it was released in this very moment
    if (receipt.kind !== 'refused' || receipt.code !== 'decided') return receipt;
  }
  return onMessage(asked, 'read', at, (here, head, rev) => {
    if (head.isRedacted) return { kind: 'unchanged', id: head.id, seq: null };
    const by = redactedBy(head.author, asked, at);
    const refusal = asked.byRoom !== undefined ? null : whyNot(here, head, actor, by === 'author', at);
    if (refusal !== null) return refusal;
    const redaction = { at: at.clock.now(), by } as const;
    const body: WireEntry = { type: 'redaction', channel: head.channel, id: head.id, redaction };
    const effect: Effect = { kind: 'redact', id: head.id, author: head.author, redaction };
    const step = { ...stepOf(asked, here, body, [effect], at), ifRev: rev, known: head };
    const ledgers = by === 'moderator' ? ledgersOf(asked, head) : {};
    return { ...step, note: { ...step.note, actor: actor.user, reason: request.reason, ...ledgers } };
  });
}

/** Where a platform does not say who it was, it may have been the author or somebody who leads there. */
function redactedBy(author: UserId, { actor, byRoom }: Of<'redaction'>, at: RouterDeps): Redaction['by'] {
  if (byRoom === 'unsaid') return 'platform';
  return isSame(author, actor, at) ? 'author' : 'moderator';
}

/** What a moderator takes away is written down, and costs its author; what a platform takes away by itself does not. */
function ledgersOf({ actor, request, byRoom, cause: part, key }: Of<'redaction'>, head: Head): EntryNote {
  const { reason } = request;
  const cause = part ?? key;
  const shared = { act: 'redact', by: actor.user, target: head.author, message: head.id, channel: head.channel };
  const audit = { ...shared, until: null, reason, cause };
  const line = { user: head.author, points: POINTS.redacted, why: 'redacted', by: actor.user, cause };
  return byRoom === undefined ? { audit, karma: [line] } : { audit };
}

function earned(karma: readonly KarmaLine[]): Pick<EntryNote, 'karma'> {
  return karma.length === 0 ? {} : { karma };
}

/** What waits for a moderator is never shown. */
async function routeDiscard(asked: Of<'redaction'>, held: HeldMessage, at: RouterDeps): Promise<Receipt> {
  const { actor, request, byRoom } = asked;
  const isOwn = isSame(held.author, actor, at) || byRoom === 'unsaid';
  const here = place(at.facts, actor, request.channel, 'read');
  if (isReceipt(here)) return here;
  return at.untilFresh(here.scope, (rev) => {
    const now = place(at.facts, actor, request.channel, 'read');
    if (isReceipt(now)) return now;
    const refusal = byRoom === undefined ? whyNot(now, held, actor, isOwn, at) : null;
    if (refusal !== null) return refusal;
    const by = isOwn ? held.author : actor.user;
    return { ...discardStep(now.channel, held, by, request.reason, at.clock.now()), ifRev: rev };
  });
}

function whyNot(here: Place, of: Pick<Head, 'author'>, by: Actor, isOwn: boolean, at: RouterDeps): Receipt | null {
  const permission = may(isOwn ? 'redact-own' : 'redact-others', here.standing);
  if (!permission.ok) return refused(permission.code, permission.say);
  const authorRank = at.facts.standing(of.author, false, here.channel).rank;
  return isOwn || outranks(here.standing.rank, authorRank)
    ? lacksScope(by, isOwn ? 'post' : 'moderate')
    : refused('forbidden', 'You cannot act on someone of the same or a higher rank.');
}

/** A member of a set: saying it twice changes nothing. */
async function routeReaction(asked: Of<'reaction'>, at: RouterDeps): Promise<Receipt> {
  const { actor, request } = asked;
  if (!isReactionEmoji(request.emoji)) return refused('bad-request', 'emoji: must be a single emoji.');
  const limited = await at.limit(asked);
  if (limited !== null) return limited;
  const first = place(at.facts, actor, request.channel, 'react');
  if (isReceipt(first)) return first;
  if (request.on && !(await at.reactionKinds.hasRoom(first, request.id, request.emoji))) {
    return refused('bad-request', `emoji: a message takes ${MOST_KINDS} different ones.`);
  }
  return onMessage(asked, 'react', at, (here, head, rev) => {
    if (head.isRedacted) return refused('redacted', 'This message was deleted.');
    if (head.isHidden === true) return HIDDEN;
    if (keepsAway(asked, at)) return STAYS;
    const sanction = sanctionIn(at.facts, here.channel, actor.user);
    const now = at.clock.now();
    if (sanction !== null && (sanction.until === null || sanction.until > now)) {
      return refused('sanctioned', 'You cannot react here now.');
    }
    const { emoji, on } = request;
    const body: WireEntry = {
      type: 'reaction',
      channel: head.channel,
      id: head.id,
      user: actor.user,
      name: authorOf(actor, here.standing, at.facts).name,
      emoji,
      on,
      at: now,
    };
    const effect: Effect = { kind: 'react', id: head.id, user: actor.user, emoji, on };
    const step = stepOf(asked, here, body, [effect], at);
    return { ...step, ifRev: rev, known: head, note: { ...step.note, platform: actor.platform } };
  });
}

/** For what concerns an earlier message: finds it, and again when the log has moved on in between. */
async function onMessage(
  asked: Of<'edit' | 'redaction' | 'reaction'>,
  act: 'edit-own' | 'react' | 'read',
  at: RouterDeps,
  make: (here: Place, head: Head, rev: Step['ifRev']) => Step | Receipt,
): Promise<Receipt> {
  const { actor, request } = asked;
  const first = place(at.facts, actor, request.channel, act);
  if (isReceipt(first)) return first;
  const asking = at.conversations.about(first, actor, request.id);
  const aside = asking === null ? null : await asking;
  if (aside?.isUnseen === true) return refused('not-found', 'There is no such message.');
  let head = at.recent.head(request.id) ?? (await at.lookup.head(first.scope, request.id));
  const receipt = await at.untilFresh(
    first.scope,
    (rev) => {
      const here = place(at.facts, actor, request.channel, act);
      if (isReceipt(here)) return here;
      if (head === null || head.channel !== request.channel) return refused('not-found', 'There is no such message.');
      const made = make(here, head, rev);
      if (aside === null || !('effects' in made)) return made;
      return { ...made, note: { ...made.note, ...aside.note(request.kind === 'reaction' ? 'react' : 'change') } };
    },
    async () => {
      head = await at.lookup.head(first.scope, request.id);
    },
  );
  // who answers it next quotes what it says now
  if (receipt.kind === 'accepted' && request.kind !== 'reaction') at.recent.changed(request.id);
  return receipt;
}

async function quoted(here: Place, id: MessageId, at: RouterDeps): Promise<Quote | null> {
  const message = at.recent.message(id);
  if (message !== null && at.recent.head(id)?.channel === here.channel.id) {
    return quoteOf(id, message.author.name, message.content);
  }
  return at.lookup.quote(here, id);
}

const HIDDEN = refused('redacted', 'This message is hidden until a moderator has looked at it.');
const STAYS: Receipt = { kind: 'unchanged', id: null, seq: null };

/** Said in a room by somebody whose messages stay there. */
function keepsAway({ actor, origin }: Asked, at: RouterDeps): boolean {
  return origin.ref !== null && at.facts.isOptedOut(actor.user);
}

/** What somebody who keeps to themselves writes in the native chat stays in it. */
function relayOf({ actor, request }: Asked, at: RouterDeps): Pick<Step['note'], 'relay'> {
  if (request.kind !== 'redaction' && at.facts.isOptedOut(actor.user)) return { relay: 'none' };
  const channel = request.kind === 'message' ? at.facts.channel(request.channel) : null;
  return channel !== null && at.facts.areRoomsElsewhere(channel) ? { relay: 'away' } : {};
}

const STILL_HELD = refused('against-rules', 'This message waits for a moderator and cannot be changed meanwhile.');

/** One atomic step for readers of the channel. */
function stepOf(asked: Asked, here: Place, body: WireEntry, effects: readonly Effect[], at: RouterDeps): Step {
  return {
    scope: here.scope,
    channel: here.channel.id,
    key: asked.key,
    digest: digestOf(asked.request),
    ifRev: null,
    kind: body.type,
    audience: 'readers',
    at: at.clock.now(),
    body: JSON.stringify(body),
    note: {
      actor: asked.actor.user,
      bridge: asked.origin.bridge,
      ref: asked.origin.ref,
      ...relayOf(asked, at),
    },
    effects,
    known: null,
  };
}
