import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { Hold } from '../../domain/conversation.ts';
import type { ChannelId, MessageId, UserId } from '../../domain/ids.ts';
import type { LiveEventId } from '../../domain/live-event.ts';
import type { HistoryMessage, WireMessage } from '../../domain/wire.ts';
import type { Logger } from '../../ops/log.ts';
import type { History } from '../../store/archive/history.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Log, Step } from '../../store/ports.ts';
import type { HeldDirectsTable } from '../../store/sql/direct-tables.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { isOver } from './sight.ts';
import type { Views } from './views.ts';

/** Delivers what was said to a DJ who was live, once the show is over. */
export interface Releases {
  stop(): Promise<void>;
}

export interface ReleaseDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly log: Pick<Log, 'append'>;
  readonly directory: Pick<Directory, 'channel' | 'events'>;
  readonly history: Pick<History, 'message'>;
  readonly views: Pick<Views, 'noteOf'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const EVERY_MS = 1_000;
/** In one go; what is left comes with the next. */
const MOST_AT_ONCE = 500;

/** Any hub does it, several at once harmlessly: each delivery has a key of its own. */
export function startReleases(deps: ReleaseDeps): Releases {
  const { sql, clock, directory, logger } = deps;

  async function sweep(): Promise<void> {
    const query = sql.build.selectFrom('held_directs').selectAll().orderBy('message_id').limit(MOST_AT_ONCE);
    for (const row of await sql.read(query.compile())) {
      const held = heldOf(row);
      if (isOver(held, directory.events) && (await release(held))) await forget(held);
    }
  }

  /** @returns whether there is nothing left to do for it */
  async function release({ message: id, user, channel: at }: Held): Promise<boolean> {
    const channel = directory.channel(at);
    const found = channel === null ? null : await deps.history.message(channel, id);
    const note = channel === null ? null : await deps.views.noteOf(channel, id);
    if (channel === null || found === null || note === null) return true;
    if (found.message.redaction !== null) return found.message.redaction.by !== 'reports';
    const { veil = {}, author, bridge, ref } = note;
    const { later: _, ...kept } = veil;
    const stored = await deps.log.append({
      ...lateStep(channel, found, user),
      at: clock.now(),
      note: {
        ...(author !== undefined && { author }),
        ...(bridge !== undefined && { bridge }),
        ...(ref !== undefined && { ref }),
        veil: kept,
        only: user,
      },
    });
    // changed in this very moment: as it is by then, in a moment
    return stored.kind !== 'conflict' || stored.what === 'redacted';
  }

  async function forget({ message, user }: Held): Promise<void> {
    const gone = sql.build.deleteFrom('held_directs').where('message_id', '=', message).where('user_id', '=', user);
    await sql.write([{ query: gone.compile() }]);
  }

  let sweeping: Promise<void> | null = null;
  const stopSweeping = clock.every(EVERY_MS, () => {
    sweeping ??= sweep()
      .catch((error: unknown) => logger.warn({ err: error }, 'what was held for a DJ could not be delivered yet'))
      .finally(() => {
        sweeping = null;
      });
  });
  return {
    async stop() {
      stopSweeping();
      await sweeping;
    },
  };
}

interface Held extends Hold {
  readonly message: MessageId;
  readonly channel: ChannelId;
}

function heldOf({ message_id, user_id, channel_id, event_id, stretch }: HeldDirectsTable): Held {
  return {
    message: message_id as MessageId,
    user: user_id as UserId,
    channel: channel_id as ChannelId,
    event: event_id as LiveEventId,
    stretch,
  };
}

/** The message once more, as it stands now, for one member alone. */
function lateStep(channel: Channel, { message }: HistoryMessage, user: UserId): Step {
  const { id, author, revision } = message;
  const body: WireMessage = { type: 'message', channel: channel.id, key: null, message };
  const head = { id, channel: channel.id, author: author.user, revision, isRedacted: false };
  return {
    scope: scopeOf(channel),
    channel: channel.id,
    key: stepKey('late', id, user),
    digest: 'late',
    ifRev: null,
    kind: 'late',
    audience: 'readers',
    at: message.sentAt,
    body: JSON.stringify(body),
    note: {},
    effects: [{ kind: 'late', id, author: author.user, fromRevision: revision }],
    known: head,
  };
}
