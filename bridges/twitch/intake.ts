import type { Rich, RichNode } from '../../core/domain/content.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import type { Inbound, InboundAccount, InboundMessage } from '../../core/domain/inbound.ts';
import { createSerialByKey, type HubPort, TooManyWaiting } from '../../core/plugin/index.ts';
import { atMost } from './at-most.ts';
import { decodeLine } from './decode.ts';
import { type Line, tag } from './line.ts';
import type { OwnActs } from './own-acts.ts';
import type { People } from './people.ts';
import type { TwitchRoom } from './rooms.ts';

/** Lines of one room that wait for the hub; more are lost, and counted. */
const MOST_WAITING = 1_000;
/** What was told lately: around a change of connections everything may come twice. */
const MOST_SEEN = 5_000;
const MOST_PICTURES = 30;
const TELL_LOST_MS = 10_000;
const CLOSE_MS = 3_000;

/** Takes lines, and tells the hub what they say: in order within a room, each once. */
export interface Intake {
  take(room: TwitchRoom, line: Line): void;
  /** About the room itself, in turn with what is said there. */
  tell(room: RoomId, inbound: Inbound): void;
  /** Nothing is begun any more. Resolves once what was begun is through; never rejects. */
  close(): Promise<void>;
}

export interface IntakeDeps {
  readonly hub: Pick<HubPort, 'receive' | 'media' | 'clock' | 'log'>;
  readonly people: () => Pick<People, 'seen' | 'find'>;
  readonly ownActs: Pick<OwnActs, 'isEcho'>;
  readonly self: { readonly id: string; readonly login: string };
}

export function createIntake({ hub, people, ownActs, self }: IntakeDeps): Intake {
  const serial = createSerialByKey<RoomId>(MOST_WAITING);
  const seen = new Set<string>();
  const begun = new Set<Promise<void>>();
  let isClosed = false;
  let lost = 0;
  let toldLostAt = Number.NEGATIVE_INFINITY;

  function queue(room: RoomId, inbound: Inbound, login: string | null): void {
    const key = keyOf(inbound);
    if (isClosed || !isNew(inbound)) return;
    remember(key);
    const task = serial.run(room, () => pass(inbound, login, key)).catch(onLost);
    begun.add(task);
    void task.then(() => begun.delete(task));
  }

  async function pass(inbound: Inbound, login: string | null, key: string | null): Promise<void> {
    if (isClosed) return;
    const dressed = inbound.kind === 'message' ? await dress(inbound, login) : inbound;
    if (isClosed) return;
    const receipt = await hub.receive(dressed);
    // not stored: when it comes once more it is news again
    if (receipt.kind === 'stopping' && key !== null) seen.delete(key);
  }

  function isNew(inbound: Inbound): boolean {
    const key = keyOf(inbound);
    return key === null || !seen.has(key);
  }

  function remember(key: string | null): void {
    if (key === null) return;
    seen.add(key);
    const [oldest] = seen;
    if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
  }

  function onLost(error: unknown): void {
    if (!(error instanceof TooManyWaiting)) {
      hub.log.error({ say: error instanceof Error ? error.name : '' }, 'line not passed on');
      return;
    }
    lost += 1;
    if (hub.clock.elapsed() - toldLostAt < TELL_LOST_MS) return;
    toldLostAt = hub.clock.elapsed();
    hub.log.warn({ lost }, 'more lines than the hub takes; some are lost');
  }

  async function dress(message: InboundMessage, login: string | null): Promise<InboundMessage> {
    const by = login === null ? message.by : await people().seen(login, message.by);
    const pictures = await rehosted(message.content.rich);
    const rich = pictures.size === 0 ? message.content.rich : withPictures(message.content.rich, pictures);
    return { ...message, by, content: { ...message.content, rich } };
  }

  async function rehosted(rich: Rich): Promise<ReadonlyMap<string, string | null>> {
    const urls = [...new Set(picturesOf(rich))];
    const found = await Promise.all(
      urls.map(async (url, at): Promise<[string, string | null]> => {
        const isWithin = at < MOST_PICTURES;
        return [url, isWithin ? await hub.media.picture(`emote:${url}`, { kind: 'url', url }) : null];
      }),
    );
    return new Map(found);
  }

  /** The chat tells only logins of who comes and goes. */
  function takeMembership(room: TwitchRoom, line: Line): void {
    const act = line.command === 'PART' ? 'leave' : 'join';
    const logins = line.command === '353' ? (line.params.at(-1) ?? '').split(' ') : [line.nick ?? ''];
    for (const login of logins) {
      if (login === '' || login === self.login) continue;
      people().find(login, (account: InboundAccount) => {
        queue(
          room.key,
          { kind: 'membership', room: room.key, account, act, isPresence: true, at: hub.clock.now() },
          null,
        );
      });
    }
  }

  return {
    take(room, line) {
      if (isClosed) return;
      if (line.command === 'JOIN' || line.command === 'PART' || line.command === '353') {
        takeMembership(room, line);
        return;
      }
      const reading = { room: room.key, broadcaster: room.id, self: self.id, now: hub.clock.now() };
      const login = line.nick ?? tag(line, 'login');
      const news = decodeLine(line, reading).filter(isNew);
      // what a timeout takes away goes with the timeout
      if (news.some(ownActs.isEcho)) {
        for (const inbound of news) remember(keyOf(inbound));
        return;
      }
      for (const inbound of news) queue(room.key, inbound, login);
    },
    tell: (room, inbound) => queue(room, inbound, null),
    async close() {
      isClosed = true;
      await atMost(hub.clock, CLOSE_MS, Promise.all(begun));
    },
  };
}

/** What makes it the same when it is told twice; null for what may be told as often as it likes. */
function keyOf(inbound: Inbound): string | null {
  switch (inbound.kind) {
    case 'message':
    case 'notice':
      return `${inbound.ref.room}/${inbound.ref.id}`;
    case 'redaction':
    case 'sanction':
      return inbound.eventId;
    default:
      return null;
  }
}

function picturesOf(rich: Rich): readonly string[] {
  return rich.flatMap((node) => {
    if (node.t === 'emoji') return node.url === null ? [] : [node.url];
    return 'children' in node ? picturesOf(node.children) : [];
  });
}

function withPictures(rich: Rich, pictures: ReadonlyMap<string, string | null>): Rich {
  return rich.map((node): RichNode => {
    if (node.t === 'emoji') return { ...node, url: node.url === null ? null : (pictures.get(node.url) ?? null) };
    return 'children' in node ? { ...node, children: withPictures(node.children, pictures) } : node;
  });
}
