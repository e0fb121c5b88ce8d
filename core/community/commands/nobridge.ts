import type { Command } from './command.ts';

const WISHES: Readonly<Record<string, 'toggle' | 'out' | 'in'>> = { '': 'toggle', on: 'out', off: 'in' };

export const nobridge: Command = {
  name: 'nobridge',
  summary: 'Keeps your messages where you write them, or lets them be carried again.',
  arguments: [
    { name: 'state', summary: 'Without it: the other one.', kind: 'choice', choices: ['on', 'off'], isRequired: false },
  ],
  least: 'listener',
  where: 'linked',
  isSlow: false,
  async run({ actor, rest, prefix, room, cause }, { optOuts }) {
    const wish = WISHES[rest.toLowerCase()];
    if (wish === undefined) return `Write ${prefix}nobridge, ${prefix}nobridge on or ${prefix}nobridge off.`;
    const isOut = await optOuts.set(actor.user, wish, cause);
    if (!isOut) return 'Your messages are carried to the linked chat and its rooms again.';
    return room === null
      ? `From your next message on, what you write here is carried to no other room, and what you write in linked rooms stays there. ${BEFORE}`
      : `From your next message on, what you write stays in this room: the hub neither carries nor keeps it. This holds for all your accounts. ${BEFORE}`;
  },
};

const BEFORE = 'What you wrote before stays where it is; /erase takes it away.';
