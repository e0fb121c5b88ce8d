import { scopeOf } from '../domain/channel.ts';
import type { ScopeId } from '../domain/ids.ts';
import { type PictureMark, withMarks } from '../domain/picture-mark.ts';
import type { WireChatMessage } from '../domain/wire.ts';
import type { History, Place } from '../store/archive/history.ts';

/** What is said of a picture now, in this scope. */
export type MarkIn = (scope: ScopeId, picture: string) => PictureMark | null;

/** The history with every picture as it is to be shown by what is said of it now, however often it was posted. */
export function markedHistory(history: History, markIn: MarkIn): History {
  const marked = (channel: Place, message: WireChatMessage): WireChatMessage => {
    if (message.content.attachments.length === 0) return message;
    const scope = scopeOf(channel);
    const content = withMarks(message.content, (picture) => markIn(scope, picture));
    return content === message.content ? message : { ...message, content };
  };

  return {
    ...history,
    async page(channel, before, limit) {
      const page = await history.page(channel, before, limit);
      return { ...page, messages: page.messages.map((row) => ({ ...row, message: marked(channel, row.message) })) };
    },
    async message(channel, id) {
      const row = await history.message(channel, id);
      return row === null ? null : { ...row, message: marked(channel, row.message) };
    },
    async original(channel, id) {
      const message = await history.original(channel, id);
      return message === null ? null : marked(channel, message);
    },
    async search(channels, query) {
      const places = new Map(channels.map((channel) => [channel.id, channel]));
      return (await history.search(channels, query)).map((hit) => {
        const place = places.get(hit.channel);
        return place === undefined ? hit : { ...hit, message: marked(place, hit.message) };
      });
    },
  };
}
