import { stepKey } from '../async/mint.ts';
import type { AuditLine } from '../domain/audit.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import type { HeldBody, HeldMessage } from '../domain/held.ts';
import type { EpochMs, UserId } from '../domain/ids.ts';
import { withMarks } from '../domain/picture-mark.ts';
import type { WireChatMessage, WireMessage } from '../domain/wire.ts';
import type { Finding } from '../moderation/rule.ts';
import type { Effect, EntryNote, Step } from '../store/ports.ts';
import type { TakenBody } from './held-facts.ts';
import type { LiveFacts } from './live-facts.ts';
import type { Recent } from './recent.ts';

/** The steps of a message that waits for a moderator. Only one of release and discard ever takes effect. */

/** Instead of the step that would have made a message of it. */
export function holdStep(posting: Step, post: WireMessage, findings: readonly Finding[]): Step {
  const { author, bridge, ref = null, relay, saidAt } = posting.note;
  const [first] = posting.effects;
  if (first?.kind !== 'message' || author === undefined || bridge === undefined)
    throw new TypeError('only a new message can be held');
  const body: HeldBody = {
    message: post.message,
    clientKey: post.key,
    cameAs: posting.key,
    bridge,
    ref,
    relay: relay ?? null,
    findings: findings.map(({ rule, detail, karma }) => ({ rule, detail, karma })),
  };
  const effects = posting.effects.map((one): Effect => (one.kind === 'message' ? { ...one, kind: 'hold' } : one));
  const note: EntryNote = { author, bridge, ref, ...(saidAt !== undefined && { saidAt }) };
  return { ...posting, kind: 'held', audience: 'hubs', body: JSON.stringify(body), note, effects };
}

/** What the log has lost, waits again. */
export function heldAgainStep(
  channel: Channel,
  one: Pick<HeldMessage, 'id' | 'author' | 'at'> & { readonly body: string },
  cause: string,
): Step {
  const { id, author, at, body } = one;
  return {
    ...bare(channel, at),
    key: stepKey('held-again', cause, id),
    digest: 'held',
    kind: 'held',
    body,
    note: { author },
    effects: [{ kind: 'hold', id, author }],
  };
}

/** @param by a moderator; null: the hub, for its author has accepted the house rules */
export function releaseStep(
  channel: Channel,
  held: HeldMessage,
  by: UserId | null,
  at: EpochMs,
  message = held.body.message,
): Step {
  const { id, author, body } = held;
  const { bridge, ref, cameAs, relay } = body;
  const post: WireMessage = { type: 'message', channel: channel.id, key: body.clientKey, message };
  const note: EntryNote = {
    author,
    bridge,
    ref,
    cameAs,
    ...(relay !== null && relay !== undefined && { relay }),
  };
  return {
    ...bare(channel, at),
    key: stepKey('release', id),
    digest: 'release',
    kind: 'message',
    audience: 'readers',
    body: JSON.stringify(post),
    note: by === null ? note : { ...note, actor: by, audit: auditOf('hold-release', held, by, null) },
    effects: [{ kind: 'release', id, author }],
  };
}

/** @param by the author takes it back, a moderator does not want it, or (null) the hub waits no longer */
export function discardStep(
  channel: Channel,
  held: HeldMessage,
  by: UserId | null,
  reason: string | null,
  at: EpochMs,
): Step {
  const { id, author, body } = held;
  const moderator = by === author ? null : by;
  const points = moderator === null ? 0 : body.findings.reduce((sum, { karma }) => sum + karma, 0);
  const cause = stepKey('discard', id);
  const lost = points === 0 ? [] : [{ user: author, points, why: 'held-discarded', by: moderator, cause }];
  const kept: EntryNote =
    moderator === null ? {} : { audit: { ...auditOf('hold-discard', held, moderator, reason), cause }, karma: lost };
  return {
    ...bare(channel, at),
    key: cause,
    digest: by ?? 'hub',
    kind: 'discarded',
    body: JSON.stringify({ by, reason }),
    note: { author, reason, ...(by !== null && { actor: by }), ...kept },
    effects: [{ kind: 'discard', id, author }],
  };
}

/** What it answers may have gone meanwhile, and something may have been said of its pictures. */
export function asItStands(
  { message }: HeldBody,
  channel: Channel,
  { recent, facts }: { readonly recent: Pick<Recent, 'head'>; readonly facts: Pick<LiveFacts, 'markOf'> },
): WireChatMessage {
  const quoted = message.replyTo === null ? null : recent.head(message.replyTo.id);
  const isGone = quoted !== null && (quoted.isRedacted || quoted.isHidden === true);
  const scope = scopeOf(channel);
  const content = withMarks(message.content, (picture) => facts.markOf(scope, picture));
  return { ...message, content, replyTo: isGone ? null : message.replyTo };
}

/** A moderator looks at it; `key` makes it once. */
export function takenStep(channel: Channel, body: TakenBody, key: string, at: EpochMs): Step {
  return {
    ...bare(channel, at),
    key,
    digest: 'taken',
    kind: 'taken',
    body: JSON.stringify(body),
    note: { actor: body.by },
    effects: [],
  };
}

function auditOf(act: string, { id, author, channel }: HeldMessage, by: UserId, reason: string | null): AuditLine {
  return { act, by, target: author, message: id, channel, until: null, reason };
}

function bare(channel: Channel, at: EpochMs) {
  return {
    scope: scopeOf(channel),
    channel: channel.id,
    ifRev: null,
    audience: 'hubs',
    at,
    known: null,
  } as const;
}
