import type { Command } from './command.ts';
import { platformOf } from './link.ts';

export const unlink: Command = {
  name: 'unlink',
  summary: 'Takes your account on a platform away from your others. What runs against you goes on for both.',
  arguments: [{ name: 'platform', summary: 'Whose account is to go.', kind: 'text', choices: [], isRequired: true }],
  least: 'listener',
  where: 'anywhere',
  isSlow: false,
  async run({ actor, rest, prefix }, deps) {
    const word = rest.trim();
    if (word === '') return `Write ${prefix}unlink and the platform.`;
    const outcome = await deps.links.unlink(actor, platformOf(word, deps)?.name ?? word.toLowerCase());
    if (!outcome.ok) return outcome.say;
    return 'Done: that account is one of its own again. What runs against you goes on for both.';
  },
};
