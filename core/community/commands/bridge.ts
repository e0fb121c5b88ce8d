import type { Portal } from '../../domain/portal.ts';
import { readCode } from '../portals/codes.ts';
import { isEntitled } from '../portals/entitled.ts';
import { administers, redeem } from '../portals/redeem.ts';
import type { Switches } from '../portals/rows.ts';
import { stateText } from '../portals/say.ts';
import { bridgeHere } from './bridge-native.ts';
import type { Command, CommandCall, CommandDeps } from './command.ts';
import { changed, parseSwitch } from './switches.ts';

export const bridge: Command = {
  name: 'bridge',
  summary: 'Links this room by a code, tells the state of the link, or changes it.',
  arguments: [
    {
      name: 'what',
      summary: 'A code, or pause, resume, off, direction in|out|both, reach none|timeouts|bans, prefix SIGN.',
      kind: 'text',
      choices: [],
      isRequired: false,
    },
  ],
  least: 'guest',
  where: 'anywhere',
  isSlow: true,
  async run(call, deps) {
    if (call.room === null) return bridgeHere(call, deps);
    const [first = '', ...more] = call.rest.split(/\s+/);
    if (readCode(first) !== null) return link(first, more, call, deps);
    const { portal } = call.room;
    if (portal === null) return null;
    if (first === '') return state(portal, call, deps);
    const isOfChannel = mayLink(call);
    const refusal = isOfChannel ? null : await administers(call.room, deps.redeem);
    if (refusal !== null) return refusal.say;
    const change = isOfChannel ? deps.desk.change : deps.desk.changeFromRoom;
    return act({ portal, change }, first.toLowerCase(), more, call, deps);
  },
};

/** Whether the hub's own roles let this person change links of the channel. */
function mayLink({ channel, rank }: CommandCall): boolean {
  return channel !== null && isEntitled(channel.kind, rank);
}

async function link(
  code: string,
  more: readonly string[],
  call: CommandCall,
  deps: CommandDeps,
): Promise<string | null> {
  const { room } = call;
  if (room === null) return null;
  const words = more.map((word) => word.toLowerCase());
  const direction = (['in', 'out', 'both'] as const).find((one) => words.includes(one)) ?? null;
  const reach = (['none', 'timeouts', 'bans'] as const).find((one) => words.includes(one)) ?? null;
  const linked = await redeem(code, room, { direction, reach }, deps.redeem);
  if (!linked.ok) return linked.say;
  const portal = deps.portals.byId(linked.value);
  const notice = portal === null || portal.direction === 'in' ? null : deps.outboundNotice(portal.bridge);
  return notice === null ? 'Linked.' : `Linked. ${notice}`;
}

function state(portal: Portal, { channel }: CommandCall, deps: CommandDeps): string {
  const said = stateText({ portal, channelName: channel?.name ?? portal.channel });
  const loop = deps.loopIn(portal);
  return loop === null ? said : `${said} ${loop}`;
}

async function act(
  { portal, change }: { readonly portal: Portal; readonly change: CommandDeps['desk']['change'] },
  verb: string,
  more: readonly string[],
  { prefix }: CommandCall,
  deps: CommandDeps,
): Promise<string> {
  if (verb === 'off') {
    const ended = await deps.desk.unlink(portal.id);
    return ended.ok ? 'The link is ended.' : ended.say;
  }
  const switches: Switches | null = parseSwitch(verb, more);
  if (switches === null) return `That is not understood; see ${prefix}help bridge.`;
  return changed(await change(portal.id, switches), switches, deps);
}
