import type { Command } from './command.ts';
import { sanctionBy } from './sanctioning.ts';

export const unban: Command = {
  name: 'unban',
  summary: 'Lifts a ban and gives its karma back; an admin may add --everywhere.',
  arguments: [
    {
      name: 'person',
      summary: 'Their @name or id; not needed as a reply to a message of theirs.',
      kind: 'person',
      choices: [],
      isRequired: false,
    },
    { name: 'reason', summary: 'For the moderators.', kind: 'text', choices: [], isRequired: false },
  ],
  least: 'moderator',
  where: 'linked',
  isSlow: true,
  run: (call, deps) => sanctionBy(call, deps, 'lift'),
};
