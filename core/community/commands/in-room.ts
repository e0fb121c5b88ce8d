import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { stepKey, userIdOf } from '../../async/mint.ts';
import type { BridgeId, RoomId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { RANKS, type Rank } from '../../domain/permission.ts';
import type { Logger } from '../../ops/log.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Given, RoomCommands } from '../../pipeline/receive.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import { hubLine } from '../portals/line.ts';
import { DEFAULT_PREFIX } from '../portals/merge.ts';
import type { RoomThrottle } from '../portals/throttle.ts';
import { type CommandCall, type CommandDeps, type Said, sayOf } from './command.ts';
import { commandOf, isCodeLine, type Read, readCommand, readDirect } from './read.ts';
import { runCommand } from './run.ts';

export interface InRoomDeps {
  readonly commands: CommandDeps;
  readonly facts: Pick<LiveFacts, 'channel' | 'standing'>;
  readonly throttle: RoomThrottle;
  /** What the bridge can do in this room; null while it is not live here. */
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface CommandsInRooms extends RoomCommands {
  /** Resolves when nothing runs and nothing is being answered any more. */
  settled(): Promise<void>;
}

const ANSWER_DEADLINE_MS = 10_000;
/** Acts that are known to have been told already. */
const MOST_KNOWN = 2_000;
/** Commands under way at once, over all rooms; more are dropped. */
const MOST_RUNNING = 200;
const UNPROVED = { isProved: false } as const;
const UNLINKED = 'This room is linked with no chat.';

const isModerator = (rank: Rank): boolean => RANKS.indexOf(rank) >= RANKS.indexOf('moderator');

/** Commands that people give in rooms: judged by the hub's own roles, answered there, once at most. */
export function createCommandsInRooms(deps: InRoomDeps): CommandsInRooms {
  const { facts, throttle, clock, logger } = deps;
  const running = new Set<Promise<void>>();
  const known = new Set<string>();

  /** Whether this act comes for the first time, as far as is remembered. */
  function isNew(cause: string): boolean {
    if (known.has(cause)) return false;
    known.add(cause);
    const [oldest] = known;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return true;
  }

  function readGiven({ said, portal, isDirect }: Given): Read | null {
    if ('text' in said && isDirect === true) return readDirect(said.text);
    if ('text' in said) return readCommand(said.text, portal?.prefix ?? DEFAULT_PREFIX, portal !== null);
    const command = commandOf(said.name);
    return command === null ? null : { command, rest: said.rest };
  }

  async function run(given: Given, { command, rest }: Read): Promise<void> {
    const { bridge, room, portal, by } = given;
    // what comes before its link is up is done all the same, if it can be done without an answer
    const can = deps.can(bridge, room) ?? {};
    if (!(await throttle.mayCommand(userIdOf(given.platform, by.id)))) return;
    if (portal === null && command.where === 'linked') return answer(given, can, UNLINKED, false);
    const call = callOf(given, rest, can);
    const said = await runCommand(command, call, deps.commands, logger);
    // somebody who picked a command waits for an answer
    const needed = said ?? (given.ticket === null ? null : UNLINKED);
    if (needed !== null) inBackground(answer(given, can, needed, isModerator(call.rank)));
  }

  function callOf(given: Given, rest: string, can: Capabilities): CommandCall {
    const { bridge, platform, room, portal, by, replyTo, cause } = given;
    const user = userIdOf(platform, by.id);
    const { name, avatarUrl, isBot } = by;
    const actor: Actor = {
      user,
      name,
      platform,
      avatarUrl,
      isGuest: false,
      isBot,
      ...(by.isProved === false && UNPROVED),
    };
    const channel = portal === null ? null : facts.channel(portal.channel);
    const rank = channel === null ? 'listener' : facts.standing(user, false, channel).rank;
    const prefix = portal?.prefix ?? DEFAULT_PREFIX;
    const isTicketPrivate = given.ticket !== null && can.respond?.limits.isPrivate === true;
    const isPrivate = given.isDirect === true || isTicketPrivate;
    const place = { channel, room: { bridge, room, account: by.id, can, portal, ref: given.ref }, isPrivate };
    return { actor, rank, rest, replyTo, picked: given.picked, prefix, ...place, cause };
  }

  async function answer(
    { bridge, room, ref, ticket, cause, by, isDirect }: Given,
    can: Capabilities,
    said: Said,
    byModerator: boolean,
  ): Promise<void> {
    if (!(await throttle.mayAnswer(bridge, room, byModerator))) return;
    const say = sayOf(said);
    const offered = typeof said === 'string' ? [] : said.choices;
    try {
      await withDeadline(clock, ANSWER_DEADLINE_MS, null, async (signal) => {
        if (ticket !== null && can.respond !== undefined) {
          const text = [{ t: 'text', text: say }] as const;
          const { isPrivate, choices: most } = can.respond.limits;
          await can.respond.run({ ticket, text, choices: offered.slice(0, most), isPrivate }, signal);
          return;
        }
        if (isDirect === true) {
          const text = [{ t: 'text', text: say }] as const;
          const speaker = { kind: 'hub' } as const;
          const choices = offered.slice(0, can.direct?.limits.choices ?? 0);
          await can.direct?.run({ to: by.id, speaker, text, choices, key: stepKey('answer', cause) }, signal);
          return;
        }
        const replyTo = can.post?.limits.reply === true ? ref : null;
        await can.post?.run(hubLine(room, say, stepKey('answer', cause), clock.now(), replyTo), signal);
      });
    } catch (error) {
      logger.warn({ bridge, room, say: error instanceof Error ? error.message : '' }, 'an answer was not given');
    }
  }

  function inBackground(task: Promise<void>): void {
    const ended = task
      .catch((error: unknown) => logger.error({ err: error }, 'a command failed'))
      .finally(() => running.delete(ended));
    running.add(ended);
  }

  return {
    isCommand: (text, portal) => readCommand(text, portal?.prefix ?? DEFAULT_PREFIX, portal !== null) !== null,
    isDirect: (text) => readDirect(text) !== null,
    isCode: isCodeLine,
    async take(given) {
      const read = readGiven(given);
      if (read === null || !isNew(given.cause) || running.size >= MOST_RUNNING) return;
      if (read.command.isSlow) inBackground(run(given, read));
      else await run(given, read);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
