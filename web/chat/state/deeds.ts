import { effect, type Signal, untracked } from '@preact/signals';
import { isPublic } from '../../../core/domain/channel.ts';
import { plainText } from '../../../core/domain/content.ts';
import { type Act, may, outranks, type Rank } from '../../../core/domain/permission.ts';
import type { ListedChannel, WireChatMessage } from '../../../core/domain/wire.ts';
import { messageLink } from '../route.ts';
import { t } from '../words.ts';
import type { ChannelModel, FailedEdit } from './channel-model.ts';
import type { Chat } from './chat.ts';
import { overlay } from './overlay.ts';
import type { RowCan, RowDeeds } from './row-deeds.ts';
import { toast } from './toast.ts';

/** What people do with messages, wired to the hub; a refusal is always said. */
export function createDeeds(chat: Chat, model: ChannelModel, jumpTo: Signal<string | null>): RowDeeds {
  const react = (message: WireChatMessage, emoji: string, on: boolean): void => {
    void chat.client.react(model.id, message.id, emoji, on).then((answer) => {
      if (!answer.ok) toast(answer.say);
    });
  };
  const deeds: RowDeeds = {
    react,
    reply(message) {
      model.aimAt({ kind: 'reply', to: message });
    },
    edit(message) {
      model.aimAt({ kind: 'edit', message });
    },
    remove(message) {
      overlay.value = { kind: 'delete', message };
    },
    pickReaction(message) {
      overlay.value = { kind: 'pick', take: (emoji) => react(message, emoji, true) };
    },
    copyLink(message) {
      void copy(messageLink(model.id, message.id));
    },
    mute({ author }) {
      void chat.client.do('mute', { user: author.user, channel: model.id }).then((answer) => {
        toast(answer.ok ? t('{name} is hidden, for you alone.', { name: author.name }) : answer.say);
      });
    },
    jump(id) {
      jumpTo.value = id;
    },
    retryEdit(message, text) {
      setFailedEdit(model, message.id, null);
      model.aimAt({ kind: 'edit', message }, text);
    },
    dropEdit(message) {
      setFailedEdit(model, message.id, null);
    },
  };
  return deeds;
}

/** Sends an edit. The text of one that is turned down stays beside its message. */
export async function saveEdit(chat: Chat, model: ChannelModel, message: WireChatMessage, text: string): Promise<void> {
  setFailedEdit(model, message.id, null);
  const answer = await chat.client.edit(model.id, message.id, text);
  if (!answer.ok) setFailedEdit(model, message.id, { text, say: answer.say });
}

export async function remove(chat: Chat, model: ChannelModel, message: WireChatMessage): Promise<void> {
  const answer = await chat.client.redact(model.id, message.id);
  if (!answer.ok) toast(answer.say);
}

/** What the reader may do with this message in this channel. */
export function rowCan(channel: ListedChannel, you: string | null, message: WireChatMessage): RowCan {
  if (message.redaction !== null) return NOTHING;
  const isOwn = message.author.user === you;
  return {
    reply: channel.mayPost,
    react: channel.mayPost,
    edit: isOwn && isAllowed('edit-own', channel),
    mute: !isOwn && you !== null && isPublic(channel.kind),
    remove: isOwn
      ? isAllowed('redact-own', channel)
      : isAllowed('redact-others', channel) && outranks(channel.rank, rankOf(message)),
  };
}
const NOTHING: RowCan = { reply: false, react: false, edit: false, remove: false, mute: false };

/** The newest message of one's own that can be edited. */
export function lastOwn(model: ChannelModel, you: string): WireChatMessage | null {
  const row = model.view.value.rows.findLast(
    (one) => one.kind === 'message' && one.message.author.user === you && one.message.redaction === null,
  );
  return row?.kind === 'message' ? row.message : null;
}

/** Runs when nothing of one's own is on its way any more: at once, or later. @returns a function that waits no longer */
export function whenSent(model: ChannelModel, run: () => void): () => void {
  let isOver = false;
  const stop = effect(() => {
    const isSending = model.view.value.pending.some(
      ({ status }) => status.kind === 'sending' || status.kind === 'stored',
    );
    if (isSending || isOver) return;
    isOver = true;
    queueMicrotask(() => stop());
    untracked(run);
  });
  return stop;
}

/** A few words of a message, for a dialog or a line above the composer. */
export function excerpt(message: WireChatMessage): string {
  const text = plainText(message.content.rich);
  if (text !== '') return text.length > 160 ? `${text.slice(0, 159)}…` : text;
  return message.content.attachments[0]?.name ?? '';
}

function isAllowed(act: Act, channel: ListedChannel): boolean {
  const standing = { kind: channel.kind, rank: channel.rank, channelState: channel.state };
  return may(act, { ...standing, isMember: !isPublic(channel.kind), guestsMayPost: false, moderatorsMayBan: false }).ok;
}

/** The badge says the author's rank as it was at the time; near enough to offer or not. */
function rankOf(message: WireChatMessage): Rank {
  const { badge } = message.author;
  return badge === null || badge === 'bot' ? 'listener' : badge;
}

function setFailedEdit(model: ChannelModel, id: string, failed: FailedEdit | null): void {
  const next = new Map(model.failedEdits.value);
  if (failed === null) next.delete(id);
  else next.set(id, failed);
  model.failedEdits.value = next;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('Link copied'));
  } catch {
    toast(t('Copy it from here: {text}', { text }));
  }
}
