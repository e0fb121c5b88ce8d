import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, ScopeId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { Asked } from '../../pipeline/address.ts';
import type { Recent } from '../../pipeline/recent.ts';
import type { Sql } from '../../store/sql/sql.ts';

export const MOST_LAST_MINUTES = 60;
/** More than that in an hour is a flood, which is stopped otherwise. */
const MOST_MESSAGES = 200;
const AT_ONCE = 20;

export interface LastMinutesDeps {
  readonly recent: Pick<Recent, 'since' | 'head'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  /** Resolves once this hub knows all that is stored in the scope now. */
  readonly caughtUp: (scope: ScopeId) => Promise<void>;
  readonly route: (asked: Asked) => Promise<Receipt>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface LastMinutesRequest {
  readonly by: Actor;
  readonly at: Channel;
  /** Every account of the person. */
  readonly targets: readonly UserId[];
  readonly minutes: number;
  readonly reason: string | null;
  /** The act that this is a part of: it costs karma once, and is undone with it. */
  readonly cause: string;
}

/** Takes away what somebody wrote in one channel in the last minutes. @returns how many messages went */
export function createLastMinutes(deps: LastMinutesDeps): (request: LastMinutesRequest) => Promise<number> {
  async function ids({ at, targets, minutes }: LastMinutesRequest): Promise<readonly MessageId[]> {
    const since = (deps.clock.now() - minutes * 60_000) as EpochMs;
    const near = deps.recent.since(at.id, since, Number.POSITIVE_INFINITY);
    const hot = near.filter(({ author }) => targets.includes(author)).map(({ id }) => id);
    const found = new Set([...hot, ...(await archived(at.id, targets, since, deps.sql))]);
    return [...found].filter((id) => deps.recent.head(id)?.isRedacted !== true).slice(0, MOST_MESSAGES);
  }

  async function take({ by, at, reason, cause }: LastMinutesRequest, id: MessageId): Promise<boolean> {
    const receipt = await deps.route({
      actor: by,
      request: { kind: 'redaction', channel: at.id, id, reason },
      origin: { bridge: 'commands' as BridgeId, ref: null },
      key: stepKey('last-minutes', cause, id),
      clientKey: null,
      again: false,
      cause,
    });
    return receipt.kind === 'accepted' || receipt.kind === 'duplicate';
  }

  return async (request) => {
    await deps.caughtUp(scopeOf(request.at));
    const all = await ids(request);
    let gone = 0;
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const taken = await Promise.all(all.slice(from, from + AT_ONCE).map((id) => take(request, id)));
      gone += taken.filter(Boolean).length;
    }
    return gone;
  };
}

/** Ids sort by the time they were made. */
async function archived(
  channel: ChannelId,
  targets: readonly UserId[],
  since: EpochMs,
  sql: LastMinutesDeps['sql'],
): Promise<readonly MessageId[]> {
  const query = sql.build
    .selectFrom('messages')
    .select('id')
    .where('id', '>=', firstIdAt(since))
    .where('channel_id', '=', channel)
    .where('author_id', 'in', targets)
    .where('is_redacted', '=', 0)
    .orderBy('id', 'desc')
    .limit(MOST_MESSAGES);
  return (await sql.read(query.compile())).map(({ id }) => id as MessageId);
}

function firstIdAt(at: EpochMs): string {
  const hex = Math.max(0, at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
