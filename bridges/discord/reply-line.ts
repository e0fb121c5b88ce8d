import { plainText } from '../../core/domain/content.ts';
import { decodeMessage } from './decode.ts';
import { encodeRich } from './encode.ts';
import { hasCode, UNKNOWN_MESSAGE } from './failures.ts';
import { apiMessage } from './packets.ts';
import type { Place } from './place.ts';
import type { Session } from './session.ts';

const MAX_SHOWN = 80;
const OWN_LINE = /^-# ↪ [^\n]*\n/;

/**
 * What stands above an answer, for webhooks cannot answer: a small line that names the earlier message and leads to
 * it. Empty when that is gone.
 */
export async function replyLine(session: Session, place: Place, to: string, signal: AbortSignal): Promise<string> {
  const said = await earlier(session, place, to, signal);
  return said === null ? '' : `-# ↪ [${said}](https://discord.com/channels/${place.guild}/${place.id}/${to})\n`;
}

async function earlier({ api, knowledge }: Session, place: Place, id: string, signal: AbortSignal) {
  try {
    const message = apiMessage.parse(await api.ask('get', `/channels/${place.id}/messages/${id}`, { signal }));
    const content = (message.content ?? '').replace(OWN_LINE, '');
    const named = knowledge.named(place.guild);
    const draft = decodeMessage({ ...message, content, type: 0, guild_id: place.guild }, named);
    if (draft === null) return null;
    const { by, rich, files } = draft;
    const author = message.webhook_id == null ? (await knowledge.account(by.id, place.guild)).name : by.name;
    const text = plainText(rich) || files.map(({ name }) => name).join(', ');
    return label(author, text);
  } catch (error) {
    if (hasCode(error, UNKNOWN_MESSAGE)) return null;
    throw error;
  }
}

/** One line; without addresses, for Discord shows no label that holds one. */
function label(name: string, text: string): string {
  const line = text
    .replace(/\b(https?:\/\/|www\.)/gi, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const points = [...line];
  const shown = points.length > MAX_SHOWN ? `${points.slice(0, MAX_SHOWN - 1).join('')}…` : line;
  return encodeRich([{ t: 'text', text: shown === '' ? name : `${name}: ${shown}` }]);
}
