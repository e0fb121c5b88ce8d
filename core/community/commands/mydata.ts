import type { Command } from './command.ts';

export const mydata: Command = {
  name: 'mydata',
  summary: 'How to get all that the hub keeps of you.',
  arguments: [],
  least: 'guest',
  where: 'anywhere',
  isSlow: false,
  run({ actor, room, prefix }, { publicUrl }) {
    const page = publicUrl === null ? '' : ` What is kept is told at ${publicUrl}/privacy.`;
    if (actor.isGuest) return Promise.resolve(`Sign in to get what is kept of you.${page}`);
    const how =
      room === null
        ? 'Your client downloads it: the question my-data, or GET /api/v1/me/data, a part at a time.'
        : `Make an account in the native chat and link it with this one (${prefix}link): there you get it, of all your accounts together.`;
    return Promise.resolve(`${how}${page}`);
  },
};
