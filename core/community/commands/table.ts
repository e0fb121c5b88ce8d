import type { CommandSpec } from '../../plugin/commands.ts';
import { bridge } from './bridge.ts';
import type { Command } from './command.ts';
import { help } from './help.ts';
import { nobridge } from './nobridge.ts';
import { redact } from './redact.ts';
import { whois } from './whois.ts';

/** All commands: help, completion, the registration on platforms and the docs are made from this. */
export const COMMANDS: readonly Command[] = [help, whois, redact, nobridge, bridge];

/** What others may know of them: plain values. */
export const COMMAND_SPECS: readonly CommandSpec[] = COMMANDS.map(({ name, summary, arguments: given, least }) => {
  return { name, summary, arguments: given, least };
});
