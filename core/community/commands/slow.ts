import { MOST_SLOW_SECONDS } from '../../domain/channel-mode.ts';
import type { Command } from './command.ts';
import { modeAnswer } from './mode-answer.ts';

export const slow: Command = {
  name: 'slow',
  summary: 'Lets each person write once in so many seconds here, or turns that off.',
  arguments: [
    { name: 'seconds', summary: `1 to ${MOST_SLOW_SECONDS}, or off.`, kind: 'word', choices: [], isRequired: true },
  ],
  least: 'moderator',
  where: 'linked',
  isSlow: false,
  async run({ actor, channel, rest, prefix, cause }, { modes }) {
    if (channel === null) return 'There is no such channel.';
    const word = rest.trim().toLowerCase();
    const seconds = word === 'off' ? 0 : /^\d{1,4}s?$/.test(word) ? Number.parseInt(word, 10) : null;
    if (seconds === null) return `Write ${prefix}slow 10 or ${prefix}slow off.`;
    return modeAnswer(await modes.set({ by: actor, channel: channel.id, change: { kind: 'slow', seconds }, cause }));
  },
};
