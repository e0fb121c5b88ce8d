import type { PictureMark } from '../../domain/picture-mark.ts';
import type { Command } from './command.ts';

const MAX_REASON = 300;

export const nsfw: Command = marking(
  'nsfw',
  'As a reply: covers the pictures of that message, here and wherever they are shown.',
);
export const safe: Command = marking('safe', 'As a reply: says that the pictures of that message need no cover.');

function marking(mark: Exclude<PictureMark, 'remove'>, summary: string): Command {
  return {
    name: mark,
    summary,
    arguments: [{ name: 'reason', summary: 'For the moderators.', kind: 'text', choices: [], isRequired: false }],
    least: 'moderator',
    where: 'linked',
    isSlow: false,
    async run({ actor, channel, replyTo, rest, prefix }, { mark: say }) {
      if (channel === null || replyTo === null) return `Answer the message with the picture, with ${prefix}${mark}.`;
      const reason = rest === '' ? null : rest.slice(0, MAX_REASON);
      const answer = await say(actor, { channel: channel.id, message: replyTo, picture: null, mark, reason });
      return answer.ok ? answer.value.say : answer.say;
    },
  };
}
