import type { Command } from './command.ts';

const MAX_REASON = 300;

export const report: Command = {
  name: 'report',
  summary: 'As a reply: tells the moderators of that message.',
  arguments: [{ name: 'reason', summary: 'What is wrong with it.', kind: 'text', choices: [], isRequired: false }],
  least: 'listener',
  where: 'linked',
  isSlow: false,
  async run({ actor, channel, rest, replyTo, prefix }, { reports }) {
    if (channel === null) return 'There is no such channel.';
    if (replyTo === null) return `Answer the message that you mean, with ${prefix}report.`;
    const reason = rest === '' ? null : rest.slice(0, MAX_REASON);
    const receipt = await reports.report({ by: actor, channel: channel.id, id: replyTo, reason });
    switch (receipt.kind) {
      case 'accepted':
      case 'duplicate':
      case 'held':
        return 'The moderators are told. Thank you.';
      case 'unchanged':
        return 'You have told the moderators of it already.';
      case 'refused':
        return receipt.say;
      case 'stopping':
        return null;
    }
  },
};
