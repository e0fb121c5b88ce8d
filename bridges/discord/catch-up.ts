import type { RoomId } from '../../core/domain/ids.ts';
import type { EpochMs, HubPort } from '../../core/plugin/index.ts';
import type { Api } from './api.ts';
import type { Cursor } from './cursor.ts';
import { bridgeError } from './failures.ts';
import type { Inbox } from './inbox.ts';
import type { Memories, RoomMemory } from './memory.ts';
import type { Messages } from './messages.ts';
import { type ApiMessage, messageList } from './packets.ts';
import { idBefore, isLater, timeOf } from './people.ts';

/** What was said longer ago than this is not fetched: nobody is there any more to hear it. */
const MAX_AGE_MS = 6 * 3_600_000;
const MAX_PAGES = 20;
const PAGE = 100;

export interface CatchUpDeps {
  readonly hub: Pick<HubPort, 'clock' | 'log'>;
  readonly api: Api;
  readonly inbox: Pick<Inbox, 'signal'>;
  readonly memories: Memories;
  readonly cursor: Cursor;
  readonly messages: Messages;
}

/**
 * Fetches what happened in a room while the bridge was away: edits and removals of the last messages, found by
 * comparing, then what is new. Reactions of that time stay unseen. Never rejects.
 * Of a room that was never seen before, what is later than the id `linkedAt` is new.
 */
export function createCatchUp(deps: CatchUpDeps): (room: RoomId, linkedAt: string) => Promise<void> {
  const { hub, api, inbox, memories, cursor, messages } = deps;

  async function list(room: RoomId, query: Readonly<Record<string, string>>): Promise<readonly ApiMessage[]> {
    const search = new URLSearchParams({ ...query, limit: String(PAGE) });
    const found = messageList.parse(
      await api.ask('get', `/channels/${room}/messages`, { query: search, signal: inbox.signal }),
    );
    return found.toSorted((a, b) => (isLater(a.id, b.id) ? 1 : -1));
  }

  /** Known messages that are not there any more, as far back as the listing reaches. */
  function goneFrom(memory: RoomMemory, listed: readonly ApiMessage[]): readonly string[] {
    const there = new Set(listed.map(({ id }) => id));
    const [first] = listed;
    const reaches = (id: string): boolean => listed.length < PAGE || first === undefined || isLater(id, first.id);
    return memory.ids().filter((id) => !there.has(id) && reaches(id));
  }

  async function newSince(room: RoomId, after: string, listed: readonly ApiMessage[]): Promise<readonly ApiMessage[]> {
    const [first] = listed;
    const isWhole = listed.length < PAGE || first === undefined || !isLater(first.id, after);
    if (isWhole) return listed.filter(({ id }) => isLater(id, after));
    const found: ApiMessage[] = [];
    let from = after;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const more = await list(room, { after: from });
      found.push(...more);
      const last = more.at(-1);
      if (last === undefined || more.length < PAGE) return found;
      from = last.id;
    }
    hub.log.warn({ room, fetched: found.length }, 'more was missed than is fetched');
    return [...found, ...listed.filter(({ id }) => isLater(id, from))];
  }

  async function compare(room: RoomId, memory: RoomMemory, listed: readonly ApiMessage[]): Promise<void> {
    for (const message of listed) {
      const seen = memory.editedOf(message.id);
      if (seen === undefined || timeOf(message.edited_timestamp) === null) continue;
      await messages.edit(message);
    }
    const gone = goneFrom(memory, listed);
    if (gone.length > 0) await messages.remove(room, gone);
  }

  return async (room, linkedAt) => {
    try {
      const memory = await memories.of(room);
      const listed = await list(room, {});
      if (memory.since() === null) begin(memory, listed, linkedAt);
      await compare(room, memory, listed);
      const from = cursor.of(room) ?? memory.since() ?? linkedAt;
      const since = idBefore((hub.clock.now() - MAX_AGE_MS) as EpochMs);
      for (const message of await newSince(room, isLater(from, since) ? from : since, listed)) {
        await messages.post(message);
      }
    } catch (error) {
      if (inbox.signal.aborted) return;
      hub.log.warn({ room, say: bridgeError('catch up', error).message }, 'what was missed could not be fetched');
    }
  };
}

/** Of a room that was linked just now: what stands there is known, and not news. */
function begin(memory: RoomMemory, listed: readonly ApiMessage[], linkedAt: string): void {
  memory.begin(linkedAt);
  for (const { id, edited_timestamp } of listed) {
    if (!isLater(id, linkedAt)) memory.see(id, stringOf(timeOf(edited_timestamp)));
  }
}

function stringOf(at: EpochMs | null): string | null {
  return at === null ? null : String(at);
}
