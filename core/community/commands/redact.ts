import type { Command } from './command.ts';

const MAX_REASON = 300;

export const redact: Command = {
  name: 'redact',
  summary: 'As a reply: takes that message away everywhere, if it is yours or you moderate here.',
  arguments: [{ name: 'reason', summary: 'For the moderators.', kind: 'text', choices: [], isRequired: false }],
  least: 'listener',
  where: 'linked',
  isSlow: false,
  async run(call, { redact: take }) {
    if (call.replyTo === null) return `Answer the message that shall go, with ${call.prefix}redact.`;
    const reason = call.rest === '' ? null : call.rest.slice(0, MAX_REASON);
    const receipt = await take(call, call.replyTo, reason);
    switch (receipt.kind) {
      case 'accepted':
      case 'duplicate':
      case 'held':
        return 'It is gone.';
      case 'unchanged':
        return 'It was gone already.';
      case 'refused':
        return receipt.say;
      case 'stopping':
        return null;
    }
  },
};
