import type { MessageEntity } from 'grammy/types';
import { BOT, type FakeMessage, member, person, pingedBy } from '../fakes/telegram-chats.ts';
import { startTelegram } from '../fakes/telegram-server.ts';
import { details, linkNotation, marked, piecesOf, plainOf, type Style, steady } from './golden-notation.ts';
import type { Place, Shown } from './golden-place.ts';

const GROUP = -1_001_000_000_001;
const TOM = person(43, 'Tom');
const TYPES = { bold: 'bold', italic: 'italic', strike: 'strikethrough', spoiler: 'spoiler', code: 'code' } as const;
const STYLES: Readonly<Record<string, Style>> = {
  bold: 'bold',
  italic: 'italic',
  underline: 'underline',
  strikethrough: 'strike',
  spoiler: 'spoiler',
  code: 'code',
  pre: 'code',
};

/** A Telegram group whose bot is an administrator. Bots are told of no removals: people ask the hub. */
export async function openTelegramPlace(): Promise<Place> {
  const server = await startTelegram();
  const group = server.group(GROUP);
  group.members.set(TOM.id, member(TOM));

  function seen(message: FakeMessage): Shown {
    const { id, from, text, replyTo, kind, file } = message;
    const isOurs = from === BOT.id;
    const more = details({
      answers: replyTo === null ? null : (group.messages.get(replyTo)?.text ?? 'what is gone'),
      files:
        kind === null ? [] : [`${message.hasSpoiler ? 'covered ' : ''}${kind}${file === null ? '' : ` ${file.name}`}`],
      pings: isOurs ? pingedBy(message) : [],
    });
    const line = `${isOurs ? BOT.first_name : TOM.first_name}: ${notationOf(message)}${more}`;
    return { id: `${id}`, line: steady(line), text, isOurs, reactions: message.reactions.get(BOT.id) ?? [] };
  }

  return {
    name: 'telegram',
    link: {
      bridge: {
        id: 'telegram',
        use: 'telegram',
        required: true,
        config: { token: server.token, apiRoot: server.url, pollSeconds: 5 },
      },
      portal: { bridge: 'telegram', room: `${GROUP}`, direction: 'both' },
    },
    shown: async () => [...group.messages.values()].filter(({ isGone }) => !isGone).map(seen),
    speaks: (notation) => notation,
    acts: {
      says: async (text) => void server.userPosts(group, TOM, spoken(text)),
      answers: async (id, text) => void server.userPosts(group, TOM, { ...spoken(text), replyTo: Number(id) }),
      async edits(id, text) {
        const { entities } = spoken(text);
        const message = group.messages.get(Number(id));
        if (message !== undefined) message.entities = entities;
        server.userEdits(group, TOM, Number(id), plainOf(text));
      },
      reacts: async (id, emoji) => server.userReacts(group, TOM, Number(id), [emoji]),
      async postsImage(file, caption) {
        const photo = [{ ...server.world.addFile(file), width: 64, height: 48 }];
        server.userPosts(group, TOM, { text: caption, kind: 'photo' }, { photo });
      },
      takesAway: async (id) => void server.userPosts(group, TOM, { text: '!redact', replyTo: Number(id) }),
    },
    ways: { redaction: 'the author answers it with `!redact`, since Telegram tells bots of no removals' },
    stop: server.stop,
  };
}

function spoken(notation: string): Pick<FakeMessage, 'text' | 'entities'> {
  let offset = 0;
  const entities = piecesOf(notation).flatMap(({ text, style }): MessageEntity[] => {
    const at = offset;
    offset += text.length;
    if (style === null || style === 'underline') return [];
    return [{ type: TYPES[style], offset: at, length: text.length }];
  });
  return { text: plainOf(notation), entities };
}

/** Each stretch of text with the marks of the entities over it. */
function notationOf({ text, entities }: Pick<FakeMessage, 'text' | 'entities'>): string {
  const edges = [...new Set([0, text.length, ...entities.flatMap(({ offset, length }) => [offset, offset + length])])];
  edges.sort((a, b) => a - b);
  return edges
    .slice(0, -1)
    .map((from, index) => {
      const piece = text.slice(from, edges[index + 1]);
      const over = entities.filter(({ offset, length }) => offset <= from && from < offset + length);
      return over.reduceRight(styledBy, piece);
    })
    .join('');
}

function styledBy(text: string, entity: MessageEntity): string {
  if (entity.type === 'text_link') return linkNotation(text, entity.url);
  const style = STYLES[entity.type];
  return style === undefined ? text : marked(text, style);
}
