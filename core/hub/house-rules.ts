import { withDeadline } from '../async/deadline.ts';
import { stepKey, userIdOf } from '../async/mint.ts';
import { type Choosing, NO_USE } from '../community/choices/choices.ts';
import { acceptedText } from '../community/commands/accept.ts';
import { createHouseRulesDeeds, createHouseRulesQuestions } from '../community/house-rules/deeds.ts';
import { type Accepted, createHouseRulesDesk, type HouseRulesDesk } from '../community/house-rules/desk.ts';
import { createRuleLines, isAgreeing } from '../community/house-rules/lines.ts';
import { createShowRules } from '../community/house-rules/show.ts';
import { createRulesVersions } from '../community/house-rules/versions.ts';
import { createWaiting } from '../community/house-rules/waiting.ts';
import { configuredId } from '../community/portals/merge.ts';
import type { BridgeId, ChannelId, EpochMs, RoomId } from '../domain/ids.ts';
import type { Actor, Inbound, Stamped } from '../domain/inbound.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { ReceiveDeps } from '../pipeline/receive.ts';
import type { Capabilities } from '../plugin/operations.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { Moderation } from './moderation.ts';
import type { HubOptions } from './options.ts';
import type { Order } from './order.ts';
import type { Routing } from './routing.ts';

/** House rules on this hub. */
export interface OpenedHouseRules {
  readonly desk: HouseRulesDesk;
  readonly deeds: ReturnType<typeof createHouseRulesDeeds>;
  readonly questions: ReturnType<typeof createHouseRulesQuestions>;
  /** The button that accepts rules. */
  readonly choose: Choosing;
  readonly inward: Pick<ReceiveDeps, 'came' | 'agreed'>;
  /** @param can what the bridge can do in a room; null while it is not live here */
  start(can: (bridge: BridgeId, room: RoomId) => Capabilities | null): void;
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly knowledge: Knowledge;
  readonly routing: Pick<Routing, 'untilFresh'>;
  readonly order: Pick<Order, 'append'>;
  readonly moderation: Pick<Moderation, 'desk'>;
}

const SWEEP_MS = 60_000;
/** A reaction on an older line accepts nothing. */
const LINES_KEPT_MS = 60 * 24 * 60 * 60_000;
const ANSWER_DEADLINE_MS = 10_000;

export function openHouseRules(
  { sql, knowledge, routing, order, moderation }: Parts,
  options: HubOptions,
): OpenedHouseRules {
  const { config, clock, log: logger } = options;
  const { facts, directory, rules } = knowledge;
  const book = directory.houseRules;
  const { finder } = moderation.desk;
  let can: Parameters<OpenedHouseRules['start']>[0] = () => null;
  const { untilFresh } = routing;
  const waiting = createWaiting({ ...knowledge, untilFresh, clock });
  const desk = createHouseRulesDesk({ facts, directory, waiting, append: order.append, sql, clock });
  const lines = createRuleLines(sql);
  const quiet = new Set(config.portals.filter(({ notice }) => !notice).map(configuredId));
  const showing = createShowRules({ book, facts, can: (...at) => can(...at), lines, quiet, sql, clock, logger });
  rules.bind(({ bridge, ref }) => {
    const able = ref === null ? null : can(bridge, ref.room);
    // of a bridge whose link is coming up nobody can say yet: it waits a moment
    return ref === null || able === null || able.direct?.limits.toAnyone === true;
  });

  async function sweep(): Promise<void> {
    await waiting.sweep();
    await lines.sweep((clock.now() - LINES_KEPT_MS) as EpochMs);
  }
  const look = (): void => {
    sweeping ??= sweep()
      .catch((error: unknown) => logger.warn({ err: error }, 'what waits for rules was not looked through'))
      .finally(() => {
        sweeping = null;
      });
  };
  let sweeping: Promise<void> | null = null;
  const stopSweeping = clock.every(SWEEP_MS, look);

  async function accept(actor: Actor, channel: ChannelId, version: number): Promise<string> {
    return textOf(await desk.accept(actor, channel, version));
  }

  /** A reaction on a line that shows rules; told alone, where that can be, what came of it. */
  async function agreed({ bridge, platform }: Stamped, said: Extract<Inbound, { kind: 'reaction' }>): Promise<boolean> {
    const { by, ref, emoji, on, eventId } = said;
    if (!book.hasAny() || !on || by.isBot || !isAgreeing(emoji)) return false;
    const line = await lines.at(bridge, ref);
    if (line === null) return false;
    const user = userIdOf(platform, by.id);
    const actor = { user, name: by.name, platform, avatarUrl: by.avatarUrl, isGuest: false, isBot: false };
    const say = await accept(actor, line.channel, line.version);
    const direct = can(bridge, ref.room)?.direct;
    if (direct?.limits.toAnyone === true) {
      const key = stepKey('rules-agreed', bridge, eventId);
      const command = {
        to: by.id,
        speaker: { kind: 'hub' },
        text: [{ t: 'text', text: say }],
        choices: [],
        key,
      } as const;
      withDeadline(clock, ANSWER_DEADLINE_MS, null, (signal) => direct.run(command, signal)).catch((error: unknown) =>
        logger.info({ bridge, say: error instanceof Error ? error.message : '' }, 'not answered'),
      );
    }
    return true;
  }

  return {
    desk,
    deeds: createHouseRulesDeeds(desk),
    questions: createHouseRulesQuestions(desk, createRulesVersions({ ...knowledge, book, finder, sql })),
    choose: ({ actor }, rest) => {
      const [, version = '', channel = ''] = /^(\d{1,6}):(.+)$/.exec(rest) ?? [];
      return version === '' ? Promise.resolve(NO_USE) : accept(actor, channel as ChannelId, Number(version));
    },
    inward: { came: showing.came, agreed },
    start(now) {
      can = now;
      look();
    },
    async stop() {
      stopSweeping();
      await showing.settled();
      await sweeping;
    },
  };
}

function textOf(done: Accepted | Receipt): string {
  if (!('kind' in done)) return acceptedText(done);
  return done.kind === 'refused' ? done.say : 'The hub cannot do that now; try again.';
}
