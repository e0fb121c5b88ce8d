import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { stepKey, userIdOf } from '../../async/mint.ts';
import { plainText } from '../../domain/content.ts';
import type { BridgeId, ChannelId, MessageId, PortalId, RoomId, UserId } from '../../domain/ids.ts';
import { parseUserId } from '../../domain/ids.ts';
import type { Actor, Inbound, Stamped } from '../../domain/inbound.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { Logger } from '../../ops/log.ts';
import type { Asked } from '../../pipeline/address.ts';
import type { InPrivateDeps } from '../../pipeline/in-private.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { skeletonOf } from '../accounts/names.ts';
import type { By, ConversationDesk } from './conversations.ts';
import { askedText, askerOf } from './deeds.ts';
import type { DirectLanes } from './lanes.ts';
import { type DirectAnswer, HOW_TO_WRITE } from './texts.ts';

type Said = Extract<Inbound, { kind: 'direct' }>;

/** What people on other platforms say to the bot or to somebody's ghost alone. */
export interface DirectInlet extends Pick<InPrivateDeps, 'channelsOf' | 'placeOf'> {
  /** @returns null when it is nothing for a conversation */
  take(stamped: Stamped, said: Said): Promise<Receipt | null>;
  /** They have written what leads nowhere: one line says how to write to people. */
  hint(stamped: Stamped, said: Said): Promise<void>;
  /** Somebody answers an invitation. @returns what to tell them */
  answer(actor: Actor, channel: ChannelId, answer: DirectAnswer): Promise<string>;
  /** Writes to these people. @returns what to tell whoever writes; null: nothing */
  write(
    by: By,
    users: readonly UserId[],
    asked: Pick<Asked, 'origin' | 'key'> & Pick<Said, 'content'>,
  ): Promise<string | null>;
}

export interface InletDeps {
  readonly desk: ConversationDesk;
  readonly lanes: Pick<DirectLanes, 'of'>;
  readonly directory: Pick<Directory, 'channel' | 'conversations' | 'sameAs'>;
  readonly route: (asked: Asked) => Promise<Receipt>;
  /** The message that a native id is a copy of, in this lane. */
  readonly copyOf: (lane: PortalId, ref: RemoteRef) => Promise<MessageId | null>;
  readonly block: (
    actor: Actor,
    whom: { readonly user: UserId; readonly name: string; readonly platform: string },
  ) => Promise<void>;
  readonly isCommand: (text: string) => boolean;
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  readonly mayAnswer: (bridge: BridgeId, room: RoomId) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DONE: Receipt = { kind: 'unchanged', id: null, seq: null };
const DEADLINE_MS = 10_000;
const ANSWER = /^!(accept|decline|no|block)(?:\s+(.{1,100}))?$/iu;

export function createDirectInlet(deps: InletDeps): DirectInlet {
  const { desk, directory, lanes } = deps;

  async function tell({ bridge }: Stamped, { by, ref }: Said, say: string): Promise<void> {
    if (!(await deps.mayAnswer(bridge, ref.room))) return;
    const direct = deps.can(bridge, ref.room)?.direct ?? deps.can(bridge, by.id as string as RoomId)?.direct;
    if (direct === undefined) return;
    const text = [{ t: 'text', text: say }] as const;
    const command = {
      to: by.id,
      speaker: { kind: 'hub' },
      text,
      choices: [],
      key: stepKey('told', bridge, ref.id, say),
    } as const;
    try {
      await withDeadline(deps.clock, DEADLINE_MS, null, (signal) => direct.run(command, signal));
    } catch (error) {
      deps.logger.warn({ bridge, say: error instanceof Error ? error.name : '' }, 'an answer was not given');
    }
  }

  async function answer(actor: Actor, channel: ChannelId, given: DirectAnswer): Promise<string> {
    const asker = askerOf(directory, channel, actor.user);
    const answered = await desk.answer(actor.user, channel, given === 'accept' ? 'accept' : 'decline');
    if (!answered.ok) return answered.say;
    if (given === 'block' && asker !== null) await deps.block(actor, asker);
    const name = asker?.name ?? 'They';
    switch (given) {
      case 'accept':
        return `You can write to each other now. Reply to what ${name} says, or write !msg ${name} and the text.`;
      case 'decline':
        return `${name} cannot write to you.`;
      case 'block':
        return `${name} is blocked.`;
    }
  }

  /** The invitation that is meant: by the name of whoever asks, or the only one. */
  function waitingFrom(user: UserId, name: string, to: UserId | null): ChannelId | null {
    const waiting = desk.waiting(user);
    const fits = waiting.filter(({ channel }) => {
      const asker = askerOf(directory, channel, user);
      if (asker === null) return false;
      if (name === '') return to === null || directory.sameAs(to).includes(asker.user);
      return skeletonOf(asker.name) === skeletonOf(name);
    });
    return fits.length === 1 ? (fits[0]?.channel ?? null) : null;
  }

  /** `!accept Ann` and the like. @returns null when it is none, or nobody has asked */
  async function answerTyped(stamped: Stamped, said: Said, to: UserId | null): Promise<Receipt | null> {
    const [, word = '', name = ''] = ANSWER.exec(plainText(said.content.rich).trim()) ?? [];
    if (word === '') return null;
    const actor = actorOf(stamped.platform, said);
    const channel = waitingFrom(actor.user, name.trim().replace(/^@/, ''), to);
    if (channel === null) return null;
    const given = word.toLowerCase();
    await tell(
      stamped,
      said,
      await answer(actor, channel, given === 'accept' || given === 'block' ? given : 'decline'),
    );
    return DONE;
  }

  async function post(stamped: Stamped, said: Said, channel: ChannelId, replyTo: MessageId | null): Promise<Receipt> {
    const { bridge } = stamped;
    const actor = actorOf(stamped.platform, said);
    const receipt = await deps.route({
      actor,
      request: { kind: 'message', channel, content: said.content, replyTo },
      origin: { bridge, ref: said.ref },
      key: keyOf(bridge, said.ref),
      clientKey: null,
      again: true,
    });
    if (receipt.kind === 'refused' || (receipt.kind === 'accepted' && receipt.say !== undefined)) {
      await tell(stamped, said, receipt.say ?? '');
    }
    return receipt;
  }

  async function toGhost(stamped: Stamped, said: Said, to: UserId): Promise<Receipt> {
    const opened = await desk.open({ actor: actorOf(stamped.platform, said), account: said.by.id }, [to]);
    if (!opened.ok) {
      await tell(stamped, said, opened.say);
      return DONE;
    }
    const receipt = await post(stamped, said, opened.value.channel.id, null);
    const asked = askedText(opened.value);
    if (asked !== null && receipt.kind === 'accepted') await tell(stamped, said, asked);
    return receipt;
  }

  async function toReplied(stamped: Stamped, said: Said, ref: RemoteRef): Promise<Receipt | null> {
    const user = userIdOf(stamped.platform, said.by.id);
    for (const { leg, member } of lanes.of(user, stamped.bridge)) {
      const found = await deps.copyOf(leg.id, ref);
      if (found === null) continue;
      if (member.state === 'in') return post(stamped, said, leg.channel, found);
    }
    return null;
  }

  return {
    async take(stamped, said) {
      if (said.by.isBot) return DONE;
      const to = said.to === undefined ? null : parseUserId(said.to);
      const answered = await answerTyped(stamped, said, to);
      if (answered !== null) return answered;
      const text = plainText(said.content.rich).trim();
      if (/^[^\p{L}\p{N}\s]/u.test(text) && deps.isCommand(text)) return null;
      // what they answer tells which conversation is meant, also where the ghost of its author stands for several
      const answer = said.replyTo === undefined ? null : await toReplied(stamped, said, said.replyTo);
      return answer ?? (to === null ? null : toGhost(stamped, said, to));
    },
    channelsOf: (user, bridge) => lanes.of(user, bridge).map(({ leg }) => leg.channel),
    async placeOf(user, bridge, ref) {
      for (const { leg } of lanes.of(user, bridge)) {
        const id = await deps.copyOf(leg.id, ref);
        if (id !== null) return { channel: leg.channel, id };
      }
      return null;
    },
    hint: (stamped, said) => (said.by.isBot ? Promise.resolve() : tell(stamped, said, HOW_TO_WRITE)),
    answer,
    async write(by, users, { content, origin, key }) {
      const opened = await desk.open(by, users);
      if (!opened.ok) return opened.say;
      const { channel } = opened.value;
      const request = { kind: 'message', channel: channel.id, content, replyTo: null } as const;
      const receipt = await deps.route({ actor: by.actor, request, origin, key, clientKey: null, again: false });
      if (receipt.kind === 'refused') return receipt.say;
      const held = receipt.kind === 'accepted' ? receipt.say : undefined;
      return [askedText(opened.value), held].filter((line) => line != null).join(' ') || null;
    },
  };
}

/** The same as of anything else that is said on a platform. */
function keyOf(bridge: BridgeId, ref: RemoteRef): string {
  return stepKey('inbound', bridge, ref.room, ref.id);
}

function actorOf(platform: string, { by }: Said): Actor {
  const user = userIdOf(platform, by.id);
  return { user, name: by.name, platform, avatarUrl: by.avatarUrl, isGuest: false, isBot: by.isBot };
}
