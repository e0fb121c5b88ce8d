import { HALF_LIFE_DAYS, MOST_KARMA } from '../../domain/karma.ts';
import { RANKS } from '../../domain/permission.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';
import { targetOf } from './sanctioning.ts';
import { agoText } from './say.ts';

const MOST_LINES = 5;
const IN_PRIVATE = 'Karma is told to you alone: ask in the web chat.';

export const karma: Command = {
  name: 'karma',
  summary: 'Your standing, for you alone; moderators may ask for that of others.',
  arguments: [{ name: 'person', summary: 'For moderators: whose.', kind: 'person', choices: [], isRequired: false }],
  least: 'listener',
  where: 'linked',
  isSlow: false,
  async run(call, deps) {
    if (!call.isPrivate) return IN_PRIVATE;
    const { rest, replyTo, picked, actor } = call;
    const isOwn = rest === '' && replyTo === null && picked === null;
    return isOwn ? own(actor.user, deps) : ofOther(call, deps);
  },
};

async function own(user: CommandCall['actor']['user'], { sanctions }: CommandDeps): Promise<string> {
  const balance = sanctions.karma.karmaOf(user);
  return `Your karma is ${balance}. It goes from -${MOST_KARMA} to ${MOST_KARMA}, and halves every ${HALF_LIFE_DAYS} days.`;
}

async function ofOther(call: CommandCall, deps: CommandDeps): Promise<string> {
  const { channel, rank } = call;
  if (channel === null || RANKS.indexOf(rank) < RANKS.indexOf('moderator'))
    return 'Only moderators see the karma of others.';
  const target = await targetOf({ ...call, channel }, deps, false);
  if (typeof target === 'string') return target;
  const { who } = target;
  const lines = await deps.sanctions.karmaLines(who.user, MOST_LINES);
  const shown = lines.map(
    ({ points, why, at }) => `${points > 0 ? '+' : ''}${points} ${why}, ${agoText(deps.now() - at)}`,
  );
  return [`The karma of ${who.name ?? who.user} is ${deps.sanctions.karma.karmaOf(who.user)}.`, ...shown].join('\n');
}
