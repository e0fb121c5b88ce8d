import type { ChannelModel } from './channel-model.ts';
import type { Chat } from './chat.ts';

const PAGE = 100;
/** How far back a quote is followed: this many pages. */
const MAX_PAGES = 40;

/** Loads the page above the oldest row. @returns false when there was none or it did not come */
export async function loadOlder(chat: Chat, model: ChannelModel): Promise<boolean> {
  const { rows, isEnd, resets } = model.view.value;
  if (isEnd || resets === 0 || model.isLoading.value) return false;
  model.isLoading.value = true;
  const answer = await chat.client.history(model.id, rows[0]?.seq ?? null, PAGE);
  model.isLoading.value = false;
  return answer.ok && answer.value.messages.length > 0;
}

/** Sees to it that a message is among the rows, page by page. @returns false when it is too far back or gone */
export async function loadUntil(chat: Chat, model: ChannelModel, messageId: string): Promise<boolean> {
  if (has(model, messageId)) return true;
  const there = await chat.client.message(model.id, messageId);
  if (!there.ok) return false;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    if (has(model, messageId)) return true;
    if (!(await loadOlder(chat, model))) break;
  }
  return has(model, messageId);
}

/** The message at this place of the channel or the next after it, loaded page by page. Null: too far back. */
export async function loadUntilSeq(chat: Chat, model: ChannelModel, seq: number): Promise<string | null> {
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { rows, isEnd } = model.view.value;
    if ((rows[0]?.seq ?? 0) <= seq || isEnd) break;
    if (!(await loadOlder(chat, model))) break;
  }
  const row = model.view.value.rows.find((one) => one.kind === 'message' && one.seq >= seq);
  return row?.kind === 'message' ? row.message.id : null;
}

function has(model: ChannelModel, messageId: string): boolean {
  return model.view.value.rows.some((row) => row.kind === 'message' && row.message.id === messageId);
}
