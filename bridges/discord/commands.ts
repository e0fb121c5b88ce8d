import { createHash } from 'node:crypto';
import { ApplicationCommandOptionType as Kind, Routes } from 'discord.js';
import type { CommandArgument, CommandSpec, HubPort } from '../../core/plugin/index.ts';
import type { Api } from './api.ts';
import { bridgeError } from './failures.ts';
import { optionName } from './interactions.ts';

const CHAT_INPUT = 1;
const IN_SERVERS = 0;
const MAX_TEXT = 100;

/** The catalogue as Discord registers it. Pure. */
export function encodeCommands(commands: readonly CommandSpec[]): readonly object[] {
  return commands
    .filter(({ name }) => /^[a-z0-9_-]{1,32}$/.test(name))
    .slice(0, 100)
    .map((spec) => ({
      type: CHAT_INPUT,
      name: spec.name,
      description: shortened(spec.summary),
      options: requiredFirst(spec.arguments).slice(0, 25).map(encodeArgument),
      contexts: [IN_SERVERS],
    }));
}

/** Discord refuses an option that must be given behind one that need not. */
function requiredFirst(all: readonly CommandArgument[]): readonly CommandArgument[] {
  return [...all.filter(({ isRequired }) => isRequired), ...all.filter(({ isRequired }) => !isRequired)];
}

function encodeArgument({ name, summary, kind, choices, isRequired }: CommandArgument): object {
  const option = { name: optionName(name), description: shortened(summary), required: isRequired };
  switch (kind) {
    case 'person':
      return { ...option, type: Kind.User };
    case 'minutes':
      return { ...option, type: Kind.Integer };
    case 'choice':
      return {
        ...option,
        type: Kind.String,
        choices: choices.slice(0, 25).map((one) => ({ name: one.slice(0, MAX_TEXT), value: one.slice(0, MAX_TEXT) })),
      };
    case 'channel':
    case 'word':
    case 'text':
      return { ...option, type: Kind.String };
    default:
      return kind satisfies never;
  }
}

function shortened(text: string): string {
  return text.length <= MAX_TEXT ? text || '-' : `${text.slice(0, MAX_TEXT - 1)}…`;
}

export interface Registrar {
  /** Offers the hub's commands in this server; says nothing to Discord when they are the same as last time. Never rejects. */
  register(guild: string): Promise<void>;
}

export function createRegistrar(
  hub: Pick<HubPort, 'commands' | 'state' | 'log'>,
  api: Api,
  applicationId: string,
): Registrar {
  return {
    async register(guild) {
      const body = encodeCommands(hub.commands);
      const print = createHash('sha256')
        .update(JSON.stringify([applicationId, body]))
        .digest('base64url');
      try {
        if ((await hub.state.load(`commands:${guild}`)) === print) return;
        await api.ask('put', Routes.applicationGuildCommands(applicationId, guild), { body });
        await hub.state.save(`commands:${guild}`, print);
        hub.log.info({ server: guild, commands: body.length }, 'commands registered');
      } catch (error) {
        const { message } = bridgeError('register commands', error);
        hub.log.warn({ server: guild, say: message }, 'commands not registered');
      }
    },
  };
}
