import { BlockList, isIP } from 'node:net';
import { newRowId, stepKey } from '../async/mint.ts';
import { crewOf } from '../community/crew/crews.ts';
import { createAttempt } from '../community/hooks-out/attempt.ts';
import { createHookOutAsked, type HookOutAsked } from '../community/hooks-out/deeds.ts';
import { createDeliveries } from '../community/hooks-out/deliveries.ts';
import type { LaneDeps } from '../community/hooks-out/lane.ts';
import { type Lanes, startLanes } from '../community/hooks-out/lanes.ts';
import { createSource } from '../community/hooks-out/source.ts';
import { createSubscriptions, type Subscription } from '../community/hooks-out/subscriptions.ts';
import { isConversation } from '../domain/conversation.ts';
import type { HubId } from '../domain/ids.ts';
import { createOutside, type Outside } from '../media/outside.ts';
import { noticeStep } from '../pipeline/steps.ts';
import type { HookPause } from '../plugin/asked/hooks-out.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import { waitForLease } from '../supervisor/lease.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { HubOptions } from './options.ts';
import type { Order } from './order.ts';

/** Webhooks by which others are told what happens here. */
export interface HooksOut extends HookOutAsked {
  stop(): Promise<void>;
}

interface Parts {
  readonly id: HubId;
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
  readonly order: Pick<Order, 'append'>;
}

const TOPIC = 'webhooks-out';

export function openHooksOut(parts: Parts, options: HubOptions): HooksOut {
  const { id: hub, sql, live, knowledge, order } = parts;
  const { config, clock, log } = options;
  const logger = log.child({ part: 'webhooks' });
  const { directory, facts, history, views, tail, headSeq } = knowledge;
  const { signals, leases } = live.store;
  const outside = withOwn(options.outside ?? createOutside(), config.webhooks.privateTargets);
  const subscriptions = createSubscriptions({ sql, clock });
  const deliveries = createDeliveries(sql);
  const source = createSource({ facts, directory, history, views, sql, clock });
  const attempt = createAttempt({ outside, clock });
  const stopping = new AbortController();
  let lanes: Lanes | null = null;

  /** In the crew channel of the DJ; in a conversation to its owner alone. The list of subscriptions shows it in any case. */
  async function tellPaused({ id, owner, channel, url }: Subscription, why: HookPause): Promise<void> {
    logger.warn({ webhook: id, channel, why }, 'a webhook is paused');
    const place = directory.channel(channel);
    if (place === null) return;
    const isAside = isConversation(place.kind);
    const crew = place.owner === null ? null : crewOf(directory, place.owner);
    const where = isAside ? place : crew;
    if (where === null) return;
    const say = `The webhook to ${new URL(url).host} of ${place.name} is paused: ${SAY[why]}.`;
    const step = noticeStep(where, 'webhook-paused', say, stepKey('webhook-paused', id, newRowId()), clock.now());
    await order.append({ ...step, note: { relay: 'none', ...(isAside && { only: owner }) } });
  }

  const laneDeps: LaneDeps = { subscriptions, deliveries, source, attempt, sql, tellPaused, clock, logger };

  tail.follow((batch) => {
    if (lanes === null) return;
    for (const { channel } of batch) if (channel !== null) lanes.wake(channel);
  });
  const stopHearing = signals.hear((topic) => {
    if (topic === TOPIC) lanes?.refresh();
  });

  async function reign(): Promise<void> {
    const lease = await waitForLease(TOPIC, stopping.signal, { leases, hub, clock, logger }, () => {});
    if (lease === null) return;
    lanes = startLanes(laneDeps);
    const over = AbortSignal.any([stopping.signal, lease.lost]);
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    const ending = lanes;
    lanes = null;
    await ending.stop();
    await lease.release();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await reign();
  }
  const running = run();

  return {
    ...createHookOutAsked({
      ...laneDeps,
      facts,
      outside,
      headSeq,
      append: order.append,
      changed() {
        lanes?.refresh();
        signals.say(TOPIC, '{}');
      },
      stopping: stopping.signal,
    }),
    async stop() {
      stopHearing();
      stopping.abort();
      await running;
    },
  };
}

const SAY: Readonly<Record<HookPause, string>> = {
  asked: 'as was asked',
  failed: 'nothing has arrived there for days',
  gone: 'it says that it is gone',
  'not-allowed': 'its owner may not see this channel any more',
};

/** The public internet, and what the operator has named besides. */
function withOwn(outside: Outside, networks: readonly string[]): Outside {
  const own = new BlockList();
  for (const network of networks) addNetwork(own, network);
  return {
    isAllowed: (address) =>
      outside.isAllowed(address) || (isIP(address) !== 0 && own.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')),
    resolve: outside.resolve,
  };
}

function addNetwork(list: BlockList, network: string): void {
  if (network === 'loopback') {
    list.addSubnet('127.0.0.0', 8, 'ipv4');
    list.addAddress('::1', 'ipv6');
    return;
  }
  const [address = '', bits] = network.split('/');
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}
