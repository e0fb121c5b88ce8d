import type { HubFrame } from '../bridges/slipmat/protocol.ts';
import { EMPTY_CONTENT, quoteText } from '../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../core/domain/ids.ts';
import type { Reaction } from '../core/domain/message.ts';
import { withMark } from '../core/domain/picture-mark.ts';
import type { HistoryMessage, WireChatMessage } from '../core/domain/wire.ts';

/** An entry frame of the log. */
export type EntryFrame = Extract<
  HubFrame,
  { readonly type: 'message' | 'edit' | 'redaction' | 'shown' | 'reaction' | 'mark' | 'notice' }
>;
type ChangeFrame = Exclude<EntryFrame, { readonly type: 'message' | 'notice' }>;

/** All that can happen to the view of one channel: frames as they come, and what this client does itself. */
export type ChannelEvent =
  | EntryFrame
  | Pick<Extract<HubFrame, { readonly type: 'joined' }>, 'type' | 'channel' | 'seq' | 'mode' | 'messages' | 'isEnd'>
  | Pick<Extract<HubFrame, { readonly type: 'history' }>, 'type' | 'channel' | 'messages' | 'isEnd'>
  /** A post that was just handed to the client, or is tried again. */
  | ({ readonly type: 'pending'; readonly channel: ChannelId } & Draft)
  /** The hub has stored or held it. */
  | {
      readonly type: 'outcome';
      readonly channel: ChannelId;
      readonly key: string;
      readonly outcome: 'posted' | 'duplicate' | 'held' | 'unchanged';
      readonly message: MessageId | null;
      /** Why it is held: the rules of the channel are to be accepted. Absent: for a moderator. */
      readonly because?: 'house-rules';
    }
  /** The hub turned it down; the text stays for a retry. */
  | {
      readonly type: 'failed';
      readonly channel: ChannelId;
      readonly key: string;
      readonly code: string;
      readonly say: string;
    }
  | { readonly type: 'dropped'; readonly channel: ChannelId; readonly key: string }
  /** Forgets the oldest rows above this many, to bound memory; they can be loaded again. */
  | { readonly type: 'trim'; readonly channel: ChannelId; readonly keep: number };

export interface Draft {
  readonly key: string;
  readonly text: string;
  readonly replyTo: MessageId | null;
  readonly at: number;
}
/** A post of one's own that is not yet among the messages. */
export interface PendingPost extends Draft {
  readonly status:
    | { readonly kind: 'sending' }
    | { readonly kind: 'stored'; readonly message: MessageId | null }
    | { readonly kind: 'held'; readonly because: 'house-rules' | 'moderator' }
    | { readonly kind: 'failed'; readonly code: string; readonly say: string };
}
export type ViewRow =
  | {
      readonly kind: 'message';
      readonly seq: Seq;
      readonly message: WireChatMessage;
      readonly reactions: readonly Reaction[];
    }
  | { readonly kind: 'notice'; readonly seq: Seq; readonly code: string; readonly say: string; readonly at: EpochMs };

type MessageRow = Extract<ViewRow, { readonly kind: 'message' }>;

/** One channel as a client shows it. An immutable value; rows that did not change stay the same objects. */
export interface ChannelView {
  /** Ascending by seq. */
  readonly rows: readonly ViewRow[];
  readonly pending: readonly PendingPost[];
  /** Newest seq folded in; resume after it. Null before the first join. */
  readonly lastSeq: Seq | null;
  /** Whether the first row is the beginning of the channel. */
  readonly isEnd: boolean;
  /** Grows with every reset, so that an app can tell that the rows were replaced. */
  readonly resets: number;
  /** Newest changes of messages that are not among the rows, for when an older page brings them. */
  readonly changes: readonly ChangeFrame[];
}

export const EMPTY_VIEW: ChannelView = { rows: [], pending: [], lastSeq: null, isEnd: false, resets: 0, changes: [] };
/** How many changes of absent messages are remembered. */
const MAX_CHANGES = 500;

/** Folds one event in. Pure; what is known already changes nothing. */
export function channelView(view: ChannelView, event: ChannelEvent): ChannelView {
  return foldEvents(view, [event]);
}

/** Folds many events in, at the cost of one copy: for one state change per animation frame. */
export function foldEvents(view: ChannelView, events: readonly ChannelEvent[]): ChannelView {
  if (events.length === 0) return view;
  const draft: Work = { ...view, rows: [...view.rows], pending: [...view.pending], changes: [...view.changes] };
  for (const event of events) apply(draft, event);
  return draft;
}

/** The only mutable form; it never leaves `foldEvents` before that is done. */
interface Work extends ChannelView {
  rows: ViewRow[];
  pending: PendingPost[];
  changes: ChangeFrame[];
  lastSeq: Seq | null;
  isEnd: boolean;
  resets: number;
}

function apply(work: Work, event: ChannelEvent): void {
  switch (event.type) {
    case 'message':
      if (!advance(work, event.seq)) return;
      insert(work, { kind: 'message', seq: event.seq, message: event.message, reactions: [] });
      settle(work, (post) => post.key === event.key);
      return;
    case 'notice':
      if (!advance(work, event.seq)) return;
      insert(work, { kind: 'notice', seq: event.seq, code: event.code, say: event.say, at: event.at });
      return;
    case 'edit':
    case 'redaction':
    case 'shown':
    case 'reaction':
    case 'mark':
      if (advance(work, event.seq)) applyChange(work, event);
      return;
    case 'joined':
      applyJoined(work, event);
      return;
    case 'history':
      insertPage(work, event.messages);
      if (event.isEnd) work.isEnd = true;
      return;
    case 'pending':
      applyPending(work, event);
      return;
    case 'outcome':
      applyOutcome(work, event);
      return;
    case 'failed':
      setStatus(work, event.key, { kind: 'failed', code: event.code, say: event.say });
      return;
    case 'dropped':
      settle(work, (post) => post.key === event.key);
      return;
    case 'trim':
      if (work.rows.length <= event.keep) return;
      work.rows = work.rows.slice(work.rows.length - event.keep);
      work.isEnd = false;
      return;
    default:
      assertNever(event);
  }
}

/** Entries come in order; one at or below the newest is a repeat. */
function advance(work: Work, seq: Seq): boolean {
  if (work.lastSeq !== null && seq <= work.lastSeq) return false;
  work.lastSeq = seq;
  return true;
}

function applyJoined(work: Work, event: Extract<ChannelEvent, { type: 'joined' }>): void {
  if (event.mode === 'reset') {
    work.rows = [];
    work.changes = [];
    work.isEnd = event.isEnd;
    work.resets += 1;
    insertPage(work, event.messages);
    work.lastSeq = event.seq;
    return;
  }
  if (work.lastSeq === null || event.seq > work.lastSeq) work.lastSeq = event.seq;
}

/** A page says how messages stood when it was read; changes that came since, or before it arrived, go on top. */
function insertPage(work: Work, page: readonly HistoryMessage[]): void {
  for (const { seq, message, reactions } of [...page].reverse()) {
    insert(work, { kind: 'message', seq, message, reactions });
  }
  if (work.changes.length === 0) return;
  const absent: ChangeFrame[] = [];
  for (const change of work.changes) if (!changeRow(work, change)) absent.push(change);
  work.changes = absent;
}

function insert(work: Work, arrived: ViewRow): void {
  const row = requoted(work, arrived);
  const at = placeOf(work.rows, row.seq);
  const there = work.rows[at];
  if (there?.seq !== row.seq) work.rows.splice(at, 0, row);
  else if (isNewer(row, there)) work.rows[at] = row;
  if (row.kind === 'message') settle(work, (post) => storedAs(post) === row.message.id);
}

/** Index of the first row at or above `seq`; looks from the end, where rows come in. */
function placeOf(rows: readonly ViewRow[], seq: Seq): number {
  const last = rows.at(-1);
  if (last === undefined || last.seq < seq) return rows.length;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.seq ?? seq) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isNewer(row: ViewRow, there: ViewRow): boolean {
  if (row.kind !== 'message' || there.kind !== 'message') return false;
  if (there.message.redaction?.by === 'reports') return row.message.redaction?.by !== 'reports';
  if (there.message.redaction !== null) return false;
  return row.message.redaction !== null || row.message.revision > there.message.revision;
}

/** A reply may have been stored, or a page read, before what it quotes was changed. */
function requoted(work: Work, row: ViewRow): ViewRow {
  if (row.kind !== 'message' || row.message.replyTo === null) return row;
  const words = wordsOf(work, row.message.replyTo.id);
  return words === null ? row : withQuote(row, words);
}

/** What a quote of this message says now; null when nothing is known of it here. */
function wordsOf(work: Work, id: MessageId): string | null {
  const change = work.changes.findLast((one) => one.id === id && one.type !== 'reaction' && one.type !== 'mark');
  if (change?.type === 'redaction') return '';
  if (change?.type === 'edit') return quoteText(change.content);
  if (change?.type === 'shown') return quoteText(change.message.content);
  const row = work.rows.findLast((one) => one.kind === 'message' && one.message.id === id);
  return row?.kind === 'message' ? quoteText(row.message.content) : null;
}

/** What is redacted stays so, however old that is which says otherwise. */
function withQuote(row: MessageRow, text: string): ViewRow {
  const { message } = row;
  if (message.replyTo === null || message.replyTo.text === '' || message.replyTo.text === text) return row;
  return { ...row, message: { ...message, replyTo: { ...message.replyTo, text } } };
}

function requoteReplies(work: Work, id: MessageId): void {
  const words = wordsOf(work, id);
  if (words === null) return;
  for (const [at, row] of work.rows.entries()) {
    if (row.kind === 'message' && row.message.replyTo?.id === id) work.rows[at] = withQuote(row, words);
  }
}

function applyChange(work: Work, change: ChangeFrame): void {
  if (!changeRow(work, change)) {
    work.changes.push(change);
    if (work.changes.length > MAX_CHANGES) work.changes.splice(0, work.changes.length - MAX_CHANGES);
  }
  if (change.type !== 'reaction' && change.type !== 'mark') requoteReplies(work, change.id);
}

/** @returns false when the message is not among the rows */
function changeRow(work: Work, change: ChangeFrame): boolean {
  const at = work.rows.findLastIndex((row) => row.kind === 'message' && row.message.id === change.id);
  const row = work.rows[at];
  if (row?.kind !== 'message') return false;
  if (row.message.redaction === null || row.message.redaction.by === 'reports') work.rows[at] = changed(row, change);
  return true;
}

function changed(row: MessageRow, change: ChangeFrame): ViewRow {
  const { message } = row;
  switch (change.type) {
    case 'shown':
      return { ...row, message: change.message };
    case 'edit':
      if (change.revision <= message.revision || message.redaction !== null) return row;
      return {
        ...row,
        message: { ...message, content: change.content, revision: change.revision, editedAt: change.at },
      };
    case 'redaction':
      return {
        ...row,
        reactions: [],
        message: { ...message, content: EMPTY_CONTENT, replyTo: null, redaction: change.redaction },
      };
    case 'reaction':
      if (message.redaction !== null) return row;
      return { ...row, reactions: react(row.reactions, change) };
    case 'mark':
      return { ...row, message: { ...message, content: withMark(message.content, change.picture, change.mark) } };
    default:
      return assertNever(change);
  }
}

function react(
  reactions: readonly Reaction[],
  change: { emoji: string; user: UserId; on: boolean },
): readonly Reaction[] {
  const at = reactions.findIndex((reaction) => reaction.emoji === change.emoji);
  const there = reactions[at];
  if (there === undefined) return change.on ? [...reactions, { emoji: change.emoji, users: [change.user] }] : reactions;
  const others = there.users.filter((user) => user !== change.user);
  if (!change.on && others.length === 0) return reactions.toSpliced(at, 1);
  if (change.on && others.length < there.users.length) return reactions;
  return reactions.with(at, { ...there, users: change.on ? [...others, change.user] : others });
}

function applyPending(work: Work, event: Extract<ChannelEvent, { type: 'pending' }>): void {
  const { key, text, replyTo, at } = event;
  const post: PendingPost = { key, text, replyTo, at, status: { kind: 'sending' } };
  const there = work.pending.findIndex((other) => other.key === key);
  if (there < 0) work.pending.push(post);
  else work.pending[there] = post;
}

function applyOutcome(work: Work, event: Extract<ChannelEvent, { type: 'outcome' }>): void {
  if (event.outcome === 'held') {
    setStatus(work, event.key, { kind: 'held', because: event.because ?? 'moderator' });
    return;
  }
  const isHere = work.rows.some((row) => row.kind === 'message' && row.message.id === event.message);
  if (isHere || event.message === null) settle(work, (post) => post.key === event.key);
  else setStatus(work, event.key, { kind: 'stored', message: event.message });
}

function setStatus(work: Work, key: string, status: PendingPost['status']): void {
  work.pending = work.pending.map((post) => (post.key === key ? { ...post, status } : post));
}

function storedAs(post: PendingPost): MessageId | null {
  return post.status.kind === 'stored' ? post.status.message : null;
}

function settle(work: Work, isDone: (post: PendingPost) => boolean): void {
  if (work.pending.some(isDone)) work.pending = work.pending.filter((post) => !isDone(post));
}

function assertNever(value: never): never {
  throw new Error(`unexpected event: ${JSON.stringify(value)}`);
}
