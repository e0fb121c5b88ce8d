import { effect, type Signal, untracked } from '@preact/signals';
import { isPublic } from '../../../core/domain/channel.ts';
import { plainText } from '../../../core/domain/content.ts';
import { type Act, may, outranks, type Rank } from '../../../core/domain/permission.ts';
import type { ListedChannel, WireChatMessage } from '../../../core/domain/wire.ts';
import type { Writing } from '../../../core/plugin/asked/self.ts';
import { messageLink } from '../route.ts';
import { language, t, word } from '../words.ts';
import type { ChannelModel, FailedEdit } from './channel-model.ts';
import type { Chat } from './chat.ts';
import { overlay } from './overlay.ts';
import type { RowCan, RowDeeds } from './row-deeds.ts';
import { toast } from './toast.ts';
import { type CannotDo, withoutIt } from './writing.ts';

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
    report(message) {
      overlay.value = { kind: 'report', message };
    },
    more(message) {
      overlay.value = { kind: 'sheet', message };
    },
    sanction(message, minutes) {
      void sanction(chat, model.id, message, minutes);
    },
    mark(message, mark) {
      const of = { channel: model.id, message: message.id, picture: null, mark, reason: null };
      void chat.client.do('mark-image', of).then((answer) => toast(answer.ok ? answer.value.say : answer.say));
    },
    cannot: (what) => cannotDo(chat.writing.value, what),
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

const CANNOT: Readonly<Record<CannotDo, string>> = {
  react: word('Not shown on {names}'),
  edit: word('{names} cannot change it: the new text is sent there as a reply'),
  redact: word('It stays on {names}'),
  media: word('{names} takes no files: a link is sent there'),
};

/** What the platforms that it goes to cannot do, in words; empty: they all can. */
export function cannotDo(writing: Writing | null, what: CannotDo): string {
  const names = withoutIt(writing, what);
  if (names.length === 0) return '';
  return t(CANNOT[what], { names: new Intl.ListFormat(language.value, { type: 'conjunction' }).format(names) });
}

/** The message was taken when the button was pressed: whatever moves meanwhile, it is its author who is meant. */
async function sanction(chat: Chat, channel: string, message: WireChatMessage, minutes: number | null): Promise<void> {
  const of = { channel, target: message.author.user, reason: null, redactMinutes: null };
  const act = minutes === null ? ('ban' as const) : ('timeout' as const);
  const answer = await chat.client.do('sanction', { ...of, act, minutes });
  if (!answer.ok) return toast(answer.say);
  const undo = (): void => {
    void chat.client
      .do('sanction', { ...of, act: 'lift', minutes: null })
      .then((lifted) => toast(lifted.ok ? lifted.value.say : lifted.say));
  };
  toast([answer.value.say, answer.value.effect].filter(Boolean).join(' '), { label: t('Undo'), run: undo });
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
  const isOther = !isOwn && you !== null && channel.rank !== 'guest';
  const moderates = isOther && isAllowed('redact-others', channel);
  const mayActOn = moderates && outranks(channel.rank, rankOf(message));
  return {
    reply: channel.mayPost,
    react: channel.mayPost,
    edit: isOwn && isAllowed('edit-own', channel),
    mute: isOther && isPublic(channel.kind),
    report: isOther && !moderates,
    remove: isOwn ? isAllowed('redact-own', channel) : mayActOn,
    sanction: mayActOn && isPublic(channel.kind),
    mark:
      isAllowed('redact-others', channel) && message.content.attachments.some(({ picture }) => picture !== undefined),
  };
}
const NOTHING: RowCan = {
  reply: false,
  react: false,
  edit: false,
  remove: false,
  mute: false,
  report: false,
  sanction: false,
  mark: false,
};

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
