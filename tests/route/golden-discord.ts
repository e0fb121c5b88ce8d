import { startDiscord } from '../fakes/discord-server.ts';
import { pingsIn, shown } from '../fakes/discord-shown.ts';
import { BEN, BOT_ID, CHANNEL_ID, type StoredMessage } from '../fakes/discord-world.ts';
import { details, steady } from './golden-notation.ts';
import type { Place, Shown } from './golden-place.ts';

/** The channel `booth` of a Discord server. Its marks are the notation's own. */
export async function openDiscordPlace(): Promise<Place> {
  const server = await startDiscord();
  const { world } = server;

  function at(id: string): StoredMessage {
    const found = world.find(CHANNEL_ID, id);
    if (found === null) throw new Error(`no message ${id}`);
    return found;
  }
  const wordsOf = (id: string): string => {
    const found = world.find(CHANNEL_ID, id);
    return found === null ? 'what is gone' : lastLine(shown(found.content).text);
  };

  function seen(message: StoredMessage): Shown {
    const { id, author, content, files, allowed, reply, webhook_id } = message;
    const isOurs = author.id === BOT_ID || (webhook_id !== null && world.webhooks.has(webhook_id));
    const text = content
      .replace(/https:\/\/discord\.com\/channels\/\d+\/\d+\/(\d+)/g, (_, to: string) => `to "${wordsOf(to)}"`)
      .replace(/(?<!\*)\*([^*\n]+)\*(?!\*)/g, '_$1_')
      .replace(/\\([^0-9A-Za-z\s])/g, '$1');
    const more = details({
      answers: reply === null ? null : wordsOf(reply.message_id),
      files: files.map(({ name }) => (name.startsWith('SPOILER_') ? `covered picture ${name}` : `picture ${name}`)),
      pings: isOurs ? pingsIn(content, allowed) : [],
    });
    const reactions = [...message.reactions].filter(([, users]) => users.includes(BOT_ID)).map(([emoji]) => emoji);
    const name = author.bot === true || webhook_id !== null ? author.username : (author.global_name ?? '');
    return { id, line: steady(`${name}: ${text}${more}`), text: shown(content).text, isOurs, reactions };
  }

  return {
    name: 'discord',
    link: {
      bridge: {
        id: 'discord',
        use: 'discord',
        required: true,
        config: { token: world.token, apiRoot: server.apiRoot },
      },
      portal: { bridge: 'discord', room: CHANNEL_ID, direction: 'both' },
    },
    shown: async () => (world.messages.get(CHANNEL_ID) ?? []).map(seen),
    speaks: (notation) => notation,
    acts: {
      says: async (text) => void server.says(BEN, text),
      answers: async (id, text) => void server.says(BEN, text, { reply: at(id) }),
      edits: async (id, text) => server.edits(at(id), text),
      reacts: async (id, emoji) => server.reacts(BEN, at(id), emoji),
      postsImage: async ({ name, bytes }, caption) =>
        void server.says(BEN, caption, { files: [{ name, type: 'image/png', bytes }] }),
      takesAway: async (id) => server.removes(at(id)),
    },
    ways: {},
    stop: server.stop,
  };
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}
