import type { ChannelId, MessageId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Logger } from '../../ops/log.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { RoomThrottle } from '../portals/throttle.ts';
import { type CommandDeps, sayOf } from './command.ts';
import { commandOf } from './read.ts';
import { runCommand } from './run.ts';

/** A command as it was given in the native chat: `bridge code`, without the sign in front. */
export interface NativeCommand {
  readonly channel: ChannelId;
  readonly text: string;
  readonly replyTo: MessageId | null;
}

export interface NativeDeps {
  readonly commands: CommandDeps;
  readonly facts: LiveFacts;
  readonly throttle: Pick<RoomThrottle, 'mayCommand'>;
  readonly logger: Logger;
  /** A cause of its own for each call: nothing tells it twice. */
  readonly newCause: () => string;
}

export type Act = (actor: Actor, given: NativeCommand) => Promise<Answer<{ readonly say: string }>>;

/** Commands of the native chat; the answer is for whoever asked alone. */
export function createAct(deps: NativeDeps): Act {
  const { facts, throttle, logger } = deps;
  return async (actor, { channel: id, text, replyTo }) => {
    const here = place(facts, actor, id, 'read');
    if (isReceipt(here)) return { ok: false, code: 'not-found', say: 'There is no such channel.' };
    const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
    const command = commandOf(name);
    if (command === null) {
      return { ok: false, code: 'not-found', say: `There is no command /${name.slice(0, 32)}. See /help.` };
    }
    if (!(await throttle.mayCommand(actor.user))) {
      return { ok: false, code: 'rate-limited', say: 'Too many commands at once; wait a moment.' };
    }
    const { channel, standing } = here;
    const mine = { actor, rank: standing.rank, picked: null, isPrivate: true, room: null };
    const call = { ...mine, channel, rest: rest.trim(), replyTo, prefix: '/' };
    const said = await runCommand(command, { ...call, cause: deps.newCause() }, deps.commands, logger);
    return { ok: true, value: { say: sayOf(said ?? 'Done.') } };
  };
}
