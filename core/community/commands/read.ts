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
  const coded = codeLine(line);
  if (coded !== null) {
    const command = commandOf(coded);
    return command === null ? null : { command, rest };
  }
  if (!word.startsWith(prefix)) return null;
  const command = commandOf(word.slice(prefix.length));
  if (command === null || !isLinked) return null;
  return { command, rest };
}

/** What may be said to the bot alone, with or without a sign in front. */
const DIRECT: ReadonlySet<string> = new Set(['link', 'unlink', 'rules', 'accept']);
/** The same with a sign in front: sentences begin with these words. */
const SIGNED: ReadonlySet<string> = new Set(['msg', 'join', 'leave']);

/** A command that was given to the bot alone; null: it is none, or none that is given so. */
export function readDirect(text: string): Read | null {
  const [, name = '', rest = ''] = /^[^\p{L}\p{N}]{0,3}(\p{L}+)(?:@\S{1,64})?(?:\s+(.*))?$/su.exec(text.trim()) ?? [];
  const isSigned = /^[^\p{L}\p{N}\s]/u.test(text.trim());
  const isDirect = DIRECT.has(name.toLowerCase()) || (isSigned && SIGNED.has(name.toLowerCase()));
  const command = isDirect ? commandOf(name) : null;
  return command === null ? null : { command, rest };
}

/** Whether this is `!bridge CODE` or `!link CODE`, behind whichever sign. */
export function isCodeLine(text: string): boolean {
  return codeLine(text) !== null;
}

/** The command to which the code is given. What confirms a code is heard wherever codes are. */
function codeLine(text: string): string | null {
  const [word = '', code = '', more] = text.trim().split(/\s+/, 3);
  const [, name] = /^[^\p{L}\p{N}]{1,3}(bridge|link)(?:@\S{1,64})?$/iu.exec(word) ?? [];
  if (name === undefined) return null;
  const command = name.toLowerCase();
  const isYes = command === 'link' && more === undefined && code.toLowerCase() === 'yes';
  return isYes || readCode(code) !== null ? command : null;
}
