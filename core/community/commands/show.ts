import type { Command } from './command.ts';

export const show: Command = {
  name: 'show',
  summary: 'Lets others see you, after you have read a channel unnoticed.',
  arguments: [],
  least: 'admin',
  where: 'linked',
  isSlow: false,
  async run({ actor, channel, room }, { unnoticed }) {
    if (channel === null || room !== null) return 'Only in the native chat does anybody read unnoticed.';
    if (!unnoticed.isUnnoticed(actor.user, channel.id)) return 'You are seen here as everybody is.';
    await unnoticed.show(actor, channel.id);
    return 'You are seen here from now on.';
  },
};
