import { skeletonOf } from '../accounts/names.ts';
import type { Command } from './command.ts';

export const leave: Command = {
  name: 'leave',
  summary: 'Leaves a private channel, or a conversation of more than two.',
  arguments: [
    {
      name: 'channel',
      summary: 'Its name; without it, the one where you are.',
      kind: 'channel',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'listener',
  where: 'anywhere',
  isSlow: false,
  async run({ actor, rest, channel }, { directs }) {
    const wanted = skeletonOf(rest.replace(/^#/, ''));
    const own = directs.directory.channelsFor(actor.user).filter(({ kind }) => kind === 'private');
    const found = wanted === '' ? channel : (own.find(({ name }) => skeletonOf(name) === wanted) ?? null);
    if (found === null) return 'You are in no such private channel.';
    if (found.kind !== 'private' && found.kind !== 'direct')
      return 'Only private channels are left for good; others you just close.';
    const left = await directs.desk.leave(actor.user, found.id);
    return left.ok ? `You have left #${found.name}.` : left.say;
  },
};
