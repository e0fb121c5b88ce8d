import type { Codes } from '../community/portals/codes.ts';
import type { KnownPortals, PortalDesk } from '../community/portals/desk.ts';
import type { Loops } from '../community/portals/loops.ts';
import { type BridgeId, parseChannelId, type RoomId } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { ControlAnswer, ControlInput, ControlOperations, PortalLine } from './control-operations.ts';

export interface PortalParts {
  readonly portals: KnownPortals;
  readonly linking: {
    readonly desk: PortalDesk;
    readonly codes: Codes;
    readonly loops: Pick<Loops, 'remark'>;
  };
}

type PortalOperations = Pick<
  ControlOperations,
  'portal-list' | 'portal-add' | 'portal-remove' | 'portal-set' | 'portal-code'
>;

/** What the command line may do with the links of channels and rooms. The operator is asked for no rank. */
export function portalOperations({ portals, linking }: PortalParts): PortalOperations {
  const { desk, codes, loops } = linking;

  const lineOf = (portal: Portal): PortalLine => {
    const { id, channel, bridge, room, roomName, direction, isPaused, reach, prefix, source } = portal;
    return {
      ...{ id, channel, bridge, room, roomName, direction, isPaused, reach, prefix, source },
      remark: loops.remark(id),
    };
  };

  async function onPortal(
    named: string,
    act: (portal: Portal) => Promise<ControlAnswer<Portal>>,
  ): Promise<ControlAnswer<PortalLine>> {
    const found = findPortal(portals, named);
    const done = found.ok ? await act(found.value) : found;
    return done.ok ? { ok: true, value: lineOf(done.value) } : { ok: false, say: done.say };
  }

  async function add({ channel: typed, bridge, room, ...rest }: ControlInput<'portal-add'>) {
    const channel = parseChannelId(typed);
    if (channel === null) return NO_CHANNEL_ID;
    const wish = { channel, bridge: bridge as BridgeId, room: room as RoomId, madeBy: null, ...rest };
    const linked = await desk.link(wish);
    const portal = linked.ok ? portals.byId(linked.value) : null;
    if (!linked.ok) return { ok: false, say: linked.say } as const;
    if (portal === null) return { ok: false, say: 'The link was made; it shows in a moment.' } as const;
    return { ok: true, value: lineOf(portal) } as const;
  }

  return {
    'portal-list': async () => ({ ok: true, value: { portals: portals.list().map(lineOf) } }),
    'portal-add': add,
    'portal-remove': ({ portal }) => onPortal(portal, ({ id }) => desk.unlink(id)),
    'portal-set': ({ portal, direction, isPaused, reach, prefix }) =>
      onPortal(portal, ({ id }) =>
        desk.change(id, {
          ...(direction !== null && { direction }),
          ...(isPaused !== null && { isPaused }),
          ...(reach !== null && { reach }),
          ...(prefix !== null && { prefix }),
        }),
      ),
    async 'portal-code'({ channel: typed, bridge }) {
      const channel = parseChannelId(typed);
      if (channel === null) return NO_CHANNEL_ID;
      const refusal = desk.unlinkable(channel);
      if (refusal !== null) return { ok: false, say: refusal.say };
      const made = await codes.make({ channel, bridge: bridge as BridgeId | null, madeBy: null });
      return { ok: true, value: made };
    },
  };
}

const NO_CHANNEL_ID = {
  ok: false,
  say: 'That is no id of a channel: lower-case letters, digits and dashes.',
} as const;

/** By its id, or by the beginning of it where no other begins so. */
export function findPortal(portals: Pick<KnownPortals, 'list'>, named: string): ControlAnswer<Portal> {
  const found = portals.list().filter(({ id }) => id === named || (named.length >= 4 && id.startsWith(named)));
  const [only] = found;
  if (only !== undefined && found.length === 1) return { ok: true, value: only };
  return { ok: false, say: found.length === 0 ? `There is no portal ${named}.` : `${named} begins several ids.` };
}
