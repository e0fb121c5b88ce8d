import type { Command, CommandCall, CommandDeps } from './command.ts';
import { targetOf } from './sanctioning.ts';

export const appoint: Command = {
  name: 'appoint',
  summary: 'Lets somebody moderate your chats, or one live event alone.',
  arguments: [
    {
      name: 'person',
      summary: 'Their @name or id; not needed as a reply to a message of theirs.',
      kind: 'person',
      choices: [],
      isRequired: false,
    },
    {
      name: 'event',
      summary: 'For the live event of this chat, or the one that is on.',
      kind: 'choice',
      choices: ['event'],
      isRequired: false,
    },
  ],
  least: 'dj',
  where: 'linked',
  isSlow: false,
  run: (call, deps) => changeRole(call, deps, 'appoint'),
};

/** Reads whom it is about and whether it is for one event, and says what came of it. */
export async function changeRole(call: CommandCall, deps: CommandDeps, act: 'appoint' | 'dismiss'): Promise<string> {
  const { channel: at, actor, prefix, cause } = call;
  if (at === null) return 'There is no such channel.';
  const target = await targetOf({ ...call, channel: at }, deps, false);
  if (typeof target === 'string') return target;
  const { who, rest } = target;
  const word = rest.trim().toLowerCase();
  if (word !== '' && word !== 'event') return `Write ${prefix}${act} @name, or ${prefix}${act} @name event.`;
  const wish = {
    by: actor.user,
    at,
    target: who.user,
    name: who.name ?? who.user,
    isForEvent: word === 'event',
    cause,
  };
  const outcome = await deps.roles[act](wish);
  return outcome.ok ? outcome.value : outcome.say;
}
