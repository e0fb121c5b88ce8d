import type { ComponentChildren } from 'preact';
import type { ViewRow } from '../../../client/index.ts';
import type { Author } from '../../../core/domain/message.ts';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { rowCan } from '../state/deeds.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { dayLabel, isSameDay, nowMs } from '../time.ts';
import { t } from '../words.ts';
import { channelIcon } from './channel-icon.ts';
import { Icon } from './icons.tsx';
import { MessageRow } from './message-row.tsx';
import { PendingRow } from './pending-row.tsx';

/** Messages of one author this near to each other stand under one name. */
const GROUP_MS = 3 * 60_000;

interface Props {
  readonly chat: Chat;
  readonly model: ChannelModel;
  readonly channel: ListedChannel;
  readonly deeds: RowDeeds;
  readonly rows: readonly ViewRow[];
  readonly isAtTail: boolean;
  readonly isAtBeginning: boolean;
  /** The rows that show their actions: under the mouse, and gone to by keyboard. */
  readonly hovered: string | null;
  readonly focused: string | null;
  readonly flashing: string | null;
}

export function Rows(props: Props) {
  const { model, channel, rows, chat } = props;
  const { resets, pending } = model.view.value;
  const items: ComponentChildren[] = [];
  let before: ViewRow | null = null;
  for (const row of rows) {
    items.push(
      ...dividers(row, before, model.newFrom.value),
      <Row key={row.seq} {...props} row={row} before={before} />,
    );
    before = row;
  }
  const you = chat.you.value;
  const isEmpty = resets > 0 && rows.length === 0 && pending.length === 0;
  return (
    <ol class="rows" aria-busy={model.isLoading.value}>
      {isEmpty && <Welcome channel={channel} />}
      {props.isAtBeginning && !isEmpty && (
        <li class="beginning">
          {channel.kind === 'direct'
            ? t('This is where the conversation begins.')
            : t('This is where #{name} begins.', { name: channel.name })}
        </li>
      )}
      {items}
      {props.isAtTail &&
        pending.map((post, at) => (
          <PendingRow
            key={post.key}
            chat={chat}
            post={post}
            isFirst={at === 0 && (you === null || !continues(before, you, post.at))}
          />
        ))}
    </ol>
  );
}

function Row(props: Props & { readonly row: ViewRow; readonly before: ViewRow | null }) {
  const { chat, model, row, before } = props;
  if (row.kind === 'notice') {
    return (
      <li class="notice" data-key={row.seq}>
        {row.say}
      </li>
    );
  }
  const { message } = row;
  if (chat.hidden.value.has(message.author.user) && !model.revealed.value.has(message.id)) {
    return <MutedRow model={model} seq={row.seq} id={message.id} />;
  }
  const you = chat.you.value?.user ?? null;
  const tabStop = props.focused ?? lastMessage(props.rows);
  return (
    <MessageRow
      chat={chat}
      seq={row.seq}
      message={message}
      reactions={row.reactions}
      isFirst={message.replyTo !== null || !continues(before, message.author, message.sentAt)}
      isActive={props.hovered === message.id || props.focused === message.id}
      isFlashing={props.flashing === message.id}
      isTabStop={tabStop === message.id}
      you={you}
      can={rowCan(props.channel, you, message)}
      failedEdit={model.failedEdits.value.get(message.id) ?? null}
      deeds={props.deeds}
    />
  );
}

/** A message of somebody whom the reader has muted. */
function MutedRow({ model, seq, id }: { readonly model: ChannelModel; readonly seq: number; readonly id: string }) {
  return (
    <li class="notice" data-key={seq}>
      {t('muted')} ·{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          model.revealed.value = new Set([...model.revealed.value, id]);
        }}
      >
        {t('show')}
      </button>
    </li>
  );
}

function lastMessage(rows: readonly ViewRow[]): string | null {
  const last = rows.findLast((row) => row.kind === 'message');
  return last?.kind === 'message' ? last.message.id : null;
}

/** Whether a message by this author at this time goes on where the row before it stopped. */
function continues(before: ViewRow | null, author: Pick<Author, 'user' | 'platform'>, at: number): boolean {
  if (before?.kind !== 'message') return false;
  const { message } = before;
  return (
    message.author.user === author.user &&
    message.author.platform === author.platform &&
    at - message.sentAt < GROUP_MS &&
    isSameDay(at, message.sentAt)
  );
}

function dividers(row: ViewRow, before: ViewRow | null, newFrom: number | null): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  const at = timeOf(row);
  if (before === null || !isSameDay(at, timeOf(before))) {
    found.push(
      <li key={`day-${row.seq}`} class="divider">
        {dayLabel(at, nowMs())}
      </li>,
    );
  }
  // the first unread itself may be one that is not drawn
  const isFirstNew =
    newFrom !== null && row.seq >= newFrom && (before === null ? row.seq === newFrom : before.seq < newFrom);
  if (isFirstNew) {
    found.push(
      <li key="new" class="divider new">
        {t('New')}
      </li>,
    );
  }
  return found;
}

function timeOf(row: ViewRow): number {
  return row.kind === 'message' ? row.message.sentAt : row.at;
}

function Welcome({ channel }: { readonly channel: ListedChannel }) {
  return (
    <li class="empty">
      <Icon name={channelIcon(channel)} size={40} />
      <h2>{t('{name} is quiet', { name: channel.name })}</h2>
      <p>{channel.mayPost ? t('Say the first word.') : t('Nobody has written here yet.')}</p>
    </li>
  );
}
