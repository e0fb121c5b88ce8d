import { Component, type ComponentChildren } from 'preact';
import { plainText } from '../../../core/domain/content.ts';
import type { Reaction } from '../../../core/domain/message.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { platformName } from '../platforms.ts';
import { mentions } from '../state/calls.ts';
import type { FailedEdit } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { isSameCan, type RowCan, type RowDeeds } from '../state/row-deeds.ts';
import { clockTime, fullTime } from '../time.ts';
import { t } from '../words.ts';
import { Icon } from './icons.tsx';
import { Disc, LookalikeMark, NameButton, PlatformBadge, RoleBadge, spokenAuthor, tint } from './person.tsx';
import { Reactions } from './reactions.tsx';
import { Attachments, isOnlyEmoji, RichText } from './rich.tsx';
import { RowActions } from './row-actions.tsx';

interface Props {
  readonly chat: Chat;
  readonly seq: number;
  readonly message: WireChatMessage;
  readonly reactions: readonly Reaction[];
  /** Whether it begins a group of one author. */
  readonly isFirst: boolean;
  readonly isActive: boolean;
  readonly isFlashing: boolean;
  readonly isTabStop: boolean;
  readonly you: string | null;
  readonly can: RowCan;
  readonly failedEdit: FailedEdit | null;
  readonly deeds: RowDeeds;
}

function goneText({ author, redaction }: WireChatMessage): string | null {
  switch (redaction?.by) {
    case undefined:
      return null;
    case 'author':
      return t('Message deleted');
    case 'moderator':
      return t('Removed by a moderator');
    case 'platform':
      return t('Removed on {name}', { name: platformName(author.platform) });
    case 'reports':
      return t('Reported; hidden until a moderator has looked');
  }
}

/** One message. Drawn again only when something about it has changed, for there may be hundreds. */
export class MessageRow extends Component<Props> {
  override shouldComponentUpdate(next: Readonly<Props>): boolean {
    const now = this.props;
    return (
      next.message !== now.message ||
      next.reactions !== now.reactions ||
      next.isFirst !== now.isFirst ||
      next.isActive !== now.isActive ||
      next.isFlashing !== now.isFlashing ||
      next.isTabStop !== now.isTabStop ||
      next.you !== now.you ||
      next.failedEdit !== now.failedEdit ||
      !isSameCan(next.can, now.can)
    );
  }

  override render({ message, isFirst, isActive, isTabStop, ...rest }: Props): ComponentChildren {
    const { author } = message;
    return (
      <li
        id={`m-${message.id}`}
        data-message={message.id}
        data-key={rest.seq}
        class={rowClass(this.props)}
        style={tint(author.user)}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={spokenRow(message)}
      >
        <div class="gutter">{isFirst ? <Disc name={author.name} /> : <Time at={message.sentAt} />}</div>
        <div>
          {message.replyTo !== null && <QuoteLine quote={message.replyTo} onJump={rest.deeds.jump} />}
          {isFirst && (
            <div class="byline">
              <NameButton person={author} />
              <RoleBadge badge={author.badge} />
              <PlatformBadge platform={author.platform} />
              <LookalikeMark author={author} />
              <Time at={message.sentAt} />
            </div>
          )}
          <Body message={message} you={rest.you} />
          {rest.failedEdit !== null && <EditFailed message={message} failed={rest.failedEdit} deeds={rest.deeds} />}
          <Reactions
            chat={rest.chat}
            reactions={rest.reactions}
            canReact={rest.can.react}
            onToggle={(emoji, on) => rest.deeds.react(message, emoji, on)}
          />
        </div>
        {isActive && message.redaction === null && <RowActions message={message} can={rest.can} deeds={rest.deeds} />}
      </li>
    );
  }
}

function Body({ message, you }: { readonly message: WireChatMessage; readonly you: string | null }) {
  const gone = goneText(message);
  if (gone !== null) return <div class="body gone">{gone}</div>;
  return (
    <>
      <div class={isOnlyEmoji(message.content) ? 'body big' : 'body'} dir="auto">
        <RichText rich={message.content.rich} you={you} />
        {message.editedAt !== null && (
          <span class="edited" title={t('Edited {when}', { when: fullTime(message.editedAt) })}>
            {t('(edited)')}
          </span>
        )}
      </div>
      <Attachments message={message} />
    </>
  );
}

function QuoteLine(props: {
  readonly quote: NonNullable<WireChatMessage['replyTo']>;
  readonly onJump: RowDeeds['jump'];
}) {
  const { quote, onJump } = props;
  return (
    <button type="button" class="quote" onClick={() => onJump(quote.id)} title={t('Show this message')}>
      <Icon name="reply" size={14} />
      <b dir="auto">{quote.name}</b>{' '}
      <span dir="auto">{quote.text === '' ? <i>{t('deleted message')}</i> : quote.text}</span>
    </button>
  );
}

function EditFailed(props: {
  readonly message: WireChatMessage;
  readonly failed: FailedEdit;
  readonly deeds: RowDeeds;
}) {
  const { message, failed, deeds } = props;
  return (
    <div class="failed-note">
      <Icon name="alert" size={16} />
      <span>
        {t('Edit not saved:')} {failed.say}
      </span>
      <button type="button" onClick={() => deeds.retryEdit(message, failed.text)}>
        {t('Edit again')}
      </button>
      <button type="button" onClick={() => deeds.dropEdit(message)}>
        {t('Discard')}
      </button>
    </div>
  );
}

export function Time({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {clockTime(at)}
    </time>
  );
}

function rowClass({ isFirst, isActive, isFlashing, message, you }: Props): string {
  const classes = ['row', 'tinted'];
  if (isFirst) classes.push('first');
  if (isActive) classes.push('active');
  if (isFlashing) classes.push('flash');
  if (you !== null && mentions(message, you)) classes.push('mine-mentioned');
  return classes.join(' ');
}

function spokenRow(message: WireChatMessage): string {
  const text = message.redaction === null ? plainText(message.content.rich) : t('deleted message');
  return `${spokenAuthor(message.author)}, ${clockTime(message.sentAt)}: ${text}`;
}
