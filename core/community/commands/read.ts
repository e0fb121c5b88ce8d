import { readCode } from '../portals/codes.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './table.ts';

/** A command as somebody wrote it. */
export interface Read {
  readonly command: Command;
  /** What stands after the name. */
  readonly rest: string;
}

/** The command of this name; null: the hub knows none. */
export function commandOf(name: string): Command | null {
  return COMMANDS.find((one) => one.name === name.toLowerCase()) ?? null;
}

/**
 * Reads what begins with the prefix and a known name. Null: an ordinary message, for other bots have commands too.
 * A code that links a room is read behind any sign, so that none is ever shown as a message.
 */
export function readCommand(text: string, prefix: string, isLinked: boolean): Read | null {
  const line = text.trim();
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  if (isCodeLine(line)) {
    const command = commandOf('bridge');
    return command === null ? null : { command, rest };
  }
  if (!word.startsWith(prefix)) return null;
  const command = commandOf(word.slice(prefix.length));
  if (command === null || !isLinked) return null;
  return { command, rest };
}

/** Whether this is `!bridge CODE`, behind whichever sign. */
export function isCodeLine(text: string): boolean {
  const [word = '', code = ''] = text.trim().split(/\s+/, 2);
  return /^[^\p{L}\p{N}]{1,3}bridge(?:@\S{1,64})?$/iu.test(word) && readCode(code) !== null;
}
