import type { Command } from './command.ts';

export const erase: Command = {
  name: 'erase',
  summary: 'Forgets you: your messages, their copies and all else that is kept of you. It cannot be undone.',
  arguments: [{ name: 'name', summary: 'Your name, to confirm it.', kind: 'text', choices: [], isRequired: false }],
  least: 'guest',
  where: 'anywhere',
  isSlow: false,
  async run({ actor, rest, prefix }, { privacy }) {
    if (actor.isGuest)
      return 'Nothing is kept of people without an account but what they wrote; sign in to erase more.';
    if (rest.trim() === '') {
      return `This removes all your messages, here and in every linked room, and all that the hub keeps of you with all your linked accounts. It cannot be undone. To do it, write ${prefix}erase ${actor.name}`;
    }
    const outcome = await privacy.eraseMe(actor, rest);
    return outcome.ok ? outcome.value.say : outcome.say.replace(/^confirm: /, '');
  },
};
