import type { Rank } from '../../domain/permission.ts';
import type { Command } from './command.ts';

const STANDING: Readonly<Record<Rank, string>> = {
  guest: 'a guest',
  listener: 'a listener',
  moderator: 'a moderator',
  dj: 'the DJ',
  admin: 'an admin',
};

export const whois: Command = {
  name: 'whois',
  summary: 'How the hub knows you, and how you stand here.',
  arguments: [],
  least: 'guest',
  where: 'linked',
  isSlow: false,
  async run({ actor, channel, rank, room }, { isOptedOut }) {
    const here = channel === null ? '' : ` in the chat "${channel.name}"`;
    const keeps = isOptedOut(actor.user)
      ? ` Your messages stay ${room === null ? 'in this chat' : 'in this room'}.`
      : '';
    return `You are ${actor.name}, ${STANDING[rank]}${here}. Your id is ${actor.user}.${keeps}`;
  },
};
