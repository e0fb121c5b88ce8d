import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { userIdOf } from '../../async/mint.ts';
import type { BridgeId, RoomId } from '../../domain/ids.ts';
import type { Actor, Inbound, InboundAccount, Stamped } from '../../domain/inbound.ts';
import type { Logger } from '../../ops/log.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import { StoreUnavailable } from '../../store/ports.ts';

/** Whoever pressed a button of the hub. */
export interface Pressed {
  readonly actor: Actor;
  readonly account: InboundAccount;
  readonly bridge: BridgeId;
  readonly room: RoomId;
}
/** @param rest what stands behind the name in the button's id. @returns the answer, for this person where it can be so */
export type Choosing = (pressed: Pressed, rest: string) => Promise<string>;

export interface ChoicesDeps {
  /** By what the id of a button begins with, in front of the colon. */
  readonly choosings: ReadonlyMap<string, Choosing>;
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  readonly mayCommand: (user: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Choices {
  take(stamped: Stamped, pressed: Extract<Inbound, { kind: 'choice' }>): void;
  settled(): Promise<void>;
}

const ANSWER_DEADLINE_MS = 10_000;
/** Under way at once; more are dropped. */
const MOST_RUNNING = 200;

export const NO_USE = 'This button is of no use any more.';

/** The id of a button; what it is for is read from it when it is pressed, however long after. At most 64 bytes. */
export function choiceId(name: string, rest: string): string {
  return `${name}:${rest}`;
}

/** Buttons that people press on platforms. Beside what else they say: a bridge that waits for its end could not be asked. */
export function createChoices(deps: ChoicesDeps): Choices {
  const { clock, logger } = deps;
  const running = new Set<Promise<void>>();

  async function choose({ platform, bridge }: Stamped, { by, room, id }: Pick<Asked, 'by' | 'room' | 'id'>) {
    const at = id.indexOf(':');
    const choosing = deps.choosings.get(id.slice(0, at));
    if (choosing === undefined) return NO_USE;
    try {
      return await choosing({ actor: actorOf(platform, by), account: by, bridge, room }, id.slice(at + 1));
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'The hub cannot do that now; try again.';
      logger.error({ err: error }, 'a button failed');
      return 'Something went wrong in the hub; try again.';
    }
  }

  async function run(stamped: Stamped, pressed: Asked): Promise<void> {
    if (!(await deps.mayCommand(userIdOf(stamped.platform, pressed.by.id)))) return;
    const say = await choose(stamped, pressed);
    const respond = deps.can(stamped.bridge, pressed.room)?.respond;
    if (respond === undefined) return;
    const text = [{ t: 'text', text: say }] as const;
    // a button's waiting can be answered for its presser alone also where what is written cannot
    const command = { ticket: pressed.ticket, text, choices: [], isPrivate: true };
    await withDeadline(clock, ANSWER_DEADLINE_MS, null, (signal) => respond.run(command, signal));
  }

  return {
    take(stamped, pressed) {
      if (running.size >= MOST_RUNNING || pressed.by.isBot) return;
      const ended = run(stamped, pressed)
        .catch((error: unknown) =>
          logger.warn({ bridge: stamped.bridge, say: error instanceof Error ? error.message : '' }, 'not answered'),
        )
        .finally(() => running.delete(ended));
      running.add(ended);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

type Asked = Extract<Inbound, { kind: 'choice' }>;

function actorOf(platform: string, { id, name, avatarUrl, isBot, isProved }: InboundAccount): Actor {
  const user = userIdOf(platform, id);
  return { user, name, platform, avatarUrl, isGuest: false, isBot, ...(isProved === false && { isProved }) };
}
