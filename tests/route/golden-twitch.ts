import { startTwitch } from '../fakes/twitch.ts';
import { removeMessage } from '../fakes/twitch-helix.ts';
import type { WorldMessage } from '../fakes/twitch-world.ts';
import { details, plainOf, steady } from './golden-notation.ts';
import type { Place, Shown } from './golden-place.ts';

const TARA = '3002';

/** The chat of a Twitch channel: plain text, no edits, no reactions. */
export async function openTwitchPlace(): Promise<Place> {
  const twitch = await startTwitch();
  const { world } = twitch;
  const [room] = twitch.rooms;
  world.users.push({ id: TARA, login: 'tara', name: 'Tara', avatarUrl: 'https://static-cdn.jtvnw.net/tara.png' });
  const byId = (id: string | null): WorldMessage | undefined => world.messages.find((one) => one.id === id);

  function seen({ id, by, text, replyTo }: WorldMessage): Shown {
    const isOurs = by === twitch.bot;
    const more = details({
      answers: replyTo === null ? null : (byId(replyTo)?.text ?? 'what is gone'),
      pings: isOurs ? world.users.flatMap(({ login }) => (callOf(login).test(text) ? [login] : [])) : [],
    });
    return { id, line: steady(`${world.user(by).name}: ${text}${more}`), text, isOurs, reactions: [] };
  }

  return {
    name: 'twitch',
    link: {
      bridge: { id: 'twitch', use: 'twitch', required: true, config: twitch.config() },
      portal: { bridge: 'twitch', room, direction: 'both' },
    },
    shown: async () => world.messages.filter((one) => one.room === room && !one.isGone).map(seen),
    speaks: plainOf,
    acts: {
      says: async (text) => void twitch.says(room, TARA, text),
      answers: async (id, text) => void twitch.says(room, TARA, text, id),
      edits: null,
      reacts: null,
      postsImage: null,
      takesAway: async (id) => void removeMessage(world, id),
    },
    ways: {
      edit: 'Twitch has no edits',
      reaction: 'Twitch has no reactions',
      image: 'Twitch has no pictures',
      redaction: 'a moderator removes it',
    },
    stop: twitch.stop,
  };
}

/** As Twitch lights it up for the one who is named. */
function callOf(login: string): RegExp {
  return new RegExp(`@${login}\\b`, 'i');
}
