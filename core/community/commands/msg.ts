import { stepKey } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import { textContent } from '../../domain/content.ts';
import type { BridgeId, UserId } from '../../domain/ids.ts';
import { skeletonOf } from '../accounts/names.ts';
import type { Found } from '../moderation/find-people.ts';
import { readTarget } from '../moderation/targets.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';

const MOST = 10;

export const msg: Command = {
  name: 'msg',
  summary: 'Writes to one or several people alone.',
  arguments: [
    {
      name: 'person',
      summary: 'To whom; several names each with an @ in front.',
      kind: 'person',
      choices: [],
      isRequired: true,
    },
    { name: 'text', summary: 'What to say.', kind: 'text', choices: [], isRequired: true },
  ],
  least: 'listener',
  where: 'anywhere',
  isSlow: false,
  async run(call, deps) {
    const { room, isPrivate, actor, prefix, cause } = call;
    if (!isPrivate) return `Others read along here. Write ${prefix}msg to the bot alone, or in the native chat.`;
    const read = await readPeople(call, deps);
    if (typeof read === 'string') return read;
    const { users, text } = read;
    if (text === '') return `Write ${prefix}msg, the name, and what you want to say.`;
    const by = { actor, account: room?.account ?? null };
    const ref = room?.ref ?? null;
    const origin = { bridge: room?.bridge ?? ('commands' as BridgeId), ref };
    // where it was typed as a message it can be edited and taken away as one
    const key = ref === null ? stepKey('msg', cause) : cause;
    const said = await deps.directs.write(by, users, { content: textContent(text), origin, key });
    return said ?? 'Sent.';
  },
};

/** `@Ann @Bob text`, or `Ann text`; a sentence where somebody is not known. */
export async function readPeople(
  call: Pick<CommandCall, 'actor' | 'channel' | 'rest' | 'picked'>,
  deps: Pick<CommandDeps, 'directs' | 'sanctions'>,
): Promise<string | { readonly users: readonly UserId[]; readonly text: string }> {
  const channel = call.channel ?? lobbyOf(deps);
  if (channel === null) return 'Nobody is known here yet.';
  const users: UserId[] = [];
  let { rest, picked } = call;
  do {
    const partner = picked === null ? partnerIn(call, deps, rest) : null;
    const target = partner ?? (await readTarget({ channel, rest, replyTo: null, picked }, deps.sanctions.finder));
    if (!target.ok) return target.say;
    users.push(target.who.user);
    rest = target.rest.trim();
    picked = null;
  } while (rest.startsWith('@') && users.length < MOST);
  return { users, text: rest };
}

/** Somebody whom one writes with already comes before others of that name. */
function partnerIn({ actor }: Pick<CommandCall, 'actor'>, { directs }: Pick<CommandDeps, 'directs'>, rest: string) {
  const { conversations, sameAs } = directs.directory;
  const person = sameAs(actor.user);
  const partners = conversations
    .of(actor.user)
    .filter(({ state }) => state === 'in')
    .flatMap(({ channel }) => conversations.members(channel))
    .filter(({ user, state }) => !person.includes(user) && state !== 'left');
  const words = rest.replace(/^@/, '').split(/\s+/);
  for (let taken = Math.min(6, words.length); taken > 0; taken -= 1) {
    const wanted = skeletonOf(words.slice(0, taken).join(' '));
    const named = partners.filter(({ name }) => wanted !== '' && skeletonOf(name) === wanted);
    const found = new Map<UserId, Found>(named.map(({ user, name, platform }) => [user, { user, name, platform }]));
    const [who] = found.values();
    if (who !== undefined && found.size === 1) return { ok: true, who, rest: words.slice(taken).join(' ') } as const;
  }
  return null;
}

/** Where people are looked for by name when the command is given nowhere in particular. */
function lobbyOf({ directs }: Pick<CommandDeps, 'directs'>): Channel | null {
  return directs.directory.channels().find(({ kind }) => kind === 'mega') ?? null;
}
