import type { Command } from './command.ts';
import { modeAnswer } from './mode-answer.ts';

export const shield: Command = {
  name: 'shield',
  summary:
    'Against an attack, for an hour: what newcomers say waits for a moderator, links are off, everybody is slowed.',
  arguments: [
    { name: 'state', summary: 'Whether it is on.', kind: 'choice', choices: ['on', 'off'], isRequired: true },
  ],
  least: 'moderator',
  where: 'linked',
  isSlow: false,
  async run({ actor, channel, rest, prefix, cause }, { modes }) {
    if (channel === null) return 'There is no such channel.';
    const word = rest.trim().toLowerCase();
    if (word !== 'on' && word !== 'off') return `Write ${prefix}shield on or ${prefix}shield off.`;
    const change = { kind: 'shield', isOn: word === 'on' } as const;
    return modeAnswer(await modes.set({ by: actor, channel: channel.id, change, cause }));
  },
};
