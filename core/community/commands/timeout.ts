import type { Command } from './command.ts';
import { sanctionBy } from './sanctioning.ts';

export const timeout: Command = {
  name: 'timeout',
  summary: 'Lets somebody write nothing here for 2 to 10 minutes.',
  arguments: [
    {
      name: 'person',
      summary: 'Their @name or id; not needed as a reply to a message of theirs.',
      kind: 'person',
      choices: [],
      isRequired: false,
    },
    {
      name: 'minutes',
      summary: '2 to 10; without it 2, then 5, then 10 within a day.',
      kind: 'minutes',
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
  run: (call, deps) => sanctionBy(call, deps, 'timeout'),
};
