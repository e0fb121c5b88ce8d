import { type Command, InvalidArgumentError } from 'commander';
import type { TokenLine } from '../http/control-operations.ts';
import type { ControlClient } from './control-client.ts';
import { withHub } from './hub-access.ts';
import { type CliParts, write } from './parts.ts';
import { expectOk } from './user.ts';

const DAY_MS = 86_400_000;

interface CreateOptions {
  readonly for: string;
  readonly scope: readonly string[];
  readonly channel?: string;
  readonly days?: number;
}

/** `token create | list | revoke`. */
export function addTokenCommands(token: Command, parts: CliParts, file: () => string | undefined): void {
  const inHub = (act: (hub: ControlClient) => Promise<string>): Promise<void> =>
    withHub(parts, file(), async (hub) => write(parts.stdout, await act(hub)));

  token
    .command('create <name>')
    .description('make a token for a program; it is shown once')
    .requiredOption('--for <user>', 'whose rights it carries')
    .requiredOption('--scope <scopes...>', 'what it may be used for, such as read post history')
    .option('--channel <id>', 'for this channel alone')
    .option('--days <days>', 'until then (default: until it is revoked)', days)
    .action((name: string, { for: user, scope, channel, days: until }: CreateOptions) =>
      inHub(async (hub) => {
        const expiresAt = until === undefined ? null : parts.clock.now() + until * DAY_MS;
        const wish = { user, name, scopes: [...scope], channel: channel ?? null, expiresAt };
        const { secret, ...made } = expectOk(await hub.call('token-create', wish));
        return `${tokenText(made)}\n${secret}\n\nKeep it: it is not shown again.\n`;
      }),
    );
  token
    .command('list [user]')
    .description('list the tokens of somebody, or all')
    .option('--json', 'as JSON lines')
    .action((user: string | undefined, options: { json?: boolean }) =>
      inHub(async (hub) => {
        const { tokens } = expectOk(await hub.call('token-list', { user: user ?? null }));
        if (options.json === true) return tokens.map((one) => `${JSON.stringify(one)}\n`).join('');
        return tokens.length === 0 ? 'There are no tokens.\n' : tokens.map((one) => `${tokenText(one)}\n`).join('');
      }),
    );
  token
    .command('revoke <id>')
    .description('end a token, everywhere at once')
    .action((id: string) =>
      inHub(async (hub) => {
        expectOk(await hub.call('token-revoke', { id }));
        return 'It is good for nothing any more.\n';
      }),
    );
}

/** `01a2…  ann  my bot  (read, post; lobby alone; until 2027-01-01)`. */
function tokenText({ id, user, name, scopes, channel, expiresAt }: TokenLine): string {
  const marks = [
    scopes.join(', '),
    ...(channel === null ? [] : [`${channel} alone`]),
    ...(expiresAt === null ? [] : [`until ${new Date(expiresAt).toISOString().slice(0, 10)}`]),
  ];
  return `${id}  ${user}  ${name}  (${marks.join('; ')})`;
}

function days(typed: string): number {
  const count = Number(typed);
  if (Number.isInteger(count) && count >= 1 && count <= 3_650) return count;
  throw new InvalidArgumentError('A whole number of days, at most 3650.');
}
