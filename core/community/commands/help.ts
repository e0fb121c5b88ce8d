import type { CommandArgument, CommandSpec } from '../../plugin/commands.ts';
import type { Command } from './command.ts';

export const help: Command = {
  name: 'help',
  summary: 'What you can ask of the hub here.',
  arguments: [{ name: 'command', summary: 'One command.', kind: 'word', choices: [], isRequired: false }],
  least: 'guest',
  where: 'linked',
  isSlow: false,
  async run({ rest, prefix }, { commands }) {
    const asked = rest.replace(prefix, '').toLowerCase();
    if (asked === '') return commands.map((one) => `${usage(one, prefix)}: ${one.summary}`).join('\n');
    const found = commands.find(({ name }) => name === asked);
    if (found === undefined) return `There is no command ${prefix}${asked.slice(0, 32)}.`;
    const fields = found.arguments.map(({ name, summary }) => `${name}: ${summary}`);
    return [`${usage(found, prefix)}: ${found.summary}`, ...fields].join('\n');
  },
};

/** How a command is written, such as `!redact [reason]`. */
export function usage({ name, arguments: given }: CommandSpec, prefix: string): string {
  return [`${prefix}${name}`, ...given.map(shown)].join(' ');
}

function shown({ name, isRequired }: CommandArgument): string {
  return isRequired ? name : `[${name}]`;
}
