import { choiceId } from '../choices/choices.ts';
import { answerText } from '../house-rules/say.ts';
import { ACCEPT } from '../house-rules/show.ts';
import type { Command, CommandCall, CommandDeps, Said } from './command.ts';

/** What one may be told alone where nothing says how much that is. */
const PRIVATE_UTF16 = 1_900;

export const rules: Command = {
  name: 'rules',
  summary: 'Shows the rules of this chat; its DJ sets them by writing them behind it.',
  arguments: [
    {
      name: 'text',
      summary: 'For the DJ: the new rules, which everybody is asked to accept; off takes them away.',
      kind: 'text',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'guest',
  where: 'anywhere',
  isSlow: false,
  run: (call, deps) => (call.rest.trim() === '' ? shown(call, deps) : set(call, deps)),
};

async function shown(call: CommandCall, deps: CommandDeps): Promise<Said | null> {
  const { actor, channel, room, prefix } = call;
  if (channel === null) return shownAlone(call, deps);
  const found = await deps.houseRules.get(actor, channel.id);
  if ('kind' in found) return found.kind === 'refused' ? found.say : null;
  if (found.rules === null) return 'This chat has no rules.';
  const { text, version } = found.rules;
  const state = found.isAccepted ? 'You have accepted them.' : `Write ${prefix}accept to accept them.`;
  const choices = found.isAccepted ? [] : [{ id: choiceId(ACCEPT, `${version}:${channel.id}`), label: 'Accept' }];
  return { say: answerText(text, state, room === null ? null : limitsOf(call)), choices };
}

/** To the bot alone: those that they were shown there. */
async function shownAlone({ actor, room, prefix }: CommandCall, { houseRules }: CommandDeps): Promise<Said | null> {
  const told = await houseRules.told(actor);
  if (told.length === 0) return room === null ? null : 'No rules wait for you. In a chat, this shows its rules.';
  const text = told.map((one) => one.text).join('\n\n');
  return answerText(text, `Write ${prefix}accept to accept them.`, { text: PRIVATE_UTF16, unit: 'utf16' });
}

function limitsOf({ room, isPrivate }: CommandCall) {
  const post = room?.can.post?.limits;
  return isPrivate || post === undefined ? ({ text: PRIVATE_UTF16, unit: 'utf16' } as const) : post;
}

async function set({ actor, channel, rest }: CommandCall, { houseRules }: CommandDeps): Promise<string | null> {
  if (channel === null) return 'Write this in the chat that the rules are for.';
  const text = rest.trim().toLowerCase() === 'off' ? '' : rest.trim();
  const done = await houseRules.set(actor, channel.id, text);
  if ('kind' in done) return done.kind === 'refused' ? done.say : 'The hub cannot do that now; try again.';
  return text === ''
    ? 'This chat has no rules any more.'
    : `Set. Everybody is asked to accept version ${done.version}.`;
}
