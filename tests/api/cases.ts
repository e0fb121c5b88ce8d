import sharp from 'sharp';
import { expect } from 'vitest';
import type { BridgeId, ChannelId, RoomId } from '../../core/domain/ids.ts';
import type { ApiStage } from './rig.ts';

/** A bridge that cannot be loaded is enough to have links with its rooms. */
export const NOWHERE = { bridges: [{ id: 'nowhere', use: '@nobody/has-this' }] };

/** What stands in the path, the query and the body of one request. */
export interface Sent {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
type Make = (world: World) => Sent | Promise<Sent>;

/** A request that succeeds, and what causes the problems that not every operation has. */
export interface Case {
  /** Whose token; boss where nobody is named. */
  readonly as?: 'boss' | 'ann' | 'kool' | 'gone';
  readonly happy: Make;
  readonly conflict?: Make;
}

/** People with sessions, a DJ's channel, and ways to bring things about. */
export interface World {
  readonly hub: ApiStage;
  readonly boss: string;
  readonly ann: string;
  readonly kool: string;
  /** Somebody who will be forgotten. */
  readonly gone: string;
  /** Of that DJ. */
  readonly crew: string;
  /** A DJ's. */
  readonly channel: string;
  /** User ids, by name. */
  readonly users: Record<string, string>;
  posted(as: string, text?: string): Promise<string>;
  held(): Promise<string>;
  reported(): Promise<string>;
  event(): Promise<string>;
  closed(): Promise<string>;
  webhook(): Promise<string>;
  subscription(): Promise<string>;
  /** A room that is linked with the lobby. */
  portal(): Promise<string>;
  /** A picture that was uploaded. */
  upload(): Promise<string>;
  /** A message with a picture. */
  picture(): Promise<string>;
}

export async function worldOn(hub: ApiStage): Promise<World> {
  const boss = await hub.user('boss', 'admin');
  const kool = await hub.user('kool', 'dj');
  const people = { boss, kool, ann: await hub.user('ann'), bob: await hub.user('bob'), dan: await hub.user('dan') };
  const users: Record<string, string> = {};
  for (const [name, token] of Object.entries(people)) users[name] = (await hub.as(token)('GET', '/me')).body.user;
  const { channels } = (await hub.as(boss)('GET', '/channels')).body;
  const channel = channels.find(({ kind }: { kind: string }) => kind === 'dj').id;
  const own = (await hub.as(kool)('GET', '/channels')).body.channels;
  const crew = own.find(({ kind }: { kind: string }) => kind === 'crew').id;
  const heldWords = { change: { rules: { heldWords: ['blackout'] } } };
  await hub.as(boss)('PATCH', '/channels/lobby/settings', heldWords);
  await hub.as(kool)('PUT', `/channels/${channel}/house-rules`, { text: 'Be kind.' });
  const say = async (as: string, text: string, status = 201): Promise<string> => {
    const said = await hub.as(as)('POST', '/channels/lobby/messages', { text });
    expect(said.status).toBe(status);
    return said.body.message;
  };
  let days = 0;
  let rooms = 0;
  async function upload(): Promise<string> {
    const headers = { authorization: `Bearer ${boss}`, 'content-type': 'image/png' };
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f09' } })
      .png()
      .toBuffer();
    const body = new Uint8Array(png);
    const sent = await fetch(`${hub.url}/api/media?name=light.png`, { method: 'POST', headers, body });
    return (await sent.json()).attachment.url;
  }
  return {
    upload,
    hub,
    boss,
    ann: people.ann,
    kool,
    gone: await hub.user('gone'),
    crew,
    channel,
    users,
    posted: (as, text = 'hello') => say(as, text),
    held: () => say(people.ann, 'blackout', 202),
    async reported() {
      const id = await say(people.ann, 'rude');
      await hub.as(people.bob)('POST', `/channels/lobby/messages/${id}/reports`, {});
      return id;
    },
    async event() {
      days += 1;
      const plan = { title: `Night ${days}`, startsAt: Date.now() + days * 86_400_000 };
      return (await hub.as(boss)('POST', `/channels/${channel}/live-events`, plan)).body.event.id;
    },
    async closed() {
      const made = await hub.as(boss)('POST', '/private-channels', { name: 'Back room', users: [users.ann] });
      return made.body.channel.id ?? made.body.channel;
    },
    async portal() {
      rooms += 1;
      const link = { channel: 'lobby' as ChannelId, bridge: 'nowhere' as BridgeId, room: `#room-${rooms}` as RoomId };
      const linked = await hub.hub.linking.desk.link({
        ...link,
        direction: null,
        reach: null,
        prefix: null,
        madeBy: null,
      });
      if (!linked.ok) throw new Error(linked.say);
      return linked.value;
    },
    async picture() {
      const url = await upload();
      const said = await hub.as(boss)('POST', '/channels/lobby/messages', { text: '', attachments: [{ url }] });
      expect(said.status).toBe(201);
      return said.body.message;
    },
    async webhook() {
      return (await hub.as(boss)('POST', '/channels/lobby/webhooks', { name: 'Hook' })).body.webhook.id;
    },
    async subscription() {
      const made = await hub.as(boss)('POST', '/channels/lobby/subscriptions', UNHEARD);
      return made.body.subscription.id;
    },
  };
}

const lobby = { channel: 'lobby' };
const UNHEARD = { url: 'https://hooks.invalid/told', kinds: ['message'] };
const onSubscription = (body?: object): Case => ({
  happy: async (world) => ({ params: { ...lobby, id: await world.subscription() }, body }),
});
const inLobby: Case = { happy: () => ({ params: lobby }) };
const plain: Case = { happy: () => ({}) };
const onHeld = (body?: object): Case => ({
  happy: async (world) => ({ params: { ...lobby, message: await world.held() }, body }),
  async conflict(world) {
    const message = await world.held();
    await world.hub.as(world.boss)('POST', `/channels/lobby/queue/${message}/discard`, {});
    return { params: { ...lobby, message }, body };
  },
});
const onPerson: Case = { happy: ({ users }) => ({ params: { user: users.ann ?? '' }, body: {} }) };
const onAccount = (body: object): Case => ({ happy: ({ users }) => ({ params: { user: users.ann ?? '' }, body }) });
const onPersonLess: Case = { happy: ({ users }) => ({ params: { user: users.ann ?? '' } }) };
const reacting: Case = {
  happy: async (world) => ({ params: { ...lobby, message: await world.posted(world.boss), emoji: '👍' } }),
  async conflict(world) {
    const message = await world.posted(world.boss);
    await world.hub.as(world.boss)('DELETE', `/channels/lobby/messages/${message}`);
    return { params: { ...lobby, message, emoji: '👍' } };
  },
};

let keys = 0;
/** By the id of the operation. An operation without one fails the test of the document. */
export const CASES: Readonly<Record<string, Case>> = {
  channels: plain,
  channel: inLobby,
  history: { happy: () => ({ params: lobby, query: { limit: '2' } }) },
  message: { happy: async (world) => ({ params: { ...lobby, message: await world.posted(world.boss) } }) },
  search: { happy: () => ({ query: { text: 'hello', channel: 'lobby' } }) },
  people: inLobby,
  writing: inLobby,
  delivery: { happy: async (world) => ({ params: { ...lobby, message: await world.posted(world.boss) } }) },
  audit: plain,
  karma: { happy: ({ users }) => ({ params: { ...lobby, user: users.ann ?? '' } }) },
  settings: inLobby,
  queue: {
    async happy(world) {
      await world.held();
      return { query: lobby };
    },
  },
  reports: {
    async happy(world) {
      await world.reported();
      return { query: lobby };
    },
  },
  events: {
    async happy(world) {
      await world.event();
      return {};
    },
  },
  'past-events': inLobby,
  moderators: inLobby,
  person: { happy: ({ users }) => ({ params: { ...lobby, user: users.ann ?? '' } }) },
  'native-acts': inLobby,
  claims: inLobby,
  'unmarked-images': {
    async happy(world) {
      await world.picture();
      return { params: lobby };
    },
  },
  'find-people': { happy: () => ({ params: lobby, query: { text: 'an' } }) },
  restrained: inLobby,
  'said-by': { happy: ({ users }) => ({ params: { ...lobby, user: users.ann ?? '' } }) },
  activity: { happy: () => ({ params: lobby, query: { span: '2h' } }) },
  'house-rules-versions': { happy: ({ channel }) => ({ params: { channel } }) },
  'house-rules': { happy: ({ channel }) => ({ params: { channel } }) },
  library: { happy: () => ({ query: lobby }) },
  'library-export': { happy: () => ({ query: { ...lobby, format: 'csv' } }) },
  relations: plain,
  unread: plain,
  'notify-levels': plain,
  seen: inLobby,
  members: { happy: async (world) => ({ params: { channel: await world.closed() } }) },
  invitations: plain,
  me: plain,
  tokens: plain,
  webhooks: {
    async happy(world) {
      await world.webhook();
      return { params: lobby };
    },
  },
  post: {
    happy: () => ({
      params: lobby,
      body: { text: 'hello' },
      headers: { 'idempotency-key': `key-${process.pid}-happy` },
    }),
    async conflict({ hub, boss }) {
      keys += 1;
      const headers = { 'idempotency-key': `key-${process.pid}-once-${keys}` };
      await hub.as(boss)('POST', '/channels/lobby/messages', { text: 'one' }, headers);
      return { params: lobby, body: { text: 'two' }, headers };
    },
  },
  edit: {
    happy: async (world) => ({
      params: { ...lobby, message: await world.posted(world.boss) },
      body: { text: 'other words' },
    }),
    async conflict(world) {
      const message = await world.posted(world.boss);
      await world.hub.as(world.boss)('DELETE', `/channels/lobby/messages/${message}`);
      return { params: { ...lobby, message }, body: { text: 'too late' } };
    },
  },
  redact: { happy: async (world) => ({ params: { ...lobby, message: await world.posted(world.boss) } }) },
  react: reacting,
  unreact: reacting,
  command: { happy: () => ({ params: lobby, body: { text: 'help' } }) },
  'set-settings': { happy: () => ({ params: lobby, body: { change: { blur: 'all' } } }) },
  'set-channel-picture': { happy: async (world) => ({ params: lobby, body: { url: await world.upload() } }) },
  'set-slow': { happy: () => ({ params: lobby, body: { seconds: 0 } }) },
  'set-shield': { happy: () => ({ params: lobby, body: { isOn: false } }) },
  'take-held': onHeld(),
  'release-held': onHeld(),
  'discard-held': onHeld({ reason: 'no' }),
  report: { happy: async (world) => ({ params: { ...lobby, message: await world.posted(world.ann) }, body: {} }) },
  'decide-reports': {
    happy: async (world) => ({ params: { ...lobby, message: await world.reported() }, body: { as: 'dismissed' } }),
    async conflict(world) {
      const message = await world.reported();
      const path = `/channels/lobby/messages/${message}/decision`;
      await world.hub.as(world.boss)('POST', path, { as: 'dismissed' });
      return { params: { ...lobby, message }, body: { as: 'dismissed' } };
    },
  },
  'plan-event': {
    happy: ({ channel }) => ({ params: { channel }, body: { title: 'Later', startsAt: Date.now() + 90 * 86_400_000 } }),
  },
  'change-event': {
    happy: async (world) => ({ params: { event: await world.event() }, body: { title: 'Longer night' } }),
  },
  'turn-event': { happy: async (world) => ({ params: { event: await world.event() }, body: { turn: 'cancel' } }) },
  appoint: { happy: ({ users }) => ({ params: { ...lobby, target: users.dan ?? '' }, body: {} }) },
  dismiss: {
    async happy({ hub, boss, users }) {
      await hub.as(boss)('PUT', `/channels/lobby/moderators/${users.bob}`, {});
      return { params: { ...lobby, target: users.bob ?? '' } };
    },
  },
  'invite-admin': {
    as: 'kool',
    happy: ({ crew, users }) => ({ params: { channel: crew, target: users.boss ?? '' }, body: {} }),
  },
  'let-admin-go': {
    as: 'kool',
    async happy({ hub, kool, crew, users }) {
      await hub.as(kool)('PUT', `/channels/${crew}/admins/${users.boss}`, {});
      return { params: { channel: crew }, body: { target: users.boss } };
    },
  },
  'mark-image': {
    async happy(world) {
      const message = await world.picture();
      return { params: { ...lobby, message }, body: { mark: 'safe' } };
    },
  },
  sanction: {
    happy: ({ users }) => ({ params: { ...lobby, target: users.kool ?? '' }, body: { act: 'timeout', minutes: 2 } }),
  },
  note: { happy: ({ users }) => ({ params: { ...lobby, target: users.ann ?? '' }, body: { text: 'kind so far' } }) },
  claim: {
    happy: async (world) => ({ params: { ...lobby, message: await world.posted(world.boss) }, body: {} }),
    async conflict(world) {
      const message = await world.posted(world.ann);
      await world.hub.as(world.boss)('PUT', `/channels/lobby/moderators/${world.users.dan}`, {});
      const dan = await world.hub.user('dan');
      await world.hub.as(dan)('POST', `/channels/lobby/messages/${message}/claim`, {});
      return { params: { ...lobby, message }, body: {} };
    },
  },
  'set-house-rules': { happy: () => ({ params: lobby, body: { text: 'Dance.' } }) },
  'accept-house-rules': {
    as: 'ann',
    happy: ({ channel }) => ({ params: { channel }, body: { version: 1 } }),
    async conflict({ hub, boss, channel }) {
      await hub.as(boss)('PUT', `/channels/${channel}/house-rules`, { text: 'Be kinder.' });
      return { params: { channel }, body: { version: 1 } };
    },
  },
  'remove-from-library': {
    async happy(world) {
      // what was taken out once is not listed again
      const url = `https://slipmat.example/${await world.posted(world.boss)}`;
      await world.posted(world.boss, `see ${url}`);
      const items = async () => (await world.hub.as(world.boss)('GET', '/library?channel=lobby')).body.items ?? [];
      const isIt = (one: object) => JSON.stringify(one).includes(url);
      await expect.poll(async () => (await items()).some(isIt)).toBe(true);
      const item = (await items()).find(isIt);
      return { params: { ...lobby, item: item.id ?? item.item } };
    },
  },
  mute: onPerson,
  unmute: onPersonLess,
  block: onPerson,
  unblock: onPersonLess,
  'mark-read': { happy: () => ({ params: lobby, body: { seq: 1 } }) },
  'set-notify': { happy: () => ({ params: lobby, body: { level: 'none' } }) },
  'open-direct': { happy: ({ users }) => ({ body: { users: [users.bob] } }) },
  'create-private': { happy: ({ users }) => ({ body: { name: 'Booth', users: [users.bob] } }) },
  invite: {
    happy: async (world) => ({ params: { channel: await world.closed() }, body: { users: [world.users.bob] } }),
  },
  'answer-invitation': {
    as: 'ann',
    happy: async (world) => ({ params: { channel: await world.closed() }, body: { answer: 'accept' } }),
  },
  'leave-channel': { happy: async (world) => ({ params: { channel: await world.closed() } }) },
  'rename-channel': {
    happy: async (world) => ({ params: { channel: await world.closed() }, body: { name: 'Front room' } }),
  },
  portals: {
    async happy(world) {
      await world.portal();
      return { params: lobby };
    },
  },
  'portal-health': {
    async happy(world) {
      await world.portal();
      return { params: lobby };
    },
  },
  'portal-code': { happy: () => ({ params: lobby, body: { bridge: 'nowhere' } }) },
  'change-portal': {
    happy: async (world) => ({
      params: { ...lobby, portal: await world.portal() },
      body: { isPaused: true, direction: 'in' },
    }),
  },
  'end-portal': { happy: async (world) => ({ params: { ...lobby, portal: await world.portal() } }) },
  'create-token': { happy: () => ({ body: { name: 'made', scopes: ['read'] } }) },
  'revoke-token': {
    async happy({ hub, boss }) {
      const made = await hub.as(boss)('POST', '/tokens', { name: 'short', scopes: ['read'] });
      return { params: { id: made.body.token.id } };
    },
  },
  'make-webhook': { happy: () => ({ params: lobby, body: { name: 'Hook' } }) },
  'change-webhook': {
    happy: async (world) => ({ params: { ...lobby, webhook: await world.webhook() }, body: { name: 'Renamed' } }),
  },
  'rotate-webhook': { happy: async (world) => ({ params: { ...lobby, webhook: await world.webhook() }, body: {} }) },
  subscriptions: inLobby,
  'hook-deliveries': onSubscription(),
  subscribe: { happy: () => ({ params: lobby, body: UNHEARD }) },
  'change-subscription': onSubscription({ isPaused: true }),
  'rotate-subscription': onSubscription({}),
  unsubscribe: onSubscription(),
  'test-subscription': onSubscription(),
  redeliver: {
    async happy(world) {
      const id = await world.subscription();
      const path = `/channels/lobby/subscriptions/${id}`;
      await world.hub.as(world.boss)('POST', `${path}/test`);
      const { deliveries } = (await world.hub.as(world.boss)('GET', `${path}/deliveries`)).body;
      return { params: { ...lobby, id, delivery: deliveries[0].id } };
    },
  },
  'my-data': { happy: () => ({}) },
  'overlay-tokens': inLobby,
  'create-overlay-token': { happy: () => ({ params: lobby, body: {} }) },
  health: plain,
  'dead-letters': plain,
  accounts: { happy: () => ({ query: { named: 'ann' } }) },
  'sign-up-links': plain,
  configuration: plain,
  'hub-audit': plain,
  'drop-letters': { happy: async (world) => ({ params: { portal: await world.portal() }, body: {} }) },
  'set-dj': onAccount({ isDj: false }),
  'set-admin': onAccount({ isAdmin: false }),
  'set-enabled': onAccount({ isEnabled: true }),
  'make-sign-up-link': { happy: () => ({ body: { hours: 1 } }) },
  'end-sign-up-link': {
    async happy({ hub, boss }) {
      return { params: { id: (await hub.as(boss)('POST', '/hub/sign-up-links', {})).body.link.id } };
    },
  },
  'erase-me': { as: 'gone', happy: () => ({ body: { confirm: 'gone' } }) },
  'remove-webhook': { happy: async (world) => ({ params: { ...lobby, webhook: await world.webhook() } }) },
};

/** What only a platform can bring about, or two at the same moment: other tests hold it. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'apply-native-act': 'what was done on a platform alone: tests/mirror',
  'test-portal': 'a room that takes it: tests/console',
  'retry-letters': 'a bridge that runs and gives something up: tests/admin',
};
export const RACES: ReadonlySet<string> = new Set(['set-house-rules', 'erase-me']);
