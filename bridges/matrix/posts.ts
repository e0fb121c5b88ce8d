import type { RoomId } from '../../core/domain/ids.ts';
import {
  BridgeError,
  type Edit,
  type HubPort,
  isBridgeError,
  type MediaRef,
  type Post,
  type RemoteRef,
  type Rich,
  type Speaker,
} from '../../core/plugin/index.ts';
import { membershipOf } from './acts.ts';
import { createAtMost } from './at-most.ts';
import { withName } from './decode.ts';
import { encodeRich } from './encode.ts';
import { bag, bagOf, text } from './event.ts';
import { isCode, NoAnswer, Refusal, toBridgeError } from './failures.ts';
import { ghostOf, txnOf } from './names.ts';
import { asSender, readNote, writeNote } from './notes.ts';
import { levelOf, neededToTalk } from './power.ts';
import { inside, KEY_FIELD, send } from './sending.ts';
import type { Session } from './session.ts';
import { isSilenced } from './silences.ts';

/** Rooms of which it is known that nothing is in doubt there. */
const MOST_ROOMS = 2_000;
const LOOK_BACK = 20;
/** Nobody is pinged by anything that is carried. */
const NO_MENTIONS = { 'm.mentions': {} } as const;

/** Posts under the author's ghost, once for a key, also when the homeserver has forgotten what it took. */
export function createPost(session: () => Session, hub: HubPort) {
  const certain = createAtMost<Session>(MOST_ROOMS);

  /** Looked for first: the homeserver may have taken it before it, or we, went down; requests are in its memory alone. */
  async function postOnce(command: Post, sender: string, here: Session, signal: AbortSignal): Promise<RemoteRef> {
    const { room, key } = command;
    const txn = txnOf(sender === here.bot ? 'post' : 'ghost', key);
    const earlier = certain.get(room) === here ? null : await findPosted(room, sender, txn, here, signal);
    return earlier ?? (await postNow(command, sender, txn, here, signal));
  }

  /** Where its ghost is not let in, the bot says it with the name in front; not for one who was shut out on purpose. */
  async function postAs(command: Post, here: Session, signal: AbortSignal): Promise<RemoteRef> {
    const { speaker, room, text: said } = command;
    if (speaker.kind === 'hub') return postOnce(command, here.bot, here, signal);
    try {
      return await postOnce(command, await here.ghosts.enter(speaker, room, signal), here, signal);
    } catch (error) {
      // whoever is banned cannot even be invited
      if (!isCode(error, 'M_FORBIDDEN', 'M_BAD_STATE')) throw error;
      if (await isShutOut(ghostOf(speaker, here.config), room, here, signal)) throw SHUT_OUT();
      hub.log.debug({ room }, 'a ghost is not let in; the bot speaks for it');
      return postOnce({ ...command, text: named(speaker, said) }, here.bot, here, signal);
    }
  }

  return async (command: Post, signal: AbortSignal): Promise<readonly RemoteRef[]> => {
    const here = session();
    const { room } = command;
    try {
      const ref = await postAs(command, here, signal);
      certain.set(room, here);
      return [ref];
    } catch (error) {
      if (isInDoubt(error)) certain.delete(room);
      if (isBridgeError(error)) throw error;
      throw await aboutRoom(error, room, here, signal);
    }
  };
}

function isInDoubt(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof Refusal && error.status >= 500);
}

function named({ name }: Extract<Speaker, { kind: 'user' }>, said: Rich): Rich {
  return [{ t: 'bold', children: [{ t: 'text', text: name }] }, { t: 'text', text: ': ' }, ...said];
}

async function postNow(
  command: Post,
  sender: string,
  txn: string,
  session: Session,
  signal: AbortSignal,
): Promise<RemoteRef> {
  const { room, sentAt, replyTo } = command;
  const uploaded: { readonly media: MediaRef; readonly mxc: string }[] = [];
  let said = command.text;
  for (const media of command.media) {
    const mxc = await session.media.upload(media, signal);
    if (mxc === null) said = withName(said, media.name);
    else uploaded.push({ media, mxc });
  }
  const [first, ...more] = uploaded;
  const relation = replyTo === null ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo.id } } };
  const content = {
    ...(first === undefined ? { msgtype: 'm.text', ...encodeRich(said) } : fileContent(first, said)),
    ...NO_MENTIONS,
    ...relation,
    [KEY_FIELD]: txn,
  };
  const id = await send({ room, sender, type: 'm.room.message', content, txn, at: sentAt }, session, signal);
  for (const [index, one] of more.entries()) {
    const belongs = { 'm.relates_to': { rel_type: 'm.reference', event_id: id } };
    const further = { ...fileContent(one, []), ...NO_MENTIONS, ...belongs };
    await send(
      { room, sender, type: 'm.room.message', content: further, txn: `${txn}-${index}`, at: sentAt },
      session,
      signal,
    );
  }
  return refOf(room, id, sender, first !== undefined);
}

function refOf(room: RoomId, id: string, sender: string, isFile: boolean): RemoteRef {
  return { room, id, note: writeNote({ sender, isFile }) };
}

function fileContent({ media, mxc }: { readonly media: MediaRef; readonly mxc: string }, caption: Rich): object {
  const { name, type, bytes, width, height } = media;
  const said = caption.length === 0 ? { body: name } : encodeRich(caption);
  const size = width === null || height === null ? {} : { w: width, h: height };
  return { msgtype: kindOf(type), ...said, filename: name, url: mxc, info: { mimetype: type, size: bytes, ...size } };
}

function kindOf(type: string): string {
  const [family] = type.split('/');
  return family === 'image' || family === 'video' || family === 'audio' ? `m.${family}` : 'm.file';
}

/** What this account posted there lately under this key. */
async function findPosted(
  room: RoomId,
  sender: string,
  txn: string,
  session: Session,
  signal: AbortSignal,
): Promise<RemoteRef | null> {
  const filter = JSON.stringify({ senders: [sender], types: ['m.room.message'] });
  const path = `/v3/rooms/${encodeURIComponent(room)}/messages`;
  const query = { dir: 'b', limit: LOOK_BACK, filter };
  const look = () => session.client.call('GET', path, { ...asSender(sender, session), query }, signal);
  const answer = bagOf(await inside(room, sender, session, signal, look));
  const chunk: readonly unknown[] = Array.isArray(answer.chunk) ? answer.chunk : [];
  for (const one of chunk.map(bagOf)) {
    const [id, content] = [text(one, 'event_id'), bag(one, 'content')];
    if (id === null || text(one, 'sender') !== sender || text(content, KEY_FIELD) !== txn) continue;
    return refOf(room, id, sender, text(content, 'url') !== null);
  }
  return null;
}

/** Whether one person or the bot itself is shut out makes the difference. */
async function aboutRoom(error: unknown, room: RoomId, session: Session, signal: AbortSignal) {
  if (!isCode(error, 'M_FORBIDDEN', 'M_NOT_FOUND')) return toBridgeError(error);
  return toBridgeError(error, (await isInside(room, session, signal)) ? 'command' : 'portal');
}

async function isInside(room: RoomId, session: Session, signal: AbortSignal): Promise<boolean> {
  try {
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(session.bot)}`;
    const member = bagOf(await session.client.call('GET', path, {}, signal));
    if (text(member, 'membership') !== 'join') return false;
    const { power } = await session.rooms.look(room, signal);
    return levelOf(session.bot, power) >= neededToTalk(power);
  } catch (error) {
    return !(error instanceof Refusal);
  }
}

/** By a moderator of the room. */
async function isShutOut(user: string, room: RoomId, session: Session, signal: AbortSignal): Promise<boolean> {
  const { power } = await session.rooms.look(room, signal);
  return isSilenced(user, power) || (await membershipOf(room, user, session, signal)) === 'ban';
}

const SHUT_OUT = () =>
  new BridgeError('Matrix: this person may not speak in the room', { kind: 'permanent', scope: 'command' });

/** Changes a post under the account that made it. */
export function createEdit(session: () => Session) {
  return async ({ ref, speaker, text: said, key }: Edit, signal: AbortSignal): Promise<RemoteRef> => {
    const here = session();
    try {
      const note = readNote(ref, here);
      if (note === null) throw new Refusal('M_FORBIDDEN', 403, null);
      const { sender, isFile } = note;
      const spoken = sender === here.bot && speaker.kind === 'user' ? named(speaker, said) : said;
      const before = isFile ? await originalOf(ref, sender, here, signal) : null;
      const next = before === null ? { msgtype: 'm.text', ...encodeRich(spoken) } : withCaption(before, spoken);
      const content = {
        ...next,
        body: `* ${next.body}`,
        ...NO_MENTIONS,
        'm.new_content': { ...next, ...NO_MENTIONS },
        'm.relates_to': { rel_type: 'm.replace', event_id: ref.id },
      };
      const { room } = ref;
      await send({ room, sender, type: 'm.room.message', content, txn: txnOf('edit', key), at: null }, here, signal);
      return ref;
    } catch (error) {
      throw toBridgeError(error);
    }
  };
}

async function originalOf(
  { room, id }: RemoteRef,
  sender: string,
  session: Session,
  signal: AbortSignal,
): Promise<object> {
  const path = `/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(id)}`;
  const event = bagOf(await session.client.call('GET', path, asSender(sender, session), signal));
  const { msgtype, filename, url, info } = bag(event, 'content');
  return { msgtype, filename, url, info };
}

function withCaption(file: object, caption: Rich): { readonly body: string } {
  const name = text(bagOf(file), 'filename') ?? 'file';
  return { ...file, ...(caption.length === 0 ? { body: name } : encodeRich(caption)) };
}
