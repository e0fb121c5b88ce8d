import type { Clock } from '../async/clock.ts';
import { stepKey } from '../async/mint.ts';
import type { Fire } from '../community/timers/timers.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import { isConversation } from '../domain/conversation.ts';
import type { ChannelId, MessageId, ScopeId, UserId } from '../domain/ids.ts';
import type { PictureMark } from '../domain/picture-mark.ts';
import type { WireEntry } from '../domain/wire.ts';
import type { History } from '../store/archive/history.ts';
import { type Head, type Log, type Step, StoreUnavailable } from '../store/ports.ts';
import type { Sql } from '../store/sql/sql.ts';
import type { Tail } from '../store/tail.ts';
import type { MediaStore } from './media-store.ts';
import type { UntilArchived } from './until-archived.ts';

/** Kind of the timer: due at once, kept until all of it is done. */
export const SPREAD = 'picture-mark';

/** What is said of a picture, to be brought to everything that shows it already. */
export interface SpreadTask {
  readonly id: string;
  readonly picture: string;
  readonly mark: PictureMark;
  /** Null: everywhere. */
  readonly scope: ScopeId | null;
  readonly was: 'safe' | 'nsfw' | null;
  readonly by: UserId;
  readonly reason: string | null;
  /** Names the act. */
  readonly cause: string;
}

export interface SpreadDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly log: Pick<Log, 'append' | 'shardOf'>;
  /** Resolves once this hub has followed the log so far. */
  readonly reached: Tail['reached'];
  readonly untilArchived: UntilArchived;
  readonly history: Pick<History, 'head'>;
  readonly channel: (id: ChannelId) => Channel | null;
  readonly media: Pick<MediaStore, 'purge'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Brings a mark to every message that shows the picture: as an entry, by which clients, rooms and other hubs know, or, where
 * it is removed, by redacting the message. What comes after the mark was judged by it already.
 */
export function createSpread(deps: SpreadDeps): Fire {
  const { sql, log, clock } = deps;

  async function carriers({ picture, scope }: SpreadTask) {
    const query = sql.build
      .selectFrom('media_uses')
      .select(['message_id', 'channel_id'])
      .where('hash', '=', picture)
      .orderBy('message_id', 'desc');
    return (await sql.read(query.compile())).flatMap(({ message_id, channel_id }) => {
      const channel = deps.channel(channel_id as ChannelId);
      const isHere = channel !== null && (scope === null || scopeOf(channel) === scope);
      return isHere ? [{ id: message_id as MessageId, channel }] : [];
    });
  }

  async function append(step: Step): Promise<void> {
    const stored = await log.append(step);
    if (stored.kind === 'stored' || stored.kind === 'duplicate') {
      return deps.reached(log.shardOf(step.scope), stored.position);
    }
    if (stored.kind !== 'conflict') throw new StoreUnavailable(`it was not stored: ${stored.kind}`);
  }

  async function bringTo(id: MessageId, channel: Channel, task: SpreadTask): Promise<void> {
    const head = await deps.history.head(scopeOf(channel), id);
    if (head === null || head.isRedacted) return;
    const { mark } = task;
    if (mark === 'remove') return append(redactionStep(channel, head, task, clock));
    // members of a conversation see it so when they look
    if (!isConversation(channel.kind)) await append(markStep(channel, id, { ...task, mark }, clock));
  }

  return async ({ payload }) => {
    const task = JSON.parse(payload) as SpreadTask;
    await deps.untilArchived(task.scope);
    const found = await carriers(task);
    for (const { id, channel } of found) await bringTo(id, channel, task);
    if (task.mark !== 'remove') return;
    // nobody can load it any more, whatever else of it is still to be done
    await deps.media.purge(task.picture, task.scope === null ? null : found.map(({ id }) => id));
  };
}

function markStep(
  channel: Channel,
  id: MessageId,
  { picture, mark, was, by, cause }: SpreadTask & { readonly mark: 'safe' | 'nsfw' },
  clock: Pick<Clock, 'now'>,
): Step {
  const at = clock.now();
  const body: WireEntry = { type: 'mark', channel: channel.id, id, picture, mark, at };
  return {
    ...bare(channel, at),
    key: stepKey('mark', id, picture, cause),
    digest: mark,
    kind: 'mark',
    body: JSON.stringify(body),
    note: { actor: by, ...(was !== null && { was }) },
    effects: [],
    known: null,
  };
}

function redactionStep(
  channel: Channel,
  head: Head,
  { picture, by, reason, cause }: SpreadTask,
  clock: Pick<Clock, 'now'>,
): Step {
  const at = clock.now();
  const redaction = { at, by: 'moderator' } as const;
  const body: WireEntry = { type: 'redaction', channel: channel.id, id: head.id, redaction };
  const { id, author } = head;
  const audit = { act: 'redact', by, target: author, message: id, channel: channel.id, until: null, reason, cause };
  return {
    ...bare(channel, at),
    key: stepKey('picture-removed', id, picture),
    digest: 'remove',
    kind: 'redaction',
    body: JSON.stringify(body),
    note: { actor: by, reason, audit },
    effects: [{ kind: 'redact', id, author, redaction }],
    known: head,
  };
}

function bare(channel: Channel, at: ReturnType<Clock['now']>) {
  return { scope: scopeOf(channel), channel: channel.id, ifRev: null, audience: 'readers', at } as const;
}
