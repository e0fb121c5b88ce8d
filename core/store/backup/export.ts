import { parseMessage } from '../archive/fold.ts';
import type { Sql } from '../sql/sql.ts';

/** Archived messages as they stand now, in the order of their ids, and so of time. `next`: ask again with it; null at the end. */
export async function exportPage(
  sql: Pick<Sql, 'build' | 'read'>,
  after: string | null,
  limit: number,
): Promise<{ messages: unknown[]; next: string | null }> {
  const columns = ['id', 'channel_id', 'seq', 'message'] as const;
  const all = sql.build.selectFrom('messages').select(columns).orderBy('id').limit(limit);
  const rows = await sql.read((after === null ? all : all.where('id', '>', after)).compile());
  const reacted = new Map<string, { emoji: string; user: string }[]>(rows.map(({ id }) => [id, []]));
  if (rows.length > 0) {
    const reactions = sql.build
      .selectFrom('reactions')
      .select(['message_id', 'emoji', 'user_id'])
      .where('message_id', 'in', [...reacted.keys()]);
    for (const row of await sql.read(reactions.compile())) {
      reacted.get(row.message_id)?.push({ emoji: row.emoji, user: row.user_id });
    }
  }
  const messages = rows.map((row) => ({
    channel: row.channel_id,
    seq: row.seq,
    message: parseMessage(row.message),
    reactions: byEmoji(reacted.get(row.id) ?? []),
  }));
  return { messages, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

function byEmoji(reacted: readonly { readonly emoji: string; readonly user: string }[]): readonly unknown[] {
  const users = new Map<string, string[]>();
  for (const { emoji, user } of reacted) users.set(emoji, [...(users.get(emoji) ?? []), user]);
  return [...users].map(([emoji, list]) => ({ emoji, users: list }));
}
