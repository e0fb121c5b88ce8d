import type { BridgeId, ChannelId, PortalId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Portal } from '../../domain/portal.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { PortalDeeds, PortalHealth, PortalQuestions, ShownPortal } from '../../plugin/asked/portals.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Problem } from '../accounts/outcome.ts';
import type { CommandDeps } from '../commands/command.ts';
import { isEntitled, isWider } from './entitled.ts';

export interface PortalAsked {
  readonly questions: {
    readonly [K in keyof PortalQuestions]: (
      actor: Actor,
      question: PortalQuestions[K][0],
    ) => Promise<Answer<PortalQuestions[K][1]>>;
  };
  readonly deeds: {
    readonly [K in keyof PortalDeeds]: (actor: Actor, deed: PortalDeeds[K][0]) => Promise<Answer<PortalDeeds[K][1]>>;
  };
}

export interface PortalDeedDeps
  extends Pick<
    CommandDeps,
    'desk' | 'codes' | 'portals' | 'bridges' | 'actsWithin' | 'outboundNotice' | 'loopIn' | 'testLine'
  > {
  readonly facts: LiveFacts;
  readonly health: (portals: readonly Portal[]) => Promise<readonly PortalHealth[]>;
  readonly bridgeState: (bridge: BridgeId) => Bridges[number]['state'];
}
type Bridges = PortalQuestions['portal-health'][1]['bridges'];

type Refused = Extract<Answer<never>, { ok: false }>;

/** The links of a channel by forms, for whom `/bridge` is too. */
export function createPortalAsked(deps: PortalDeedDeps): PortalAsked {
  const { desk, codes, portals, facts } = deps;

  function managed(actor: Actor, id: ChannelId): Place | Refused {
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    return isEntitled(here.channel.kind, here.standing.rank) ? here : NOT_FOR_ALL;
  }

  function found(actor: Actor, { channel, portal: id }: { readonly channel: ChannelId; readonly portal: PortalId }) {
    const here = managed(actor, channel);
    if ('ok' in here) return here;
    const portal = portals.byId(id);
    return portal !== null && isOf(portal, channel) ? portal : NO_PORTAL;
  }

  function shown(portal: Portal): ShownPortal {
    const { id, channel, home, bridge, room, roomName, direction, isPaused, reach, prefix, source } = portal;
    const platform = deps.bridges().find((one) => one.id === bridge)?.platform ?? bridge;
    const switches = { direction, isPaused, reach, prefix, source };
    return { id, channel, home, bridge, platform, room, roomName, ...switches, remark: deps.loopIn(portal) };
  }

  return {
    questions: {
      async portals(actor, { channel }) {
        const here = managed(actor, channel);
        if ('ok' in here) return here;
        const own = portals.list().filter((portal) => isOf(portal, channel));
        return { ok: true, value: { portals: own.map(shown) } };
      },
      async 'portal-health'(actor, { channel }) {
        const here = managed(actor, channel);
        if ('ok' in here) return here;
        const own = portals.list().filter((portal) => isOf(portal, channel));
        const bridges = deps.bridges().map(({ id, platform }) => ({ id, platform, state: deps.bridgeState(id) }));
        return { ok: true, value: { portals: await deps.health(own), bridges } };
      },
    },
    deeds: {
      async 'portal-code'(actor, { channel, bridge }) {
        const here = managed(actor, channel);
        if ('ok' in here) return here;
        const problem = desk.unlinkable(channel);
        if (problem !== null) return refusalOf(problem);
        if (bridge !== null && !deps.bridges().some(({ id }) => id === bridge)) return NO_BRIDGE;
        return { ok: true, value: await codes.make({ channel, bridge, madeBy: actor.user }) };
      },
      async 'change-portal'(actor, { channel, portal: id, direction, isPaused, reach, prefix }) {
        const portal = found(actor, { channel, portal: id });
        if ('ok' in portal) return portal;
        if (reach !== null && isWider(reach, portal, deps.actsWithin)) return ROOMS_CHOICE;
        const changed = await desk.change(id, {
          ...(direction !== null && { direction }),
          ...(isPaused !== null && { isPaused }),
          ...(reach !== null && { reach }),
          ...(prefix !== null && { prefix }),
        });
        if (!changed.ok) return refusalOf(changed);
        const goesOut = direction === 'both' || direction === 'out';
        return {
          ok: true,
          value: { portal: shown(changed.value), say: goesOut ? deps.outboundNotice(changed.value.bridge) : null },
        };
      },
      async 'end-portal'(actor, of) {
        const portal = found(actor, of);
        if ('ok' in portal) return portal;
        const ended = await desk.unlink(portal.id);
        return ended.ok ? { ok: true, value: {} } : refusalOf(ended);
      },
      async 'test-portal'(actor, of) {
        const portal = found(actor, of);
        if ('ok' in portal) return portal;
        const { ok, say } = await deps.testLine.send(portal);
        return ok ? { ok, value: { say } } : { ok, code: 'unavailable', say };
      },
    },
  };
}

function isOf(portal: Portal, channel: ChannelId): boolean {
  return portal.channel === channel || portal.home === channel;
}

function refusalOf({ code, say }: Problem): Refused {
  return { ok: false, code: code === 'taken' ? 'bad-request' : code, say };
}

const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NO_PORTAL = { ok: false, code: 'not-found', say: 'There is no such link.' } as const;
const NO_BRIDGE = { ok: false, code: 'bad-request', say: 'bridge: there is none of this name.' } as const;
const NOT_FOR_ALL = {
  ok: false,
  code: 'forbidden',
  say: 'Only the DJ of this chat and admins can see and change its links.',
} as const;
const ROOMS_CHOICE = {
  ok: false,
  code: 'forbidden',
  say: 'Acts of moderation may hold in more than that room, so somebody who administers it must allow them there.',
} as const;
