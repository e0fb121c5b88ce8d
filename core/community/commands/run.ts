import { RANKS } from '../../domain/permission.ts';
import type { Logger } from '../../ops/log.ts';
import { StoreUnavailable } from '../../store/ports.ts';
import type { Command, CommandCall, CommandDeps, Said } from './command.ts';

/** Runs one command for whoever may give it. @returns the answer; null: none */
export async function runCommand(
  command: Command,
  call: CommandCall,
  deps: CommandDeps,
  logger: Logger,
): Promise<Said | null> {
  if (RANKS.indexOf(call.rank) < RANKS.indexOf(command.least)) {
    return `Only a ${command.least === 'dj' ? 'DJ' : command.least} can do that here.`;
  }
  try {
    return await command.run(call, deps);
  } catch (error) {
    if (error instanceof StoreUnavailable) return 'The hub cannot do that now; try again.';
    logger.error({ err: error, command: command.name }, 'a command failed');
    return 'Something went wrong in the hub; try again.';
  }
}
