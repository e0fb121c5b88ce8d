import { bagOf, text } from './event.ts';
import { isCode, Refusal } from './failures.ts';
import { asSender } from './notes.ts';
import type { Session } from './session.ts';

/** One event to put into a room. */
export interface Sending {
  readonly room: string;
  readonly sender: string;
  readonly type: string;
  readonly content: object;
  /** The same on every try: the homeserver makes one event of it. */
  readonly txn: string;
  /** When it was said; null: now. */
  readonly at: number | null;
}

/** Beside the content of what we post: found again after the homeserver forgot what it had taken. */
export const KEY_FIELD = 'slipmat.key';

/**
 * Puts an event into a room. A ghost that was put out of it comes back once.
 * @returns its id. @throws {Refusal | NoAnswer}
 */
export async function send(sending: Sending, session: Session, signal: AbortSignal): Promise<string> {
  const { room, sender, type, content, txn, at } = sending;
  const path = `/v3/rooms/${encodeURIComponent(room)}/send/${encodeURIComponent(type)}/${encodeURIComponent(txn)}`;
  const query = at === null ? {} : { ts: at };
  const put = (): Promise<unknown> =>
    session.client.call('PUT', path, { ...asSender(sender, session), query, body: content }, signal);
  const answer = await inside(room, sender, session, signal, put);
  const id = text(bagOf(answer), 'event_id');
  if (id === null) throw new Refusal('no event_id', 500, null);
  return id;
}

/** Takes an event away; one that is gone already is. @throws {Refusal | NoAnswer} */
export async function redact(
  {
    room,
    id,
    sender,
    txn,
    reason,
  }: {
    readonly room: string;
    readonly id: string;
    readonly sender: string;
    readonly txn: string;
    readonly reason: string | null;
  },
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const path = `/v3/rooms/${encodeURIComponent(room)}/redact/${encodeURIComponent(id)}/${encodeURIComponent(txn)}`;
  const body = reason === null ? {} : { reason };
  const by = (who: string) => session.client.call('PUT', path, { ...asSender(who, session), body }, signal);
  try {
    await by(sender);
  } catch (error) {
    if (isCode(error, 'M_NOT_FOUND')) return;
    if (sender === session.bot || !isCode(error, 'M_FORBIDDEN')) throw error;
    await by(session.bot);
  }
}

/** Runs a request of somebody in a room; whoever is not in it is brought there first. */
export async function inside<T>(
  room: string,
  sender: string,
  session: Session,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (sender === session.bot || !isCode(error, 'M_FORBIDDEN')) throw error;
    session.ghosts.left(sender, room);
    await session.ghosts.join(sender, room, signal);
    return run();
  }
}

/** What relates to an event: its edits, or its further files, at most 100. @throws {Refusal | NoAnswer} */
export async function relationsOf(
  { room, id, sender }: { readonly room: string; readonly id: string; readonly sender: string },
  session: Session,
  signal: AbortSignal,
  kind: string,
): Promise<readonly Related[]> {
  const path = `/v1/rooms/${encodeURIComponent(room)}/relations/${encodeURIComponent(id)}${kind}`;
  try {
    const answer = bagOf(
      await session.client.call('GET', path, { ...asSender(sender, session), query: { limit: 100 } }, signal),
    );
    const chunk: readonly unknown[] = Array.isArray(answer.chunk) ? answer.chunk : [];
    return chunk.map(bagOf).flatMap((one) => {
      const [related, by] = [text(one, 'event_id'), text(one, 'sender')];
      const relation = bagOf(bagOf(one.content)['m.relates_to']);
      if (related === null || by === null) return [];
      return [{ id: related, by, kind: text(relation, 'rel_type') ?? '', key: text(relation, 'key') }];
    });
  } catch (error) {
    if (isCode(error, 'M_NOT_FOUND')) return [];
    throw error;
  }
}

export interface Related {
  readonly id: string;
  readonly by: string;
  readonly kind: string;
  readonly key: string | null;
}
