import type { Channel } from '../../domain/channel.ts';
import type { EpochMs } from '../../domain/ids.ts';
import { outranks, type Rank } from '../../domain/permission.ts';
import type { Restraint } from '../moderation/sanctions-desk.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';
import { namesOf } from './link.ts';
import { targetOf } from './sanctioning.ts';

const STANDING: Readonly<Record<Rank, string>> = {
  guest: 'a guest',
  listener: 'a listener',
  moderator: 'a moderator',
  dj: 'the DJ',
  admin: 'an admin',
};

export const whois: Command = {
  name: 'whois',
  summary: 'How the hub knows you, and how you stand here; moderators may ask for others.',
  arguments: [
    { name: 'person', summary: 'Whom; without it yourself.', kind: 'person', choices: [], isRequired: false },
  ],
  least: 'guest',
  where: 'linked',
  isSlow: false,
  async run(call, deps) {
    const { actor, channel, rank, room, isPrivate } = call;
    const { isOptedOut, links } = deps;
    const isAboutOther = call.rest.trim() !== '' || call.picked !== null || call.replyTo !== null;
    if (isAboutOther && channel !== null && isPrivate && outranks(rank, 'listener')) {
      return other({ ...call, channel }, deps);
    }
    const here = channel === null ? '' : ` in the chat "${channel.name}"`;
    const keeps = isOptedOut(actor.user)
      ? ` Your messages stay ${room === null ? 'in this chat' : 'in this room'}.`
      : '';
    const own = isPrivate ? await links.accounts(actor.user) : [];
    const also = own.length === 0 ? '' : ` Your accounts: ${namesOf(own, deps)}.`;
    return `You are ${actor.name}, ${STANDING[rank]}${here}. Your id is ${actor.user}.${keeps}${also}`;
  },
};

/** For moderators, where nobody else reads it. */
async function other(call: CommandCall & { readonly channel: Channel }, deps: CommandDeps): Promise<string> {
  const target = await targetOf(call, deps, false);
  if (typeof target === 'string') return target;
  const { user, name, platform } = target.who;
  const accounts = await deps.links.accounts(user);
  const also = accounts.length === 0 ? 'has no linked accounts' : `has the accounts ${namesOf(accounts, deps)}`;
  const from =
    platform === null ? '' : ` of ${deps.platforms().find((one) => one.name === platform)?.label ?? platform}`;
  const standing = STANDING[deps.sanctions.rankOf(call.channel, user)];
  const restraint = deps.sanctions.restraint(call.channel, user);
  const lines = [
    `${name ?? user}${from} is ${standing} here with karma ${deps.sanctions.karma.karmaOf(user)}, and ${also}.`,
    restraint === null ? null : restraintText(restraint, deps.now()),
    `Their id is ${user}.`,
  ];
  return lines.filter((line) => line !== null).join(' ');
}

function restraintText({ act, until, reason }: Restraint, now: EpochMs): string {
  const why = reason === null ? '' : `, because: ${reason}`;
  const minutes = until === null ? null : Math.max(1, Math.ceil((until - now) / 60_000));
  const left = minutes === null ? '' : ` for ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}`;
  return `They are ${act === 'ban' ? 'banned' : 'timed out'}${left}${why}.`;
}
