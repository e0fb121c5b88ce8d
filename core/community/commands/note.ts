import type { Command, CommandCall, CommandDeps } from './command.ts';
import { targetOf } from './sanctioning.ts';
import { agoText } from './say.ts';

const MAX_NOTE = 300;
const MOST_NOTES = 5;

export const note: Command = {
  name: 'note',
  summary: 'Writes something down about somebody for the moderators here, or shows what was.',
  arguments: [
    {
      name: 'person',
      summary: 'Their @name or id; not needed as a reply to a message of theirs.',
      kind: 'person',
      choices: [],
      isRequired: false,
    },
    { name: 'text', summary: 'Without it the notes are shown.', kind: 'text', choices: [], isRequired: false },
  ],
  least: 'moderator',
  where: 'linked',
  isSlow: false,
  async run(call, deps) {
    const { channel, actor: by, cause } = call;
    if (channel === null) return 'There is no such channel.';
    const target = await targetOf({ ...call, channel }, deps, false);
    if (typeof target === 'string') return target;
    const { who, rest } = target;
    const text = rest.replace(/\s+/gu, ' ').trim().slice(0, MAX_NOTE);
    if (text === '') return shown(call, who, deps);
    const refused = await deps.sanctions.note({ by, at: channel, target: who.user, text, cause });
    return refused === null ? 'It is noted.' : refused.say;
  },
};

async function shown(
  { channel, isPrivate }: CommandCall,
  { user, name }: { readonly user: CommandCall['actor']['user']; readonly name: string | null },
  { sanctions, now }: CommandDeps,
): Promise<string> {
  if (!isPrivate) return 'Notes are shown to moderators alone: ask in the web chat.';
  const notes = await sanctions.audit.read({ channel, target: user, act: 'note', before: null, limit: MOST_NOTES });
  if (notes.length === 0) return `Nothing is noted about ${name ?? user} here.`;
  return notes
    .map(({ reason, by, at }) => `${reason} (${by?.name ?? by?.user ?? 'the hub'}, ${agoText(now() - at)})`)
    .join('\n');
}
