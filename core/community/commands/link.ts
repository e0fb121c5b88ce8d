import { readCode } from '../portals/codes.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';

export const link: Command = {
  name: 'link',
  summary: 'Shows that an account on another platform is yours too: they count as one.',
  arguments: [
    {
      name: 'what',
      summary: 'The platform to link; or the code that you were shown; or yes, to confirm.',
      kind: 'text',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'listener',
  where: 'anywhere',
  isSlow: false,
  async run(call, deps) {
    const word = call.rest.trim();
    if (word === '') return listed(call, deps);
    if (word.toLowerCase() === 'yes') return confirmed(call, deps);
    return readCode(word) === null ? shown(call, deps, word) : typed(call, deps, word);
  },
};

/** Links are private: in a room others read the answer. */
async function listed({ actor, isPrivate, prefix }: CommandCall, deps: CommandDeps): Promise<string> {
  const how = `Write ${prefix}link and the platform, where nobody else reads it, for a code to type there.`;
  if (!isPrivate) return how;
  const accounts = await deps.links.accounts(actor.user);
  return accounts.length === 0
    ? `No other account is linked with this one. ${how}`
    : `Yours: ${namesOf(accounts, deps)}.`;
}

export function namesOf(
  accounts: readonly { readonly name: string; readonly platform: string }[],
  { platforms }: Pick<CommandDeps, 'platforms'>,
): string {
  const label = (platform: string): string => platforms().find(({ name }) => name === platform)?.label ?? platform;
  return accounts.map(({ name, platform }) => `${name} (${label(platform)})`).join(', ');
}

/** The platform of this name; null: there is none. */
export function platformOf(word: string, { platforms }: Pick<CommandDeps, 'platforms'>) {
  const wanted = word.toLowerCase();
  return platforms().find(({ name, label }) => name === wanted || label.toLowerCase() === wanted) ?? null;
}

async function shown({ actor, isPrivate, prefix }: CommandCall, deps: CommandDeps, word: string): Promise<string> {
  const platform = platformOf(word, deps);
  if (platform === null) {
    const known = deps.platforms().map(({ name }) => name);
    return `Write ${prefix}link with one of: ${known.join(', ')}.`;
  }
  if (!isPrivate)
    return `Others read along here. Write /link ${platform.name} in the native chat, or to the bot alone.`;
  const made = await deps.links.invite(actor, platform.name);
  if (!made.ok) return made.say;
  return `Write !link ${made.value} on ${platform.label} within 10 minutes, in a linked room or to the bot alone. Show it to nobody: it makes an account yours.`;
}

async function typed({ actor, prefix }: CommandCall, deps: CommandDeps, code: string): Promise<string> {
  const found = await deps.links.type(actor, code);
  if (!found.ok) return found.say;
  return `This joins your account with ${nameOf(found.value, deps)}. If that is you, write ${prefix}link yes within 10 minutes; if somebody told you to write the code, do not.`;
}

async function confirmed({ actor, channel, room }: CommandCall, deps: CommandDeps): Promise<string | null> {
  const joined = await deps.links.confirm(actor);
  // in a room of nobody's it may have been meant for another bot
  if (joined === null) return channel === null && room !== null ? null : 'There is nothing to confirm.';
  if (!joined.ok) return joined.say;
  return `Done: you and ${nameOf(joined.value, deps)} are one person here. Roles stay with the account that has them until whoever gave them gives them to this one too.`;
}

function nameOf({ name, platform }: { readonly name: string; readonly platform: string }, deps: CommandDeps): string {
  return `${name} of ${platformOf(platform, deps)?.label ?? platform}`;
}
