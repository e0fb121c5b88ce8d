import type { Command } from './command.ts';
import { sanctionBy } from './sanctioning.ts';

export const ban: Command = {
  name: 'ban',
  summary: 'Lets somebody write nothing here any more; an admin may add --everywhere.',
  arguments: [
    {
      name: 'person',
      summary: 'Their @name or id; not needed as a reply to a message of theirs.',
      kind: 'person',
      choices: [],
      isRequired: false,
    },
    {
      name: 'reason',
      summary: 'For the moderators. With --redact 10 what they wrote in the last 10 minutes goes too.',
      kind: 'text',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'moderator',
  where: 'linked',
  isSlow: true,
  run: (call, deps) => sanctionBy(call, deps, 'ban'),
};
