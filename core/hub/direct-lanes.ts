import type { Choosing } from '../community/choices/choices.ts';
import { createDirectInlet, type DirectInlet } from '../community/directs/inlet.ts';
import { createDirectLanes, type DirectLanes } from '../community/directs/lanes.ts';
import { DIRECT_CHOICE, type DirectAnswer } from '../community/directs/texts.ts';
import { toPerson } from '../community/directs/to-person.ts';
import { createRoomThrottle } from '../community/portals/throttle.ts';
import type { BridgeId, ChannelId, RoomId, UserId } from '../domain/ids.ts';
import { parseChannelId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import type { Portals } from '../domain/portal.ts';
import type { Bridge } from '../plugin/bridge.ts';
import type { CourierDeps } from '../relay/courier.ts';
import type { Entry } from '../store/ports.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** Private conversations with people on other platforms. */
export interface DirectsElsewhere {
  readonly inlet: DirectInlet;
  /** What of this the courier needs. */
  readonly courier: Pick<CourierDeps, 'portals' | 'faceOf' | 'aim' | 'lookup'>;
  /** Their buttons. */
  readonly choosing: readonly [string, Choosing];
  /** A bridge of this platform is there. */
  onLoaded(bridge: BridgeId, platform: string): void;
  start(live: (bridge: BridgeId) => Bridge | null): Promise<void>;
}

type Parts = Pick<HubParts, 'sql' | 'live' | 'knowledge' | 'routing' | 'portals' | 'directs'>;
interface Late {
  readonly label: (platform: string) => string;
  readonly isCommand: (text: string) => boolean;
  readonly block: Parameters<typeof createDirectInlet>[0]['block'];
}

const ANSWERS: readonly DirectAnswer[] = ['accept', 'decline', 'block'];

export function openDirectsElsewhere(parts: Parts, options: HubOptions, late: Late): DirectsElsewhere {
  const { sql, live: opened, knowledge, routing, portals, directs } = parts;
  const { clock, log: logger, nativePlatform } = options;
  const { directory, history, views, tail } = knowledge;
  const bridges = new Map<string, BridgeId>();
  let readers: ReadonlySet<UserId> = new Set();
  let live: (bridge: BridgeId) => Bridge | null = () => null;
  const lanes = createDirectLanes({
    directory,
    bridgeOf: (platform) => bridges.get(platform) ?? null,
    readsHere: (user) => readers.size > 0 && directory.sameAs(user).some((one) => readers.has(one)),
    label: late.label,
  });
  const can = (bridge: BridgeId, room: RoomId) => live(bridge)?.capabilities(room) ?? null;

  /** People who linked an account of this hub: what is private they read here. */
  async function readReaders(): Promise<void> {
    const native = [nativePlatform, `${nativePlatform}-site`];
    const query = sql.build.selectFrom('person_links').select('user_id').where('platform', 'in', native);
    readers = new Set((await sql.read(query.compile())).map(({ user_id }) => user_id as UserId));
  }

  async function follow(batch: readonly Entry[]): Promise<void> {
    const changes = batch.filter(({ kind }) => kind === 'change');
    if (changes.length === 0) return;
    if (changes.some(({ body }) => body.includes('"person"'))) await readReaders();
    lanes.refresh();
  }
  tail.follow(follow);

  const throttle = createRoomThrottle();
  const inlet = createDirectInlet({
    desk: directs.desk,
    lanes,
    directory,
    route: routing.ask,
    copyOf: (lane, ref) => opened.store.deliveries.messageOf(lane, ref),
    block: late.block,
    isCommand: late.isCommand,
    can,
    mayAnswer: (bridge, room) => throttle.mayAnswer(bridge, room, false),
    clock,
    logger,
  });
  directs.reachBy({
    write: inlet.write,
    lanesOf: lanes.lanesOf,
    whyNot(platform) {
      const bridge = bridges.get(platform);
      if (bridge === undefined) return 'no bridge of this hub goes there.';
      const running = live(bridge);
      if (running === null || running.capabilities('' as RoomId).direct !== undefined) return null;
      return `${late.label(platform)} lets nobody be written to in private.`;
    },
  });

  return {
    inlet,
    courier: {
      portals: together(portals, lanes),
      faceOf(leg, bridge) {
        const led = lanes.leadsTo(leg.id);
        return led === null ? bridge : toPerson(led, bridge);
      },
      aim: lanes.aim,
      async lookup({ id, channel }, message) {
        const place = directory.channel(channel);
        const led = lanes.leadsTo(id);
        if (place === null) return null;
        // as whoever it leads to may see it
        return led === null ? history.message(place, message) : views.message(led.member.user, place, message);
      },
    },
    choosing: [DIRECT_CHOICE, (pressed, rest) => choose(inlet, pressed.actor, rest)],
    onLoaded(bridge, platform) {
      if (bridges.has(platform)) return;
      bridges.set(platform, bridge);
      lanes.refresh();
    },
    async start(liveNow) {
      live = liveNow;
      await readReaders();
      lanes.refresh();
    },
  };
}

async function choose(inlet: DirectInlet, actor: Actor, rest: string): Promise<string> {
  const [word = '', id = ''] = rest.split(' ');
  const answer = ANSWERS.find((one) => one === word);
  const channel: ChannelId | null = parseChannelId(id);
  return answer === undefined || channel === null
    ? 'This button is of no use any more.'
    : inlet.answer(actor, channel, answer);
}

/** The links of rooms, and the lanes to people. */
function together(rooms: Portals, lanes: DirectLanes): Portals {
  return {
    list: () => [...rooms.list(), ...lanes.list()],
    legs: () => [...rooms.legs(), ...lanes.legs()],
    onChange(listener) {
      const stops = [rooms.onChange(listener), lanes.onChange(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
