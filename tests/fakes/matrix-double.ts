import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformDouble } from 'slipmat-hub/contract';
import { stringify } from 'yaml';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { type MatrixServer, RETRY_AFTER_MS, startMatrixServer } from './matrix-server.ts';
import { DOMAIN, type FakeEvent, type MatrixWorldDouble } from './matrix-world.ts';

export const ROOM = `!room:${DOMAIN}`;
export const SECOND = `!second:${DOMAIN}`;
export const BEN = `@ben:${DOMAIN}`;
export const HS_TOKEN = 'hs-token-of-the-double';

export interface OpenedDouble {
  readonly double: PlatformDouble;
  readonly server: MatrixServer;
  /** What the bridge is configured with. */
  readonly config: object;
}

/** The contract's view of a small homeserver. */
export async function openMatrixDouble(): Promise<OpenedDouble> {
  const secret = 'as-token-of-the-double';
  const server = await startMatrixServer(secret, setUp);
  const { world } = server;
  const folder = await mkdtemp(join(tmpdir(), 'slipmat-matrix-double-'));
  const registration = join(folder, 'registration.yaml');
  await writeFile(
    registration,
    stringify({ id: 'hub', url: 'http://127.0.0.1:1', as_token: secret, hs_token: HS_TOKEN }),
  );

  const isOurs = ({ sender }: FakeEvent): boolean => sender.startsWith('@slipmat');
  const relation = ({ content }: FakeEvent) =>
    content['m.relates_to'] as
      | { rel_type?: string; event_id?: string; key?: string; 'm.in_reply_to'?: { event_id: string } }
      | undefined;
  const eventOf = (id: string): FakeEvent => {
    const found = world.event(ROOM, id) ?? world.event(SECOND, id);
    if (found === null) throw new Error(`no event ${id}`);
    return found;
  };
  const editsOf = (id: string): readonly FakeEvent[] =>
    world
      .room(eventOf(id).room_id)
      .events.filter(
        (one) => relation(one)?.rel_type === 'm.replace' && relation(one)?.event_id === id && !one.isRedacted,
      );
  const shownOf = (event: FakeEvent): Record<string, unknown> =>
    (editsOf(event.event_id).at(-1)?.content['m.new_content'] as Record<string, unknown> | undefined) ?? event.content;
  const postedIn = (room: string) =>
    world
      .room(room)
      .events.filter((one) => isOurs(one) && one.type === 'm.room.message' && !one.isRedacted)
      .filter((one) => !['m.replace', 'm.reference'].includes(relation(one)?.rel_type ?? ''))
      .map((one) => ({ id: one.event_id, text: textOf(shownOf(one)) }));
  const say = (room: string, content: object): string =>
    world.add({ room, sender: BEN, type: 'm.room.message', content: { msgtype: 'm.text', ...content } }).event_id;

  const double: PlatformDouble = {
    room: ROOM as RoomId,
    secret,
    retryAfterMs: RETRY_AFTER_MS,
    failures: ['cut', 'outage', 'silence'],
    resumes: true,
    callBy(call) {
      server.pushBy(async (path, body) => {
        const bytes = Buffer.from(JSON.stringify(body));
        const headers = { authorization: `Bearer ${HS_TOKEN}` };
        return (await call({ method: 'PUT', path, query: {}, headers, body: async () => bytes })).status;
      });
    },
    userPosts: async (body) => say(ROOM, { body }),
    async deliverAgain(id) {
      server.pushAgain(eventOf(id));
    },
    posted: () => postedIn(ROOM),
    failNext: server.failNext,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
    echoBeforeResponse: server.echoFirst,
    refuseLogin: server.refuseTokens,
    dropConnections: server.dropConnections,
    async userEdits(id, body) {
      const edit = { body: `* ${body}`, 'm.new_content': { msgtype: 'm.text', body } };
      say(ROOM, { ...edit, 'm.relates_to': { rel_type: 'm.replace', event_id: id } });
    },
    async userRedacts(id) {
      world.redact(ROOM, id, BEN);
    },
    async userReacts(id, key) {
      const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: id, key } };
      world.add({ room: ROOM, sender: BEN, type: 'm.reaction', content });
    },
    userReplies: async (to, body) => say(ROOM, { body, 'm.relates_to': { 'm.in_reply_to': { event_id: to } } }),
    async userPostsImage({ name, bytes }, caption) {
      const url = world.keepFile(name, Buffer.from(bytes), 'image/png');
      const info = { mimetype: 'image/png', size: bytes.length };
      return say(ROOM, { msgtype: 'm.image', body: caption, filename: name, url, info });
    },
    second: {
      room: SECOND as RoomId,
      userPosts: async (body) => say(SECOND, { body }),
      posted: () => postedIn(SECOND),
    },
    tricks: [
      '@room',
      BEN,
      '<b>b</b>',
      '**b**',
      `<a href="https://matrix.to/#/${BEN}">x</a>`,
      `https://matrix.to/#/${BEN}`,
    ],
    pinged(id) {
      const shown = shownOf(eventOf(id));
      const { user_ids = [], room } = (shown['m.mentions'] ?? { room: true }) as {
        user_ids?: string[];
        room?: boolean;
      };
      const pills = [
        ...String(shown.formatted_body ?? '').matchAll(/href="(?:https:\/\/matrix\.to\/#\/|matrix:)([^"]*)"/g),
      ];
      return [...user_ids, ...(room === true ? ['@room'] : []), ...pills.map(([, target]) => target ?? '')];
    },
    formatted: (id) =>
      [...String(shownOf(eventOf(id)).formatted_body ?? '').matchAll(/<(?!br)[a-z]+[^>]*>/g)].map(([tag]) => tag),
    nameOf: (id) => world.profiles.get(eventOf(id).sender)?.displayname ?? '',
    replyOf: (id) => relation(eventOf(id))?.['m.in_reply_to']?.event_id ?? null,
    filesOf(id) {
      const file = world.files.get(String(eventOf(id).content.url).split('/').at(-1) ?? '');
      return file === undefined ? [] : [{ name: String(eventOf(id).content.filename), bytes: file.bytes }];
    },
    reactionsOf: (id) =>
      world
        .room(ROOM)
        .events.filter(
          (one) => one.type === 'm.reaction' && isOurs(one) && !one.isRedacted && relation(one)?.event_id === id,
        )
        .map((one) => relation(one)?.key ?? ''),
    person: {
      account: BEN as AccountId,
      standing() {
        if (world.membership(ROOM, BEN) === 'ban') return 'ban';
        const { users = {} } = (world.stateOf(ROOM, 'm.room.power_levels') ?? {}) as { users?: Record<string, number> };
        return (users[BEN] ?? 0) < 0 ? 'timeout' : 'free';
      },
    },
  };
  return { double, server, config: { homeserverUrl: server.url, serverName: DOMAIN, registration } };
}

function setUp(world: MatrixWorldDouble, bot: string): void {
  world.profiles.set(BEN, { displayname: 'Ben' });
  world.profiles.set(bot, { displayname: 'Slipmat' });
  for (const room of [ROOM, SECOND]) {
    world.add({ room, sender: BEN, type: 'm.room.create', content: { room_version: '11' }, stateKey: '' });
    for (const user of [BEN, bot]) world.setMember(room, user, 'join');
    const content = { users: { [BEN]: 0, [bot]: 100 } };
    world.add({ room, sender: BEN, type: 'm.room.power_levels', content, stateKey: '' });
  }
}

/** As people see it. */
function textOf({ body, formatted_body: html }: Record<string, unknown>): string {
  if (typeof html !== 'string') return String(body);
  return html
    .replace(/<br\s*\/?>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
