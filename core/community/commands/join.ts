import { skeletonOf } from '../accounts/names.ts';
import type { Command } from './command.ts';

export const join: Command = {
  name: 'join',
  summary: 'Enters a private channel that you were asked into, or tells which channels there are.',
  arguments: [
    {
      name: 'channel',
      summary: 'Its name; without it, those that there are.',
      kind: 'channel',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'listener',
  where: 'anywhere',
  isSlow: false,
  async run({ actor, rest, room, prefix }, { directs }) {
    const { directory, desk } = directs;
    const wanted = skeletonOf(rest.replace(/^#/, ''));
    const open = directory.channelsFor(actor.user).filter(({ kind }) => kind !== 'direct' && kind !== 'crew');
    if (wanted === '') {
      const names = open.filter(({ kind }) => kind !== 'private').map(({ name }) => `#${name}`);
      return `Channels: ${names.join(', ')}. Write ${prefix}join and a name.`;
    }
    const invited = desk.waiting(actor.user).filter(({ channel }) => {
      const found = directory.channel(channel);
      return found?.kind === 'private' && skeletonOf(found.name) === wanted;
    });
    const [one, ...more] = invited;
    if (one !== undefined && more.length === 0) {
      const answered = await desk.answer(actor.user, one.channel, 'accept');
      return answered.ok ? `You are in #${directory.channel(one.channel)?.name ?? ''} now.` : answered.say;
    }
    const found = open.find(({ id, name }) => skeletonOf(name) === wanted || skeletonOf(id) === wanted);
    if (found === undefined) return 'There is no such channel.';
    return room === null
      ? `#${found.name} is open to you: choose it in the list of channels.`
      : `#${found.name} is read in the native chat and in the rooms that are linked with it.`;
  },
};
