import type { Portal } from '../../domain/portal.ts';
import type { Outcome } from '../accounts/outcome.ts';
import type { Switches } from '../portals/rows.ts';
import type { CommandDeps } from './command.ts';

/** Reads `pause`, `direction in` and the like. Null: it is none of them. */
export function parseSwitch(verb: string, more: readonly string[]): Switches | null {
  const value = more[0]?.toLowerCase() ?? '';
  switch (verb) {
    case 'pause':
      return { isPaused: true };
    case 'resume':
      return { isPaused: false };
    case 'direction':
      return value === 'in' || value === 'out' || value === 'both' ? { direction: value } : null;
    case 'reach':
      return value === 'none' || value === 'timeouts' || value === 'bans' ? { reach: value } : null;
    case 'prefix':
      return value === '' ? null : { prefix: value };
    default:
      return null;
  }
}

/** What to answer to a change of a portal. */
export function changed(
  outcome: Outcome<Portal>,
  switches: Switches,
  deps: Pick<CommandDeps, 'outboundNotice'>,
): string {
  if (!outcome.ok) return outcome.say;
  const { bridge, direction } = outcome.value;
  const goesOut = switches.direction !== undefined && direction !== 'in';
  const notice = goesOut ? deps.outboundNotice(bridge) : null;
  return notice === null ? 'Done.' : `Done. ${notice}`;
}
