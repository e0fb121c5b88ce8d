import { type Command, InvalidArgumentError } from 'commander';
import type { HubConfig } from '../../config/schema.ts';
import type { PortalLine } from '../http/control-operations.ts';
import type { ControlClient } from './control-client.ts';
import { withHub } from './hub-access.ts';
import { addLetterCommands } from './letters.ts';
import { CliError, type CliParts, EXIT, write } from './parts.ts';
import { expectOk } from './user.ts';

const ARROWS = { both: '<->', in: '<-', out: '->' } as const;
const DIRECTIONS = ['both', 'in', 'out'] as const;
const REACHES = ['none', 'timeouts', 'bans'] as const;

interface SetOptions {
  readonly direction?: PortalLine['direction'];
  readonly reach?: PortalLine['reach'];
  readonly prefix?: string;
}

/** `portal list | add | remove | pause | resume | set | code | letters | retry | drop`. */
export function addPortalCommands(portal: Command, parts: CliParts, file: () => string | undefined): void {
  const inHub = (act: (hub: ControlClient, config: HubConfig) => Promise<string>): Promise<void> =>
    withHub(parts, file(), async (hub, config) => write(parts.stdout, await act(hub, config)));
  const set = (id: string, isPaused: boolean | null, { direction, reach, prefix }: SetOptions): Promise<void> =>
    inHub(async (hub) => {
      const wish = { portal: id, isPaused, direction: direction ?? null, reach: reach ?? null, prefix: prefix ?? null };
      return portalText(expectOk(await hub.call('portal-set', wish)));
    });

  portal
    .command('list')
    .description('list all portals')
    .option('--json', 'as JSON lines')
    .action((options: { json?: boolean }) =>
      inHub(async (hub) => {
        const { portals } = expectOk(await hub.call('portal-list', {}));
        if (options.json === true) return portals.map((one) => `${JSON.stringify(one)}\n`).join('');
        return portals.length === 0 ? 'There are no portals.\n' : portals.map(portalText).join('');
      }),
    );
  withSwitches(portal.command('add <channel> <bridge> <room>').description('link a channel with a room')).action(
    (channel: string, bridge: string, room: string, { direction, reach, prefix }: SetOptions) =>
      inHub(async (hub, config) => {
        expectBridge(config, bridge);
        const switches = { direction: direction ?? null, reach: reach ?? null, prefix: prefix ?? null };
        return portalText(expectOk(await hub.call('portal-add', { channel, bridge, room, ...switches })));
      }),
  );
  portal
    .command('remove <id>')
    .description('end a link that was made while the hub ran')
    .action((id: string) =>
      inHub(async (hub) => {
        const { channel, bridge, room } = expectOk(await hub.call('portal-remove', { portal: id }));
        return `${channel} is no longer linked with ${bridge} ${room}.\n`;
      }),
    );
  portal
    .command('pause <id>')
    .description('let nothing pass, neither way')
    .action((id: string) => set(id, true, {}));
  portal
    .command('resume <id>')
    .description('let messages pass again')
    .action((id: string) => set(id, false, {}));
  withSwitches(portal.command('set <id>').description('change a link; kept over restarts')).action(
    (id: string, options: SetOptions) => set(id, null, options),
  );
  addLetterCommands(portal, inHub);
  portal
    .command('code <channel>')
    .description('make a code that links a room, to be written there within 10 minutes')
    .option('--bridge <id>', 'good for rooms of this bridge alone')
    .action((channel: string, options: { bridge?: string }) =>
      inHub(async (hub, config) => {
        const bridge = options.bridge ?? null;
        if (bridge !== null) expectBridge(config, bridge);
        const { code } = expectOk(await hub.call('portal-code', { channel, bridge }));
        return `Write this in the room, as somebody who administers it:\n\n  !bridge ${code}\n`;
      }),
    );
}

/** `3f2a… lobby <-> main-irc #techno (paused)`. */
export function portalText(portal: PortalLine): string {
  const { id, channel, direction, bridge, room, roomName, isPaused, reach, source, remark } = portal;
  const marks = [
    isPaused ? 'paused' : '',
    reach === 'none' ? '' : `reach ${reach}`,
    source === 'config' ? 'configured' : '',
  ].filter((mark) => mark !== '');
  const name = roomName === null ? '' : ` "${roomName}"`;
  const state = marks.length === 0 ? '' : `  (${marks.join(', ')})`;
  return `${id}  ${channel} ${ARROWS[direction]} ${bridge} ${room}${name}${state}\n${remark === null ? '' : `  ! ${remark}\n`}`;
}

function withSwitches(command: Command): Command {
  return command
    .option('--direction <way>', 'both, in (from the room) or out (to the room)', oneOf(DIRECTIONS))
    .option('--reach <reach>', 'native acts of moderation there: none, timeouts or bans', oneOf(REACHES))
    .option('--prefix <sign>', 'what commands begin with in the room');
}

function oneOf<T extends string>(known: readonly T[]): (typed: string) => T {
  return (typed) => {
    const found = known.find((one) => one === typed.toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`Known: ${known.join(', ')}.`);
    return found;
  };
}

function expectBridge(config: HubConfig, bridge: string): void {
  if (config.bridges.some(({ id }) => id === bridge)) return;
  const known = config.bridges.map(({ id }) => id).join(', ');
  throw new CliError(`There is no bridge ${bridge} in the configuration. Known: ${known || 'none'}.`, EXIT.usage);
}
