import type { Clock } from '../async/clock.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { HeldFacts } from '../pipeline/held-facts.ts';
import { heldAgainStep } from '../pipeline/held-steps.ts';
import type { Directory } from '../store/directory/directory.ts';
import type { LiveStore } from '../store/ports.ts';
import type { Sql } from '../store/sql/sql.ts';

export interface RestoreParts {
  readonly store: Pick<LiveStore, 'log' | 'live'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Pick<Directory, 'channel'>;
  readonly held: HeldFacts;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * What the archive says waits for a moderator, and the live store has lost, waits again: once for all hubs. The step
 * itself turns down what was decided meanwhile and is only not archived yet.
 */
export async function restoreHeld({ store, sql, directory, held, clock, logger }: RestoreParts): Promise<void> {
  const query = sql.build.selectFrom('held').select(['id', 'channel_id', 'author_id', 'at', 'body']);
  const rows = await sql.read(query.where('state', '=', 'waiting').orderBy('id').compile());
  const lost = rows.filter(({ id }) => held.get(id as MessageId, clock.now()) === null);
  if (lost.length === 0) return;
  const epoch = await store.live.epoch();
  logger.warn({ messages: lost.length }, 'messages that wait for a moderator were gone from the live store');
  for (const { id, channel_id, author_id, at, body } of lost) {
    const channel = directory.channel(channel_id as ChannelId);
    if (channel === null) continue;
    const one = { id: id as MessageId, author: author_id as UserId, at: at as EpochMs, body };
    await store.log.append(heldAgainStep(channel, one, epoch));
  }
}
