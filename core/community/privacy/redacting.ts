import { stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import { type ChannelId, type EpochMs, type MessageId, mintedAt, type Seq } from '../../domain/ids.ts';
import type { HistoryMessage, WireEntry } from '../../domain/wire.ts';
import { mediaIdOf } from '../../media/media-url.ts';
import type { HeldFacts } from '../../pipeline/held-facts.ts';
import { discardStep } from '../../pipeline/held-steps.ts';
import type { Effect, Head, Step, Stored } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Erasure } from './erasures.ts';

export interface RedactingDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly channel: (id: ChannelId) => Channel | null;
  readonly head: (scope: ReturnType<typeof scopeOf>, id: MessageId) => Promise<Head | null>;
  readonly message: (channel: Channel, id: MessageId) => Promise<HistoryMessage | null>;
  readonly held: Pick<HeldFacts, 'get'>;
  readonly append: (step: Step) => Promise<Stored>;
  /** Whether all that is in the log by now is in the archive; false when that takes too long. */
  readonly archived: () => Promise<boolean>;
  readonly clock: { now(): EpochMs };
}

/** Redactions of one turn, which comes each second: rooms that take little must keep up. */
const AT_ONCE = 5;

/** Redacts some of what they said; what was redacted is taken out of rooms like anything else. Null: nothing is left. */
export async function redactSome(erasure: Erasure, deps: RedactingDeps): Promise<Partial<Erasure> | null> {
  if (!(await deps.archived())) return {};
  await discardHeld(erasure, deps);
  const found = await nextMessages(erasure, deps);
  const reactions = found.length < AT_ONCE ? await reactionsOf(erasure, deps) : [];
  if (found.length === 0 && reactions.length === 0) return null;
  const seqs: Record<string, Seq> = { ...erasure.seqs };
  for (const step of [...(await Promise.all(found.map((row) => redactionOf(erasure, row, deps)))), ...reactions]) {
    if (step === null) continue;
    const stored = await deps.append(step);
    if ((stored.kind === 'stored' || stored.kind === 'duplicate') && step.channel !== null && stored.seq !== null) {
      seqs[step.channel] = Math.max(stored.seq, seqs[step.channel] ?? 0) as Seq;
    }
  }
  const files = new Set([...erasure.files, ...found.flatMap(({ texts }) => texts.flatMap(filesIn))]);
  return { seqs, files: [...files], cursor: found.at(-1)?.id ?? erasure.cursor };
}

interface Found {
  readonly id: MessageId;
  readonly channel: ChannelId;
  /** All in which a file of theirs may be named. */
  readonly texts: readonly string[];
}

async function nextMessages({ users, cursor, askedAt }: Erasure, { sql }: RedactingDeps): Promise<readonly Found[]> {
  const query = sql.build
    .selectFrom('messages')
    .select(['id', 'channel_id', 'message', 'hidden'])
    .where('author_id', 'in', users)
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(AT_ONCE);
  const rows = (await sql.read(query.compile())).filter(({ id }) => mintedAt(id as MessageId) <= askedAt);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const entries = await sql.read(
    sql.build.selectFrom('entries').select(['message_id', 'body']).where('message_id', 'in', ids).compile(),
  );
  return rows.map(({ id, channel_id, message, hidden }) => {
    const bodies = entries.filter(({ message_id }) => message_id === id).map(({ body }) => body);
    const texts = [message, ...(hidden === null ? [] : [hidden]), ...bodies];
    return { id: id as MessageId, channel: channel_id as ChannelId, texts };
  });
}

/** Ids of the files that a message carries, and of the author's picture; not of emoji, which others use too. */
export function filesIn(json: string): readonly string[] {
  const value: { message?: unknown } = JSON.parse(json);
  const message = (value.message ?? value) as {
    readonly author?: { readonly avatarUrl?: string | null };
    readonly content?: { readonly attachments?: readonly { readonly url: string }[] };
  };
  const urls = [message.author?.avatarUrl, ...(message.content?.attachments ?? []).map(({ url }) => url)];
  return urls.flatMap((url) => (typeof url === 'string' ? (fileAt(url) ?? []) : []));
}

export function fileAt(url: string): string | null {
  return mediaIdOf(url.slice(url.indexOf('/media/')), null);
}

async function redactionOf(erasure: Erasure, { id, channel: place }: Found, deps: RedactingDeps): Promise<Step | null> {
  const channel = deps.channel(place);
  if (channel === null) return null;
  const head = await deps.head(scopeOf(channel), id);
  if (head === null || head.isRedacted) return null;
  const at = deps.clock.now();
  const redaction = { at, by: 'author' } as const;
  const body: WireEntry = { type: 'redaction', channel: place, id, redaction };
  const effects: readonly Effect[] = [{ kind: 'redact', id, author: head.author, redaction }];
  return {
    ...stepOf(channel, erasure, ['redact', id], at),
    kind: 'redaction',
    body: JSON.stringify(body),
    effects,
    known: head,
  };
}

/** What they put on messages of others. */
async function reactionsOf(erasure: Erasure, deps: RedactingDeps): Promise<readonly Step[]> {
  const { sql } = deps;
  const query = sql.build
    .selectFrom('reactions as r')
    .innerJoin('messages as m', 'm.id', 'r.message_id')
    .select(['r.message_id', 'r.emoji', 'r.user_id', 'm.channel_id'])
    .where('r.user_id', 'in', erasure.users)
    .where('r.at', '<=', erasure.askedAt)
    .where('m.is_redacted', '=', 0)
    .limit(AT_ONCE);
  const at = deps.clock.now();
  const rows = await sql.read(query.compile());
  const steps = rows.map(async (row): Promise<Step | null> => {
    const channel = deps.channel(row.channel_id as ChannelId);
    const id = row.message_id as MessageId;
    const user = row.user_id as Erasure['users'][number];
    const known = channel === null ? null : await deps.head(scopeOf(channel), id);
    if (channel === null || known === null || known.isRedacted) return null;
    const { emoji } = row;
    const body: WireEntry = { type: 'reaction', channel: channel.id, id, user, name: '', emoji, on: false, at };
    const effects: readonly Effect[] = [{ kind: 'react', id, user, emoji, on: false }];
    const step = stepOf(channel, erasure, ['react', id, emoji, user], at);
    return { ...step, kind: 'reaction', body: JSON.stringify(body), effects, known };
  });
  return (await Promise.all(steps)).filter((step) => step !== null);
}

async function discardHeld({ users }: Erasure, { sql, channel, held, append, clock }: RedactingDeps): Promise<void> {
  const query = sql.build.selectFrom('held').select(['id', 'channel_id']).where('author_id', 'in', users);
  for (const row of await sql.read(query.where('state', '=', 'waiting').limit(200).compile())) {
    const place = channel(row.channel_id as ChannelId);
    const waiting = held.get(row.id as MessageId, clock.now());
    if (place !== null && waiting !== null)
      await append(discardStep(place, waiting, waiting.author, null, clock.now()));
  }
}

function stepOf(channel: Channel, { id }: Erasure, what: readonly string[], at: EpochMs) {
  return {
    scope: scopeOf(channel),
    channel: channel.id,
    key: stepKey('erase', id, ...what),
    digest: 'erase',
    ifRev: null,
    audience: 'readers',
    at,
    note: {},
  } as const;
}

/**
 * Rooms that show a quote as text have their name and words in answers of others: these are told once more, as they
 * stand now. Null: there are none any more.
 */
export async function requoteSome(erasure: Erasure, deps: RedactingDeps): Promise<Partial<Erasure> | null> {
  const { build } = deps.sql;
  const query = build
    .selectFrom('messages as r')
    .innerJoin('messages as m', 'm.id', 'r.reply_to')
    .select(['r.id', 'r.channel_id', 'r.message'])
    .where('m.author_id', '=', erasure.alias)
    .where('r.is_redacted', '=', 0)
    .where('r.author_id', '<>', erasure.alias)
    .where('r.id', '>', erasure.cursor)
    .orderBy('r.id')
    .limit(AT_ONCE);
  const rows = await deps.sql.read(query.compile());
  if (rows.length === 0) return null;
  const seqs: Record<string, Seq> = { ...erasure.seqs };
  for (const row of rows) {
    const channel = deps.channel(row.channel_id as ChannelId);
    const step = channel === null ? null : await requoteOf(erasure, channel, row.id as MessageId, deps);
    const stored = step === null ? null : await deps.append(step);
    if (stored !== null && 'seq' in stored && stored.seq !== null) seqs[row.channel_id] = stored.seq;
  }
  return { seqs, cursor: rows.at(-1)?.id ?? erasure.cursor };
}

async function requoteOf(
  erasure: Erasure,
  channel: Channel,
  id: MessageId,
  { head: headOf, message: messageOf, clock }: RedactingDeps,
): Promise<Step | null> {
  const head = await headOf(scopeOf(channel), id);
  const found = await messageOf(channel, id);
  if (head === null || head.isRedacted || head.isHidden === true || found === null) return null;
  const at = clock.now();
  const { author, revision } = head;
  const body: WireEntry = {
    type: 'edit',
    channel: channel.id,
    id,
    content: found.message.content,
    revision: revision + 1,
    at,
  };
  const effects: readonly Effect[] = [{ kind: 'edit', id, author, fromRevision: revision }];
  const step = stepOf(channel, erasure, ['requote', id], at);
  return { ...step, kind: 'edit', note: { author, isRequote: true }, body: JSON.stringify(body), effects, known: head };
}
