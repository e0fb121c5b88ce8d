import type { TargetedInputEvent, TargetedKeyboardEvent } from 'preact';

import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { MAX_POST_UTF16 } from '../../../bridges/slipmat/limits.ts';
import { markupText } from '../../../bridges/slipmat/markup-text.ts';
import type { ListedChannel, WireChatMessage } from '../../../core/domain/wire.ts';

import { type Aim, type ChannelModel, NEW } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { isCommandLine } from '../state/commands.ts';
import { cannotDo, excerpt, lastOwn, saveEdit, whenSent } from '../state/deeds.ts';
import { overlay } from '../state/overlay.ts';
import { toast } from '../state/toast.ts';
import { nowMs } from '../time.ts';
import { t } from '../words.ts';
import { CommandAnswerCard } from './command-answer.tsx';
import { Completions } from './completions.tsx';
import { ComposerNotes } from './composer-notes.tsx';
import { COMPOSER_ID, takeFiles } from './files-in.ts';
import { Icon } from './icons.tsx';
import { lazy } from './lazy.tsx';
import { SendButton } from './send-button.tsx';
import { useCompletion } from './use-completion.ts';

const UploadList = lazy(() => import('./upload-list.tsx'));

interface Props {
  readonly chat: Chat;
  readonly model: ChannelModel;
  readonly channel: ListedChannel;
  /** Called when something is sent: the reader wants to see it. */
  readonly onSent: () => void;
}

const TYPING_EACH_MS = 3_000;

export default function Composer({ chat, model, channel, onSent }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const lastTyping = useRef(0);
  /** Ends the wait for what is to be edited. */
  const waiting = useRef<() => void>(() => {});
  const text = model.draft.value;
  const aim = model.aim.value;
  const isOver = text.length > MAX_POST_UTF16;
  const uploads = chat.uploads(model.id);
  const isSending = uploads.list.value.some(({ state }) => state.kind === 'sending');
  const hasFiles = uploads.list.value.some(({ state }) => state.kind === 'ready');
  const isBlank = text.trim() === '' && !hasFiles;
  const [cannotEdit, cannotTake] = [cannotDo(chat.writing.value, 'edit'), cannotDo(chat.writing.value, 'media')];
  const completion = useCompletion(chat, model, () => field.current);

  // Who has a keyboard writes at once; on a touch screen it would pop up unasked.
  useEffect(() => {
    if (isMouseAtHand() && document.activeElement === document.body) field.current?.focus();
  }, []);

  useEffect(() => {
    if (aim.kind !== 'new') focusAtEnd(field.current);
  }, [aim]);

  useLayoutEffect(() => {
    if (field.current !== null) fitHeight(field.current);
  }, [text]);

  // Keys come faster than frames: what they act on is read when they come.
  const send = (): void => {
    const [now, written] = [model.aim.value, model.draft.value.trim()];
    if (model.draft.value.length > MAX_POST_UTF16) return;
    completion.close();
    const replyTo = now.kind === 'reply' ? now.to.id : null;
    if (now.kind === 'edit') finishEdit(now.message, written);
    else if (isCommandLine(written)) void give(written, replyTo);
    else if (nowMs() < model.waitUntil.value) return;
    else if ((written !== '' || hasFiles) && !isSending) post(written.replace(/^\/\//, '/'), replyTo);
  };

  /** One that is turned down stays in the field, to be mended. */
  const give = async (written: string, replyTo: string | null): Promise<void> => {
    model.write('');
    const isGiven = await chat.commands.give(model.id, written, replyTo);
    if (isGiven) model.aimAt(NEW);
    else if (model.draft.value === '') model.write(written);
  };

  const post = (written: string, replyTo: string | null): void => {
    const attachments = uploads.take();
    const { key, done } = chat.client.post({ channel: model.id, text: written, replyTo, attachments });
    void done.then((answer) => {
      if (answer.ok) {
        if (answer.value.outcome === 'held' && answer.value.message !== null) chat.holds(answer.value.message, key);
        return;
      }
      const slowed = answer.code === 'rate-limited' && (chat.writing.value?.slowSeconds ?? 0) > 0;
      if (slowed) model.waitUntil.value = nowMs() + (answer.retryAfterMs ?? 0);
      // What was not even taken in is nowhere but here; what came too soon is sent again from here.
      const isTooSoon = slowed && attachments.length === 0 && model.draft.value === '';
      if (answer.code !== 'too-many' && !isTooSoon) return;
      toast(answer.say);
      if (isTooSoon) chat.client.discard(key);
      if (model.draft.value === '') model.write(written);
    });
    const slow = chat.writing.value?.slowSeconds ?? 0;
    if (slow > 0) model.waitUntil.value = nowMs() + slow * 1_000;
    model.write('');
    model.aimAt(NEW);
    lastTyping.current = 0;
    onSent();
  };

  const finishEdit = (message: WireChatMessage, written: string): void => {
    model.aimAt(NEW);
    if (written === '') overlay.value = { kind: 'delete', message };
    else if (written !== markupText(message.content.rich)) void saveEdit(chat, model, message, written);
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method composes, its keys are its own; 229 is how some browsers say so.
    if (event.isComposing || event.keyCode === 229) return;
    if (completion.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && model.aim.value.kind !== 'new') {
      event.preventDefault();
      event.stopPropagation();
      model.aimAt(NEW);
    } else if (event.key === 'ArrowUp' && !event.altKey && canEditLast()) {
      event.preventDefault();
      // What was sent just now is the last message, though the hub has yet to say so.
      waiting.current();
      waiting.current = whenSent(model, editLast);
    }
  };

  const canEditLast = (): boolean => model.draft.value === '' && model.aim.value.kind === 'new';
  const editLast = (): void => {
    const message = lastOwn(model, chat.you.value?.user ?? '');
    if (message !== null && canEditLast()) model.aimAt({ kind: 'edit', message });
  };
  useEffect(() => () => waiting.current(), []);

  const onInput = (event: TargetedInputEvent<HTMLTextAreaElement>): void => {
    waiting.current();
    model.write(event.currentTarget.value);
    completion.look(event.currentTarget);
    if (model.aim.value.kind === 'edit' || nowMs() - lastTyping.current < TYPING_EACH_MS) return;
    lastTyping.current = nowMs();
    chat.client.typing(model.id, true);
  };

  const insert = useMemo(
    () => (emoji: string) => {
      const element = field.current;
      if (element === null) return;
      const { selectionStart, selectionEnd, value } = element;
      model.write(value.slice(0, selectionStart) + emoji + value.slice(selectionEnd));
      requestAnimationFrame(() => {
        element.focus();
        element.setSelectionRange(selectionStart + emoji.length, selectionStart + emoji.length);
      });
    },
    [model],
  );

  return (
    <div>
      <CommandAnswerCard commands={chat.commands} channel={model.id} />
      {completion.found.length > 0 && (
        <Completions found={completion.found} at={completion.at} onPick={completion.pick} />
      )}
      <AimLine aim={aim} cannotEdit={cannotEdit} onCancel={() => cancel(model, field.current)} />
      {uploads.list.value.length > 0 && <UploadList uploads={uploads} note={cannotTake} />}
      <div class="composer">
        <AddFiles onFiles={uploads.add} />
        <textarea
          ref={field}
          id={COMPOSER_ID}
          rows={1}
          aria-label={aim.kind === 'edit' ? t('Edit your message') : t('Message {name}', { name: channel.name })}
          placeholder={t('Message {name}', { name: channel.kind === 'direct' ? channel.name : `#${channel.name}` })}
          value={text}
          enterkeyhint="send"
          dir="auto"
          aria-describedby="composer-notes"
          onInput={onInput}
          onKeyDown={onKeyDown}
          onClick={(event) => completion.look(event.currentTarget)}
          onBlur={completion.close}
          onPaste={(event) => takeFiles(event, event.clipboardData, uploads.add)}
          {...completion.aria}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={t('Insert emoji')}
          title={t('Insert emoji')}
          onClick={() => {
            overlay.value = { kind: 'pick', take: insert };
          }}
        >
          <Icon name="smile" size={22} />
        </button>
        <SendButton
          isEdit={aim.kind === 'edit'}
          isDisabled={isOver || isSending || (isBlank && aim.kind !== 'edit')}
          waitUntil={model.waitUntil.value}
          onSend={send}
        />
      </div>
      <ComposerNotes chat={chat} channel={model.id} text={text} />
    </div>
  );
}

/** Pictures and files from the device; the field itself is behind the button. */
function AddFiles({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={t('Add a file')}
        title={t('Add a file')}
        onClick={() => input.current?.click()}
      >
        <Icon name="plus" size={22} />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('Files')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

function AimLine(props: { readonly aim: Aim; readonly cannotEdit: string; readonly onCancel: () => void }) {
  const { aim, cannotEdit, onCancel } = props;
  if (aim.kind === 'new') return null;
  return (
    <div class="context">
      <Icon name={aim.kind === 'reply' ? 'reply' : 'pencil'} size={16} />
      {aim.kind === 'reply' ? (
        <span>
          {t('Replying to')}{' '}
          <b>
            <bdi>{aim.to.author.name}</bdi>
          </b>
          : <bdi>{excerpt(aim.to)}</bdi>
        </span>
      ) : (
        <span>
          <b>{t('Editing your message.')}</b> {t('Esc cancels, Enter saves.')} {cannotEdit}
        </span>
      )}
      <button type="button" class="icon-button" aria-label={t('Cancel')} title={t('Cancel')} onClick={onCancel}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}

function cancel(model: ChannelModel, field: HTMLTextAreaElement | null): void {
  model.aimAt(NEW);
  field?.focus();
}

function isMouseAtHand(): boolean {
  return window.matchMedia('(hover: hover) and (pointer: fine)').matches;
}

function focusAtEnd(field: HTMLTextAreaElement | null): void {
  requestAnimationFrame(() => {
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  });
}

function fitHeight(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
