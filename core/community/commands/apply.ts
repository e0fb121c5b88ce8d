import { applyNativeAct, dismissNativeAct } from '../moderation/staff-desk.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';

/** Enough of an id to tell what is open apart. */
const SHOWN = 6;

/** Native acts of moderation stay on their platform unless a moderator makes them hold everywhere. */
export const apply: Command = {
  name: 'apply',
  summary: 'Lists what was done to people on the platforms alone; makes one of it hold everywhere, or leaves it there.',
  arguments: [
    {
      name: 'act',
      summary: 'Its sign in the list; without it the list is shown.',
      kind: 'text',
      choices: [],
      isRequired: false,
    },
    {
      name: 'no',
      summary: 'Leaves it where it is: it is asked about no more.',
      kind: 'choice',
      choices: ['no'],
      isRequired: false,
    },
  ],
  least: 'moderator',
  where: 'linked',
  isSlow: true,
  run: (call, deps) => (call.rest === '' ? listed(call, deps) : applied(call, deps)),
};

async function listed({ actor, channel, prefix }: CommandCall, { nativeActs }: CommandDeps): Promise<string> {
  const open = channel === null ? [] : await nativeActs.open(actor, channel);
  if (open.length === 0) return 'Nothing was done on the platforms that does not hold here.';
  const lines = open.map(({ id, say }) => `${id.slice(0, SHOWN)}: ${say}`);
  const how = `To make one hold everywhere: ${prefix}apply SIGN; to leave it there: ${prefix}apply SIGN no`;
  return [...lines, how].join('\n');
}

async function applied({ channel, rest, actor }: CommandCall, { nativeActs, sanctions }: CommandDeps): Promise<string> {
  const [sign = '', no, ...more] = rest.split(/\s+/);
  if (channel === null || sign.length < SHOWN) return 'There is no such act; it may be decided already.';
  if (no?.toLowerCase() === 'no' && more.length === 0) {
    return (await dismissNativeAct(actor, channel, sign, nativeActs)).say;
  }
  if (no !== undefined)
    return `Write the sign alone to make it hold everywhere, or the sign and "no" to leave it there.`;
  return (await applyNativeAct(actor, channel, sign, { nativeActs, sanctions })).say;
}
