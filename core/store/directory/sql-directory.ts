import type { Clock } from '../../async/clock.ts';
import { pause } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { type Channel, isPublic, scopeOf } from '../../domain/channel.ts';
import { type ChannelSettings, DEFAULT_CHANNEL_SETTINGS, NO_RULES } from '../../domain/channel-settings.ts';
import { assertNever } from '../../domain/content.ts';
import { isConversation } from '../../domain/conversation.ts';
import type { HouseRules } from '../../domain/house-rules.ts';
import type { ChannelId, ScopeId, UserId } from '../../domain/ids.ts';
import { isOver, isRunning, type LiveEvent } from '../../domain/live-event.ts';
import type { RoleGrant } from '../../domain/user.ts';
import { settingsWith } from '../../moderation/settings.ts';
import type { Logger } from '../../ops/log.ts';
import { everyShard } from '../every-shard.ts';
import type { Entry, Log, Step } from '../ports.ts';
import type { Sql } from '../sql/sql.ts';
import { createConversationBook, readMembers } from './conversation-book.ts';
import type { ChangeWhat, Directory, DirectoryChange, StoredPortal } from './directory.ts';
import { createEventBook } from './event-book.ts';
import { createHouseRulesBook, readHouseRules, readRulesStands } from './house-rules-book.ts';
import { createLinkBook } from './link-book.ts';
import { createMarkBook, readMarks } from './mark-book.ts';
import {
  readChannels,
  readGrants,
  readLinks,
  readLiveEvents,
  readOptOuts,
  readPortals,
  readSettings,
  readStaffNames,
  readStandings,
} from './queries.ts';
import { createRelationBook, readRelations } from './relation-book.ts';
import { createTokenBook, readTokens } from './token-book.ts';

export interface DirectoryDeps {
  readonly sql: Sql;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What holds in channels for which nothing was set. */
  readonly settings?: ChannelSettings;
  /** Resolves once this hub has followed the log so far. */
  readonly reached: (shard: number, position: Entry['position']) => Promise<void>;
}

export interface HubDirectory extends Directory {
  load(): Promise<void>;
  /** Follows the log: reads again what a change names, before anything after it is judged. Retries until SQL answers. */
  apply(batch: readonly Entry[], signal: AbortSignal): Promise<void> | undefined;
  /** Announces what a crash left unannounced. */
  sweep(): Promise<void>;
}

/** Older than this and still unannounced: its hub is gone. */
const ABANDONED_MS = 5_000;

export function createDirectory(deps: DirectoryDeps): HubDirectory {
  const { sql, log, clock, logger, settings: base = DEFAULT_CHANNEL_SETTINGS } = deps;
  const channels = new Map<ChannelId, Channel>();
  const events = createEventBook();
  const links = createLinkBook();
  const relations = createRelationBook(links.sameAs);
  const houseRules = createHouseRulesBook((user) => readRulesStands(sql, user));
  const marks = createMarkBook();
  const grants = new Map<UserId, readonly RoleGrant[]>();
  const conversations = createConversationBook(links.sameAs);
  /** Without conversations, which are many and concern few. */
  const commons = new Map<ChannelId, Channel>();
  const admins = new Set<UserId>();
  const disabled = new Set<UserId>();
  const optedOut = new Set<UserId>();
  const tokens = createTokenBook();
  const settings = new Map<ChannelId, ChannelSettings>();
  /** Nobody moderates a conversation: nothing that is said there could be decided. */
  const quiet: ChannelSettings = { ...base, reportsToHide: 0, rules: NO_RULES };
  let portals: readonly StoredPortal[] = [];
  let staff: ReadonlyMap<string, UserId> = new Map();

  function setChannel(channel: Channel): void {
    const event = channel.kind === 'event' ? events.ownerOf(channel.id) : null;
    const state = event !== null && isRunning(event.state) ? 'open' : channel.state;
    channels.set(channel.id, { ...channel, state });
    if (!isConversation(channel.kind)) commons.set(channel.id, { ...channel, state });
  }

  const setHouseRules = (rules: HouseRules): void => houseRules.set(rules, channels.get(rules.channel) ?? null);

  function setEvent(event: LiveEvent): void {
    events.set(event);
    if (event.kind === 'ad-hoc' && isOver(event.state)) dropGrantsFor(event.channel);
    const channel = event.kind === 'scheduled' ? channels.get(event.channel) : undefined;
    if (channel !== undefined) setChannel({ ...channel, state: 'read-only' });
  }

  /** Whoever was disabled is so with every account. */
  function isOut(user: UserId): boolean {
    return disabled.size > 0 && links.sameAs(user).some((one) => disabled.has(one));
  }

  /** The moderators of an ad hoc event: the next one uses the same channel. */
  function dropGrantsFor(channel: ChannelId): void {
    for (const [user, given] of grants) {
      if (given.some((one) => one.channel === channel)) {
        grants.set(
          user,
          given.filter((one) => one.channel !== channel),
        );
      }
    }
  }

  /** Those given for one channel of a DJ alone hold while an event runs there. */
  function holds(grant: RoleGrant, channel: Channel): boolean {
    if (grant.channel === null || channel.owner === null) return true;
    return events.runningIn(grant.channel, channel.owner) !== null;
  }

  /** The roles in this channel, given for it or for all of its scope. A DJ who was dismissed has none. */
  function rolesIn(channel: Channel, user: UserId): readonly RoleGrant['role'][] {
    const given = grants.get(user);
    if (given === undefined) return [];
    const scope = scopeOf(channel);
    // whoever moderates one of the DJ's events is one of the crew as long as it runs
    const isHere = (one: RoleGrant): boolean => channel.kind === 'crew' || (one.channel ?? channel.id) === channel.id;
    return given.filter((one) => one.scope === scope && isHere(one) && holds(one, channel)).map(({ role }) => role);
  }

  async function readAll(): Promise<void> {
    for (const channel of await readChannels(sql, null)) setChannel(channel);
    for (const event of await readLiveEvents(sql, null)) setEvent(event);
    for (const grant of await readGrants(sql, null)) grants.set(grant.user, [...(grants.get(grant.user) ?? []), grant]);
    for (const [channel, users] of await readMembers(sql, null)) conversations.set(channel, users);
    for (const user of await readStandings(sql, null)) setStanding(user);
    for (const user of await readOptOuts(sql, null)) optedOut.add(user);
    for (const token of await readTokens(sql, null)) tokens.set(token.id, token);
    for (const [person, users] of await readLinks(sql, null)) links.set(person, users);
    for (const [user, theirs] of await readRelations(sql, null)) relations.set(user, theirs);
    for (const rules of await readHouseRules(sql, null)) setHouseRules(rules);
    for (const [picture, said] of await readMarks(sql, null)) marks.set(picture, said);
    staff = await readStaffNames(sql);
    portals = await readPortals(sql);
    for (const [channel, set] of await readSettings(sql, null)) settings.set(channel, settingsWith(set, base));
  }

  function setStanding(user: { readonly id: UserId; readonly isAdmin: boolean; readonly isDisabled: boolean }): void {
    if (user.isAdmin) admins.add(user.id);
    else admins.delete(user.id);
    if (user.isDisabled) disabled.add(user.id);
    else disabled.delete(user.id);
  }

  async function readAgain(what: ChangeWhat): Promise<void> {
    switch (what.kind) {
      case 'user':
        for (const user of await readStandings(sql, what.user)) setStanding(user);
        staff = await readStaffNames(sql);
        return;
      case 'channel':
        for (const channel of await readChannels(sql, what.channel)) setChannel(channel);
        return;
      case 'live-event':
        for (const event of await readLiveEvents(sql, what.event)) setEvent(event);
        return;
      case 'roles':
        grants.set(what.user, await readGrants(sql, what.user));
        staff = await readStaffNames(sql);
        return;
      case 'members':
        for (const channel of await readChannels(sql, what.channel)) setChannel(channel);
        conversations.set(what.channel, (await readMembers(sql, what.channel)).get(what.channel) ?? []);
        return;
      case 'portals':
        portals = await readPortals(sql);
        return;
      case 'token':
        tokens.set(what.token, (await readTokens(sql, what.token))[0] ?? null);
        return;
      case 'settings':
        for (const [channel, set] of await readSettings(sql, what.channel)) {
          settings.set(channel, settingsWith(set, base));
        }
        return;
      case 'opt-out':
        if ((await readOptOuts(sql, what.user)).length > 0) optedOut.add(what.user);
        else optedOut.delete(what.user);
        return;
      case 'marks':
        marks.set(what.picture, (await readMarks(sql, what.picture)).get(what.picture) ?? []);
        return;
      case 'person':
        links.set(what.person, (await readLinks(sql, what.person)).get(what.person) ?? []);
        return;
      case 'relations':
        relations.set(what.user, (await readRelations(sql, what.user)).get(what.user) ?? []);
        return;
      case 'house-rules':
        for (const rules of await readHouseRules(sql, what.channel)) setHouseRules(rules);
        return;
      case 'rules-accepted':
        return houseRules.changed(what.user);
      default:
        return assertNever(what);
    }
  }

  async function followChanges(changes: readonly Entry[], signal: AbortSignal): Promise<void> {
    for (const entry of changes) {
      const { what } = JSON.parse(entry.body) as ChangeBody;
      while (!signal.aborted) {
        try {
          for (const one of what) await readAgain(one);
          break;
        } catch (error) {
          logger.error({ err: error }, 'a change of rights cannot be read; nothing is judged until it is');
          await pause(clock, 500, signal);
        }
      }
    }
  }

  async function announce(change: AnnouncedChange): Promise<void> {
    const shards = change.scopes === null ? everyShard(log) : change.scopes;
    const positions = await Promise.all(shards.map((scope) => announceIn(scope, change)));
    const marked = sql.build.updateTable('changes').set({ is_announced: 1 }).where('id', '=', change.id);
    await sql.write([{ query: marked.compile() }]);
    await Promise.all(positions.map(({ shard, position }) => deps.reached(shard, position)));
  }

  async function announceIn(scope: ScopeId, change: AnnouncedChange) {
    const shard = log.shardOf(scope);
    const stored = await log.append(changeStep(scope, shard, change, clock));
    if (stored.kind === 'stored' || stored.kind === 'duplicate') return { shard, position: stored.position };
    throw new Error(`a change of rights was refused by the log: ${stored.kind}`);
  }

  return {
    load: readAll,
    apply(batch, signal) {
      const changes = batch.filter((entry) => entry.kind === 'change');
      return changes.length === 0 ? undefined : followChanges(changes, signal);
    },
    async sweep() {
      const query = sql.build.selectFrom('changes').selectAll().where('is_announced', '=', 0);
      const rows = await sql.read(
        query
          .where('at', '<', clock.now() - ABANDONED_MS)
          .orderBy('id')
          .limit(100)
          .compile(),
      );
      for (const row of rows) {
        const scopes = JSON.parse(row.scopes) as readonly ScopeId[] | null;
        await announce({ id: row.id, scopes, what: JSON.parse(row.what) as readonly ChangeWhat[] });
      }
    },
    channel: (id) => channels.get(id) ?? null,
    channels: () => [...channels.values()],
    channelsFor(user) {
      const own = conversations.of(user).filter(({ state }) => state === 'in');
      const theirs = new Set(own.map(({ channel }) => channel));
      return [...commons.values(), ...[...theirs].flatMap((id) => channels.get(id) ?? [])];
    },
    conversations,
    events,
    isAdmin: (user) => admins.has(user),
    isDisabled: isOut,
    hasAdmin: () => admins.size > 0,
    isMember: (user, channel) =>
      isPublic(channel.kind) ||
      (conversations.memberOf(channel.id, user)?.state === 'in' && (channel.kind !== 'crew' || admins.has(user))) ||
      (channel.kind === 'crew' && rolesIn(channel, user).length > 0),
    rankOf(user, channel, isGuest) {
      if (isGuest || isOut(user)) return 'guest';
      if (channel.kind === 'direct') return 'listener';
      if (admins.has(user)) return 'admin';
      if (channel.owner === user && channel.kind === 'private') return 'dj';
      const roles = rolesIn(channel, user);
      return roles.includes('dj') ? 'dj' : roles.includes('moderator') ? 'moderator' : 'listener';
    },
    portals: () => portals,
    settings: (id) => settings.get(id) ?? (conversations.members(id).length > 0 ? quiet : base),
    staffBySkeleton: () => staff,
    sameAs: links.sameAs,
    marks,
    relations,
    houseRules,
    isOptedOut: (user) => optedOut.size > 0 && links.sameAs(user).some((one) => optedOut.has(one)),
    tokens,
    async change(change: DirectoryChange) {
      const announced = { id: newRowId(), scopes: change.scopes, what: change.what };
      const written = await sql.write([...change.statements, { query: changeRow(sql, announced, clock) }]);
      if (written.ok) await announce(announced);
      return written;
    },
  };
}

interface ChangeBody {
  readonly change: string;
  readonly what: readonly ChangeWhat[];
}
interface AnnouncedChange {
  readonly id: string;
  readonly scopes: readonly ScopeId[] | null;
  readonly what: readonly ChangeWhat[];
}

function changeRow(sql: Sql, change: AnnouncedChange, clock: Clock) {
  const row = { id: change.id, scopes: JSON.stringify(change.scopes), what: JSON.stringify(change.what) };
  return sql.build
    .insertInto('changes')
    .values({ ...row, at: clock.now(), is_announced: 0 })
    .compile();
}

function changeStep(scope: ScopeId, shard: number, change: AnnouncedChange, clock: Clock): Step {
  const body: ChangeBody = { change: change.id, what: change.what };
  return {
    scope,
    channel: null,
    key: stepKey('change', change.id, String(shard)),
    digest: change.id,
    ifRev: null,
    kind: 'change',
    audience: 'hubs',
    at: clock.now(),
    body: JSON.stringify(body),
    note: {},
    effects: [{ kind: 'rev', change: change.id }],
    known: null,
  };
}
