import type { Clock } from '../async/clock.ts';
import { modeAt } from '../domain/channel-mode.ts';
import type { BridgeId, RoomId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import type { Portals } from '../domain/portal.ts';
import { isJudged } from '../moderation/policy.ts';
import { isReceipt, place } from '../pipeline/address.ts';
import type { LiveFacts } from '../pipeline/live-facts.ts';
import type { SelfQuestions, WritingRoom } from '../plugin/asked/self.ts';
import type { Capabilities } from '../plugin/operations.ts';
import type { Answer } from '../plugin/surface.ts';

export interface WritingDeps {
  readonly facts: LiveFacts;
  readonly portals: Pick<Portals, 'list'>;
  /** Null while the bridge does not run on this hub. */
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  readonly platformOf: (bridge: BridgeId) => string;
  readonly clock: Pick<Clock, 'now'>;
}
type Question = SelfQuestions['writing'];

/** What to know of a channel before one writes there. */
export function createWriting(deps: WritingDeps) {
  const { facts, portals, clock } = deps;
  return async (actor: Actor, { channel }: Question[0]): Promise<Answer<Question[1]>> => {
    const here = place(facts, actor, channel, 'read');
    if (isReceipt(here)) return { ok: false, code: 'not-found', say: 'There is no such channel.' };
    const { slowSeconds, isShielded } = modeAt(facts.mode(channel), clock.now());
    const sent = portals.list().filter((one) => one.channel === channel && one.direction !== 'in' && !one.isPaused);
    const rooms = sent.map(({ bridge, room }) => roomOf(deps.platformOf(bridge), deps.can(bridge, room)));
    const { blur, rules } = facts.settings(channel);
    const slow = isJudged(here.standing.rank) ? slowSeconds : 0;
    return { ok: true, value: { slowSeconds: slow, isShielded, links: rules.links, blur, rooms } };
  };
}

function roomOf(platform: string, can: Capabilities | null): WritingRoom {
  if (can === null) return { platform, text: null, cannot: [] };
  const post = can.post?.limits;
  const cannot = (['edit', 'redact', 'react'] as const).filter((one) => can[one] === undefined);
  return {
    platform,
    text: post === undefined ? null : { limit: post.text, unit: post.unit },
    cannot: post === undefined || post.maxMedia > 0 ? cannot : [...cannot, 'media'],
  };
}
