import type { Clock } from '../../async/clock.ts';
import { stepKey, userIdOf } from '../../async/mint.ts';
import type { AuditLine } from '../../domain/audit.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import {
  type AccountId,
  type BridgeId,
  type ChannelId,
  type EpochMs,
  parseUserId,
  type RoomId,
  type UserId,
} from '../../domain/ids.ts';
import type { Actor, Inbound, InboundAccount, Stamped } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { NativeAct } from '../../domain/staff.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { cleanName, cleanReason } from '../../pipeline/normalize.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { MirrorEffect } from '../../relay/mirror.ts';
import type { Echoes } from '../../relay/mirror-echo.ts';
import { LEAST_LEFT_MS } from '../../relay/mirror-plan.ts';
import type { MirrorRows } from '../../relay/mirror-rows.ts';
import type { Step, Stored } from '../../store/ports.ts';
import type { Authority } from '../portals/redeem.ts';
import { LEAST_MINUTES, MOST_MINUTES } from './escalation.ts';
import { nativeActText } from './native-act-text.ts';
import type { NativeActItem, NativeActs } from './native-acts.ts';
import { isRunning, type SanctionAct, type SanctionOutcome, type Sanctions } from './sanctions.ts';

export type NativeSanction = Extract<Inbound, { kind: 'sanction' }>;

/** Acts of moderation that the platforms tell of. */
export interface FromPlatforms extends NativeActsDesk {
  take(stamped: Stamped, said: NativeSanction): Promise<Receipt>;
}

/** What stayed on a platform, for the moderators of a channel. */
export interface NativeActsDesk {
  /** What nobody has decided, newest first, of this channel and those with it that this person moderates too. */
  open(by: Actor, channel: Channel): Promise<readonly NativeAct[]>;
  /** Makes it hold everywhere. */
  apply(by: Actor, id: string): Promise<SanctionOutcome>;
  /** It stays where it is. @returns false where it is decided already */
  dismiss(by: Actor, id: string): Promise<boolean>;
}

export interface FromPlatformsDeps {
  readonly linked: (bridge: BridgeId, room: RoomId) => Portal | null;
  readonly facts: LiveFacts;
  readonly sanctions: Sanctions;
  readonly echoes: Pick<Echoes, 'isEcho'>;
  readonly rows: Pick<MirrorRows, 'put' | 'drop'>;
  readonly items: NativeActs;
  readonly report: (effect: MirrorEffect) => Promise<void>;
  /** Whether the DJ lets the own moderators of this room act for the channel. */
  readonly isTrusted: (portal: Portal, channel: Channel) => boolean;
  /** Who this account is in the room, by the platform's word. */
  readonly authority: (portal: Portal, account: AccountId) => Promise<Authority | 'unknown' | null>;
  /** Writes down what nothing else does. */
  readonly append: (step: Step) => Promise<Pick<Stored, 'kind'>>;
  /** Shown to the moderators of the channel. */
  readonly tell: (item: NativeActItem, channel: Channel) => Promise<void>;
  /** How the platform of a bridge is called in what people read. */
  readonly label: (bridge: BridgeId) => string;
  /** The channels whose moderators have to do with what happens in this one. */
  readonly together: (channel: Channel) => readonly ChannelId[];
  readonly clock: Pick<Clock, 'now'>;
}

/** Where a native act was done, on whom, and what the hub would make of it. */
interface Case {
  readonly portal: Portal;
  readonly channel: Channel;
  readonly target: UserId;
  readonly said: Pick<NativeSanction, 'account' | 'act' | 'until' | 'reason'>;
  /** The same each time. */
  readonly id: string;
}

const MOST_OPEN = 20;
const UNCHANGED: Receipt = { kind: 'unchanged', id: null, seq: null };
const STOPPING: Receipt = { kind: 'stopping' };
const MINUTE_MS = 60_000;
/** Platforms round the end of a timeout. */
const AGREE_MS = 5_000;

export function createFromPlatforms(deps: FromPlatformsDeps): FromPlatforms {
  const { facts, sanctions, echoes, rows, items, clock } = deps;

  function caseOf({ bridge, platform }: Stamped, said: NativeSanction): Case | null {
    const portal = deps.linked(bridge, said.room);
    const channel = portal === null ? null : facts.channel(portal.channel);
    const target = said.ghostOf === undefined ? userIdOf(platform, said.account.id) : parseUserId(said.ghostOf);
    if (portal === null || channel === null || target === null) return null;
    const id = stepKey('native', bridge, said.eventId);
    return { portal, channel, target, said, id };
  }

  /** Who moderates one live event has nothing to do with what happened in other chats of its DJ. */
  function moderates(by: Actor, id: ChannelId): boolean {
    const channel = facts.channel(id);
    return channel !== null && may('timeout', facts.standing(by.user, by.isGuest, channel)).ok;
  }

  /** By the hub's own roles, or by the platform's where the DJ trusts them. Null: it is none of theirs to decide. */
  async function entitled({ portal, channel }: Case, by: InboundAccount, platform: string) {
    const { rank } = facts.standing(userIdOf(platform, by.id), false, channel);
    if (rank !== 'guest' && rank !== 'listener') return {};
    if (!deps.isTrusted(portal, channel)) return null;
    const authority = await deps.authority(portal, by.id);
    if (authority !== 'owner' && authority !== 'admin' && authority !== 'moderator') return null;
    return { leastRank: 'moderator' } as const;
  }

  /**
   * As an act of the hub's. The native one stays as it is: where it was given it is written down first, so that the
   * hub does not put its own, shorter one over it.
   */
  async function everywhere(
    one: Case,
    by: Actor,
    how: { readonly leastRank?: 'moderator' },
    reason: string | null,
  ): Promise<SanctionOutcome> {
    const { portal, channel, target, said, id } = one;
    const act = actOf(said, clock.now());
    if (act === null) return { ok: false, code: 'not-found', say: 'It is over already.' };
    const place = { bridge: portal.bridge, room: portal.room, account: said.account.id };
    const cause = stepKey('act', id);
    if (said.act === 'timeout' || said.act === 'ban') {
      const given = { act: said.act, until: said.until, cause, state: 'theirs', at: clock.now() } as const;
      await rows.put({ ...place, user: target, ...given });
    }
    const outcome = await sanctions.sanction({ by, at: channel, target, act, reason, cause: id, ...how });
    // who was put out of a room may come back: there is nothing that goes on there
    if (said.act === 'kick') return outcome;
    if (outcome.ok === (said.act === 'lift')) await rows.drop(place);
    if (outcome.ok && said.act !== 'lift') {
      await deps.report({ cause, portal: portal.id, what: 'act', kind: 'native', why: null });
    }
    return outcome;
  }

  /** It stays on its platform, and moderators are shown it. */
  async function keep(one: Case, by: InboundAccount | null): Promise<Receipt> {
    const { portal, channel, target, said, id } = one;
    const { bridge, room } = portal;
    const { account, act, until, reason } = said;
    const who = { account: account.id, user: target, name: account.name, byName: by?.name ?? null };
    const item = { id, channel: channel.id, bridge, room, ...who, act, until, reason, at: clock.now() };
    if (await items.add(item)) await deps.tell(item, channel);
    return UNCHANGED;
  }

  /** A line of the audit of this channel, once. */
  async function note(
    channel: Channel,
    act: 'kick' | 'native-dismiss',
    { id, by, target, reason }: { readonly id: string } & Pick<AuditLine, 'by' | 'target' | 'reason'>,
  ): Promise<void> {
    const audit = { act, by, target, message: null, channel: channel.id, until: null, reason };
    await deps.append(actStep(scopeOf(channel), stepKey(act, id), clock.now(), { audit }));
  }

  /** It is over with the act, so that there is nothing to repeat: whoever may do it here has it written down. */
  async function kicked(one: Case, by: InboundAccount | null, platform: string): Promise<Receipt> {
    const { channel, target, said, id } = one;
    const how = by === null ? null : await entitled(one, by, platform);
    if (by !== null) await note(channel, 'kick', { id, by: userIdOf(platform, by.id), target, reason: said.reason });
    return how === null && !isSoAlready(one) ? keep(one, by) : UNCHANGED;
  }

  /** Whether the hub holds as much against them, or has nothing to lift. */
  function isSoAlready({ channel, target, said }: Case): boolean {
    const now = clock.now();
    const current = facts.sanction(scopeOf(channel), target);
    const running = current !== null && isRunning(current, now) ? current : null;
    if (said.act === 'lift') return running === null;
    if (said.act === 'kick' || running === null) return running !== null;
    return running.until === null || (said.until !== null && running.until + AGREE_MS >= said.until);
  }

  return {
    async take(stamped, told) {
      const said = cleaned(told);
      const one = caseOf(stamped, said);
      if (one === null) return { kind: 'refused', code: 'not-found', say: NO_LINK, retryAfterMs: null };
      const { bridge, platform } = stamped;
      const { act, until, by, account } = said;
      if (act === 'kick') return kicked(one, by, platform);
      if (await echoes.isEcho({ bridge, account: account.id, act, until })) return UNCHANGED;
      if (isSoAlready(one) || actOf(said, clock.now()) === null) return UNCHANGED;
      const how = by === null ? null : await entitled(one, by, platform);
      if (by === null || how === null) return keep(one, by);
      const outcome = await everywhere(one, actorOf(platform, by), how, said.reason);
      if (outcome.ok) return UNCHANGED;
      return outcome.code === 'unavailable' ? STOPPING : keep(one, by);
    },
    async open(by, channel) {
      const own = deps.together(channel).filter((id) => id === channel.id || moderates(by, id));
      const found = await items.open(own, MOST_OPEN);
      return found.map(({ id, user, name, bridge, byName, act, until, reason, at }) => {
        const shown = { id, user, name, byName, act, until, reason, at, platform: deps.label(bridge) };
        return { ...shown, say: nativeActText(shown, shown.platform) };
      });
    },
    async apply(by, id) {
      const item = await items.find(id);
      const portal = item === null ? null : deps.linked(item.bridge, item.room);
      const channel = portal === null ? null : facts.channel(portal.channel);
      if (item === null || portal === null || channel === null) {
        return { ok: false, code: 'decided', say: 'It is decided or gone already.' };
      }
      const { user: target, act, until, reason, account, name } = item;
      const said = { act, until, reason, account: { id: account, name, avatarUrl: null, isBot: false } };
      const outcome = await everywhere({ portal, channel, target, said, id }, by, {}, reason);
      if (outcome.ok) await items.decide(id, by.user);
      return outcome;
    },
    async dismiss(by, id) {
      const item = await items.find(id);
      const channel = item === null ? null : facts.channel(item.channel);
      if (item === null || channel === null || !(await items.decide(id, by.user))) return false;
      await note(channel, 'native-dismiss', { id, by: by.user, target: item.user, reason: item.act });
      return true;
    },
  };
}

const NO_LINK = 'This room is linked with no channel.';

/** What stands in the lines that moderators read: platforms bound none of it. */
function cleaned(said: NativeSanction): NativeSanction {
  const named = (one: InboundAccount): InboundAccount => ({ ...one, name: cleanName(one.name) });
  const by = said.by === null ? null : named(said.by);
  return { ...said, account: named(said.account), by, reason: cleanReason(said.reason) };
}

/** What the hub makes of it; null: it is over, or so short that it is no more than a way to take messages away. */
function actOf({ act, until }: Pick<NativeSanction, 'act' | 'until'>, now: EpochMs): SanctionAct | null {
  if (act === 'lift') return { kind: 'lift' };
  if (act === 'ban' && until === null) return { kind: 'ban' };
  if (act === 'kick') return { kind: 'timeout', minutes: null };
  const leftMs = until === null ? Number.POSITIVE_INFINITY : until - now;
  if (leftMs < LEAST_LEFT_MS) return null;
  const minutes = Math.min(MOST_MINUTES, Math.max(LEAST_MINUTES, Math.ceil(leftMs / MINUTE_MS)));
  return { kind: 'timeout', minutes };
}

function actorOf(platform: string, { id, name, avatarUrl, isBot }: InboundAccount): Actor {
  return { user: userIdOf(platform, id), name, platform, avatarUrl, isGuest: false, isBot };
}
