import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import { digestOf, newHubId, newMessageId, newRowId, portalIdOf, stepKey, userIdOf } from '../../core/async/mint.ts';
import { type Content, textContent } from '../../core/domain/content.ts';
import type {
  AccountId,
  BridgeId,
  ChannelId,
  EpochMs,
  HubId,
  MessageId,
  RoomId,
  ScopeId,
} from '../../core/domain/ids.ts';
import type { Stamped } from '../../core/domain/inbound.ts';
import type { Author, Quote } from '../../core/domain/message.ts';
import type { Leg, Portal, Portals } from '../../core/domain/portal.ts';
import type { Receipt } from '../../core/domain/receipt.ts';
import type { WireEntry } from '../../core/domain/wire.ts';
import { noMedia } from '../../core/media/no-media.ts';
import { type Logger, silentLogger } from '../../core/ops/log.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import { type Courier, createCourier } from '../../core/relay/courier.ts';
import type { Lookup } from '../../core/relay/entry.ts';
import { fromHot } from '../../core/store/archive/fold.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import type { Effect, EntryKind, EntryNote, LiveStore, Step, Stored } from '../../core/store/ports.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { openSql } from '../../core/store/sql/open.ts';
import { createTail } from '../../core/store/tail.ts';
import { createSupervisor, type Supervisor } from '../../core/supervisor.ts';
import type { FakeRoomServer } from '../fakes/fake-room.ts';
import fakeRoomBridge from '../fakes/fake-room-bridge.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { until } from '../fakes/until.ts';

export const CHANNEL = 'lobby' as ChannelId;
export const SCOPE = 'mega' as ScopeId;
export const BRIDGE = 'room-one' as BridgeId;

export function portal(room: string, fields: Partial<Portal> = {}): Portal {
  const made: Omit<Portal, 'id'> = {
    channel: CHANNEL,
    home: fields.channel ?? CHANNEL,
    follows: false,
    scope: SCOPE,
    bridge: BRIDGE,
    room: room as RoomId,
    roomName: null,
    direction: 'both',
    isPaused: false,
    reach: 'none',
    prefix: '!',
    source: 'config',
    ...fields,
  };
  return { ...made, id: portalIdOf(made.channel, made.bridge, made.room) };
}

/** Portals that stay where they are: one leg each. */
export function legsOf(portals: readonly Portal[]): readonly Leg[] {
  return portals.map((one) => ({ ...one, of: one.id }));
}

/** Portals that a test may change. */
export function changingPortals(first: readonly Portal[]): Portals & { set(next: readonly Portal[]): void } {
  let now = first;
  const listeners = new Set<() => void>();
  return {
    list: () => now,
    legs: () => legsOf(now),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      now = next;
      for (const listener of listeners) listener();
    },
  };
}

/** The machine's time, moved ahead at will: timers run as they would. */
export function shiftedClock(): Clock & { ahead(ms: number): void } {
  let shift = 0;
  return {
    ...systemClock,
    now: () => (systemClock.now() + shift) as EpochMs,
    ahead(ms) {
      shift += ms;
    },
  };
}

export async function openTempStore(): Promise<{ readonly store: LiveStore; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-relay-'));
  const { store, close } = await openStoreIn(folder);
  return {
    store,
    async close() {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The embedded store in a folder that stays. */
export async function openStoreIn(folder: string): Promise<{ readonly store: LiveStore; close(): Promise<void> }> {
  const parts = { clock: systemClock, log: silentLogger };
  const sql = await openSql({ file: join(folder, 'hub.db'), ...parts });
  const store = await openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), maxEntries: 1_000_000, ...parts });
  return {
    store,
    async close() {
      await store.close();
      await sql.close();
    },
  };
}

export async function openTempRedis(): Promise<{ readonly store: LiveStore; close(): Promise<void> }> {
  const server = await startRedis();
  const memory = { highest: () => [], seqs: () => [] };
  const parts = { clock: systemClock, log: silentLogger, maxEntries: 1_000_000, memory };
  const store = await openRedis({ url: server.url, ...parts });
  return {
    store,
    async close() {
      await store.close();
      await server.stop();
    },
  };
}

export interface TestHub {
  readonly supervisor: Supervisor;
  readonly courier: Courier;
  /** What became of entries, by outcome and reason. */
  readonly counts: Map<string, number>;
  /** What the bridges reported. */
  readonly received: Stamped[];
  /** Resolves once the hub has read the log up to here. */
  hears(stored: Stored): Promise<void>;
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly store: LiveStore;
  readonly room: Pick<FakeRoomServer, 'port' | 'token'>;
  readonly portals: Portals;
  readonly config?: object;
  readonly clock?: Clock;
  readonly hub?: HubId;
  readonly logger?: Logger;
  readonly isRequired?: boolean;
  readonly outageMs?: number;
  readonly publicUrl?: string;
}

/** A hub reduced to what relays: store, tail, courier, supervisor and one bridge. */
export async function startTestHub(options: HubOptions): Promise<TestHub> {
  const { store, room, portals, clock = systemClock, logger = silentLogger } = options;
  const counts = new Map<string, number>();
  const received: Stamped[] = [];
  const count = (outcome: string, reason: string | null, times: number): void => {
    for (const key of reason === null ? [outcome] : [outcome, reason]) counts.set(key, (counts.get(key) ?? 0) + times);
  };
  const courier = createCourier({
    log: store.log,
    deliveries: store.deliveries,
    bridgeState: store.bridgeState,
    lookup: lookupIn(store),
    asMarked: (_, message) => message,
    hasChanged: () => false,
    since: ({ scope, channel }, after, limit) => store.log.since(scope, channel, after, limit),
    clock,
    logger,
    publicUrl: options.publicUrl ?? null,
    outageMs: options.outageMs ?? 10 * 60_000,
    count,
    portals,
  });
  const tail = createTail(store.log, logger);
  tail.follow(courier.feed);
  tail.start(await store.log.heads());
  const config = { port: room.port, token: room.token, ...options.config };
  const supervisor = createSupervisor({
    media: () => noMedia,
    http: () => ({ url: null, mount: () => () => undefined }),
    channels: () => null,
    commands: [],
    bridges: [{ id: BRIDGE, use: 'fakeroom', isRequired: options.isRequired ?? false, config }],
    builtIns: FAKE_BUILT_INS,
    hub: options.hub ?? newHubId(),
    leases: store.leases,
    bridgeState: store.bridgeState,
    portals,
    courier,
    receive(stamped) {
      received.push(stamped);
      return receiveInto(store, stamped, portals);
    },
    extend: () => {
      throw new Error('no surfaces here');
    },
    clock,
    logger,
  });
  await supervisor.start();
  return {
    supervisor,
    courier,
    counts,
    received,
    async hears(stored) {
      if (stored.kind === 'stored') await tail.reached(store.log.shardOf(SCOPE), stored.position);
    },
    async stop() {
      await supervisor.stop();
      await tail.stop();
    },
  };
}

export const FAKE_BUILT_INS: BuiltIns = { bridges: { fakeroom: async () => fakeRoomBridge }, surfaces: {} };

export function lookupIn(store: LiveStore): Lookup {
  return async (at, id) => {
    const found = (await store.log.hot(at.scope, [id])).get(id);
    return found === undefined ? null : fromHot(found);
  };
}

async function receiveInto(
  store: LiveStore,
  { bridge, platform, inbound }: Stamped,
  portals: Portals,
): Promise<Receipt> {
  if (inbound.kind !== 'message') return { kind: 'unchanged', id: null, seq: null };
  const inlet = portals.list().find((one) => one.bridge === bridge && one.room === inbound.ref.room);
  if (inlet === undefined) return { kind: 'unchanged', id: null, seq: null };
  const key = stepKey('inbound', bridge, inbound.ref.room, inbound.ref.id);
  const made = message(inbound.content, { name: inbound.by.name, platform, key });
  const stored = await store.log.append({ ...made, note: { ...made.note, bridge, ref: inbound.ref } });
  if (stored.kind !== 'stored' && stored.kind !== 'duplicate') throw new Error(stored.kind);
  return { kind: stored.kind === 'stored' ? 'accepted' : 'duplicate', id: stored.message, seq: stored.seq };
}

interface MessageFields {
  readonly name?: string;
  readonly platform?: string;
  readonly key?: string;
  readonly replyTo?: Quote;
  readonly at?: EpochMs;
  readonly channel?: ChannelId;
  readonly badge?: Author['badge'];
}

export type MessageStep = Step & { readonly id: MessageId };

/** A message that somebody on the native platform says. */
export function message(said: string | Content, fields: MessageFields = {}): MessageStep {
  const { name = 'Ann', platform = 'slipmat', key = newRowId(), replyTo = null, at = systemClock.now() } = fields;
  const id = newMessageId();
  const user = userIdOf(platform, name as AccountId);
  const channel = fields.channel ?? CHANNEL;
  const content = typeof said === 'string' ? textContent(said) : said;
  const author = { user, name, platform, avatarUrl: null, badge: fields.badge ?? null };
  const redaction = null;
  const body: WireEntry = {
    type: 'message',
    channel,
    key: null,
    message: { id, author, content, replyTo, sentAt: at, revision: 0, editedAt: null, redaction },
  };
  const effects: readonly Effect[] = [{ kind: 'message', id, author: user }];
  return { ...step(body, effects, { author: user, bridge: 'native' as BridgeId, ref: null }, at, key), id };
}

export function edit(of: MessageStep, revision: number, text: string): Step {
  const author = authorOf(of);
  const body: WireEntry = {
    type: 'edit',
    channel: CHANNEL,
    id: of.id,
    content: textContent(text),
    revision,
    at: systemClock.now(),
  };
  return step(body, [{ kind: 'edit', id: of.id, author, fromRevision: revision - 1 }], { actor: author });
}

export function redaction(of: MessageStep): Step {
  const author = authorOf(of);
  const gone = { at: systemClock.now(), by: 'author' } as const;
  const body: WireEntry = { type: 'redaction', channel: CHANNEL, id: of.id, redaction: gone };
  return step(body, [{ kind: 'redact', id: of.id, author, redaction: gone }], { actor: author });
}

export function reaction(of: MessageStep, name: string, emoji: string, on: boolean): Step {
  const user = userIdOf('slipmat', name as AccountId);
  const body: WireEntry = {
    type: 'reaction',
    channel: CHANNEL,
    id: of.id,
    user,
    name,
    emoji,
    on,
    at: systemClock.now(),
  };
  return step(body, [{ kind: 'react', id: of.id, user, emoji, on }], { actor: user });
}

function authorOf({ note }: Step) {
  if (note.author === undefined) throw new Error('a message has an author');
  return note.author;
}

function step(
  body: WireEntry,
  effects: readonly Effect[],
  note: EntryNote,
  at = systemClock.now(),
  key = newRowId(),
): Step {
  const kind: EntryKind = body.type;
  const digest = digestOf(body);
  const { channel } = body;
  return {
    scope: SCOPE,
    channel,
    key,
    digest,
    ifRev: null,
    kind,
    audience: 'readers',
    at,
    body: JSON.stringify(body),
    note,
    effects,
    known: null,
  };
}

export async function append(store: LiveStore, ...steps: readonly Step[]): Promise<readonly Stored[]> {
  const answers = await Promise.all(steps.map((one) => store.log.append(one)));
  for (const answer of answers) if (answer.kind !== 'stored') throw new Error(`not stored: ${answer.kind}`);
  return answers;
}

export { until };
