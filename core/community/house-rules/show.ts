import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { stepKey, userIdOf } from '../../async/mint.ts';
import { createSerialByKey } from '../../async/serial-by-key.ts';
import type { Channel } from '../../domain/channel.ts';
import type { HouseRules } from '../../domain/house-rules.ts';
import type { BridgeId, EpochMs, PortalId, RoomId, UserId } from '../../domain/ids.ts';
import type { InboundAccount } from '../../domain/inbound.ts';
import type { Portal } from '../../domain/portal.ts';
import { isJudged } from '../../moderation/policy.ts';
import type { Logger } from '../../ops/log.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Came } from '../../pipeline/receive.ts';
import { isBridgeError } from '../../plugin/errors.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import type { HouseRulesBook } from '../../store/directory/house-rules-book.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { choiceId } from '../choices/choices.ts';
import { hubLine } from '../portals/line.ts';
import { createLastTimes } from './last-times.ts';
import type { RuleLines } from './lines.ts';
import { privateText, roomText } from './say.ts';

/** Shows house rules to people on platforms: to each alone where that can be, else to the room, rarely. */
export interface ShowRules {
  came(came: Came): void;
  settled(): Promise<void>;
}

export interface ShowDeps {
  readonly book: HouseRulesBook;
  readonly facts: Pick<LiveFacts, 'channel' | 'standing' | 'sameAs' | 'settings'>;
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  readonly lines: RuleLines;
  /** Rooms that do not want the hub to say anything by itself. */
  readonly quiet: ReadonlySet<PortalId>;
  readonly sql: Pick<Sql, 'build' | 'write'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Name of the button that accepts rules. */
export const ACCEPT = 'rules';
/** A room is told at most once in this time, and one person alone too. */
const SELDOM_MS = 10 * 60_000;
const POST_DEADLINE_MS = 10_000;
/** Under way at once; who comes while there are more is shown them next time. */
const MOST_RUNNING = 200;
/** People to whom nothing can be said alone, and rooms and people with the time when they were told. */
const MOST_REMEMBERED = 5_000;

export function createShowRules(deps: ShowDeps): ShowRules {
  const { book, facts, lines, clock, logger } = deps;
  const rooms = createSerialByKey<string>();
  const running = new Set<Promise<void>>();
  const lastTold = createLastTimes(MOST_REMEMBERED);
  const unreachable = createLastTimes(MOST_REMEMBERED);

  async function show({ portal, platform, by, how }: Came, channel: Channel, rules: HouseRules): Promise<void> {
    const user = userIdOf(platform, by.id);
    if (!isJudged(facts.standing(user, false, channel).rank)) return;
    const users = facts.sameAs(user);
    await book.know(users);
    if (book.isAccepted(users, rules) || (how !== 'held' && book.isTold(users, rules))) return;
    const can = deps.can(portal.bridge, portal.room);
    if (can === null || (await alone(can, { portal, by, user, channel, rules }))) return;
    // whoever only comes in is told with the others once they write
    if (how !== 'joined') await rooms.run(roomOf(portal), () => inRoom(can, portal, user, rules));
  }

  /** Whether this person was told alone, lately or now. */
  async function alone({ direct }: Capabilities, { portal, by, user, channel, rules }: Told): Promise<boolean> {
    const key = `${user} ${rules.channel}`;
    const now = clock.now();
    if (direct?.limits.toAnyone !== true || unreachable.isWithin(user, now, SELDOM_MS)) return false;
    if (lastTold.isWithin(key, now, SELDOM_MS)) return true;
    lastTold.set(key, now);
    const hasButton = direct.limits.choices > 0;
    const must = facts.settings(rules.channel).acceptance !== 'off';
    const text = privateText(rules, channel.name, must, hasButton, direct.limits.text);
    const id = choiceId(ACCEPT, `${rules.version}:${rules.channel}`);
    const command = {
      to: by.id,
      speaker: { kind: 'hub' } as const,
      text: [{ t: 'text', text } as const],
      choices: hasButton ? [{ id, label: 'Accept' }] : [],
      key: stepKey('house-rules', rules.channel, String(rules.version), user, String(now)),
    };
    try {
      const ref = await withDeadline(clock, POST_DEADLINE_MS, null, (signal) => direct.run(command, signal));
      await noteTold(user, rules, now);
      await lines.add(portal.bridge, [ref], rules, now);
      return true;
    } catch (error) {
      logger.info({ bridge: portal.bridge, say: sayOf(error) }, 'somebody could not be shown the rules alone');
      if (!isBridgeError(error) || error.failure.kind !== 'permanent') return true;
      unreachable.set(user, now);
      return false;
    }
  }

  /** Told already, the room is left alone: who writes now can read it above. */
  async function inRoom({ post, react }: Capabilities, portal: Portal, user: UserId, rules: HouseRules): Promise<void> {
    const { bridge, room } = portal;
    if (post === undefined || deps.quiet.has(portal.id)) return;
    const now = clock.now();
    const key = roomOf(portal);
    if (!lastTold.has(key)) lastTold.set(key, (await lines.newestIn(bridge, room)) ?? NEVER);
    if (!lastTold.isWithin(key, now, SELDOM_MS)) {
      lastTold.set(key, now);
      const must = facts.settings(rules.channel).acceptance === 'everywhere';
      const text = roomText(rules, portal.prefix, must, react !== undefined, post.limits);
      const line = hubLine(room, text, stepKey('house-rules', bridge, room, String(now)), now);
      try {
        const refs = await withDeadline(clock, POST_DEADLINE_MS, null, (signal) => post.run(line, signal));
        await lines.add(bridge, refs, rules, now);
      } catch (error) {
        logger.info({ bridge, room, say: sayOf(error) }, 'a room could not be told its rules');
        return;
      }
    }
    await noteTold(user, rules, now);
  }

  async function noteTold(user: UserId, rules: HouseRules, at: EpochMs): Promise<void> {
    book.told(user, rules);
    const { channel, version } = rules;
    const row = { user_id: user, channel_id: channel, told_version: version, told_at: at };
    const upsert = deps.sql.build
      .insertInto('house_rule_people')
      .values({ ...row, accepted_version: 0, accepted_at: null })
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'channel_id'])
          .doUpdateSet({ told_version: version, told_at: at })
          .where('house_rule_people.told_version', '<', version),
      );
    await deps.sql.write([{ query: upsert.compile() }]);
  }

  return {
    came(came) {
      const channel = facts.channel(came.channel);
      const rules = channel === null ? null : book.of(channel);
      if (channel === null || rules === null || came.by.isBot || running.size >= MOST_RUNNING) return;
      const showing = show(came, channel, rules)
        .catch((error: unknown) => logger.warn({ say: sayOf(error) }, 'rules were not shown'))
        .finally(() => running.delete(showing));
      running.add(showing);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

interface Told {
  readonly portal: Portal;
  readonly by: InboundAccount;
  readonly user: UserId;
  readonly channel: Channel;
  readonly rules: HouseRules;
}

const NEVER = 0 as EpochMs;
const roomOf = ({ bridge, room }: Portal): string => JSON.stringify([bridge, room]);
const sayOf = (error: unknown): string => (error instanceof Error ? error.message : '');
