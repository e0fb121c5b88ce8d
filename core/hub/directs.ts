import { newMessageId, stepKey } from '../async/mint.ts';
import { type Conversations, createConversations } from '../community/directs/aside.ts';
import { type ConversationDesk, createConversationDesk } from '../community/directs/conversations.ts';
import type { DirectInlet } from '../community/directs/inlet.ts';
import { startReleases } from '../community/directs/releases.ts';
import type { Channel } from '../domain/channel.ts';
import { scopeOf } from '../domain/channel.ts';
import type { Member } from '../domain/conversation.ts';
import type { Seq } from '../domain/ids.ts';
import type { Leg } from '../domain/portal.ts';
import { noticeStep } from '../pipeline/steps.ts';
import { START } from '../store/ports.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { HubOptions } from './options.ts';

/** How people on other platforms are reached, once the bridges are known. */
export interface Reach {
  readonly whyNot: (platform: string) => string | null;
  readonly lanesOf: (member: Member) => readonly Leg[];
  readonly write: DirectInlet['write'];
}

export interface Directs {
  readonly desk: ConversationDesk;
  readonly conversations: Conversations;
  /** Writes to these people. @returns what to tell whoever writes; null: nothing */
  readonly write: DirectInlet['write'];
  reachBy(reach: Reach): void;
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
}

const NOBODY: Reach = {
  whyNot: () => 'no bridge of this hub goes there.',
  lanesOf: () => [],
  write: async () => 'The hub is starting; try again.',
};

/** Private conversations on this hub. */
export function openDirects({ sql, live, knowledge }: Parts, { clock, log: logger }: HubOptions): Directs {
  const { directory, history, views } = knowledge;
  const { log, deliveries } = live.store;
  let reach = NOBODY;

  /** A lane begins with what is said from now on, however late it is served. */
  async function owe(channel: Channel, member: Member): Promise<void> {
    const scope = scopeOf(channel);
    const at = (await log.heads())[log.shardOf(scope)] ?? START;
    const { head } = await log.bounds(scope, channel.id);
    const seq = head ?? knowledge.headSeq(channel.id) ?? (0 as Seq);
    for (const { id } of reach.lanesOf(member)) await deliveries.open(id, at, seq);
  }

  const desk = createConversationDesk({
    sql,
    directory,
    clock,
    whyNot: (platform) => reach.whyNot(platform),
    owe,
    async ask(channel, member, by) {
      const say = `${by.name} has asked ${member.name} in.`;
      const key = stepKey('asked', channel.id, member.user, String(member.since));
      const step = noticeStep(channel, 'invited', say, key, clock.now());
      await log.append({ ...step, note: { actor: by.user, asks: { user: member.user, id: newMessageId() } } });
    },
  });
  const conversations = createConversations({ directory, views, askAgain: desk.askAgain });
  const releases = startReleases({ sql, log, directory, history, views, clock, logger });
  return {
    desk,
    conversations,
    write: (by, users, asked) => reach.write(by, users, asked),
    reachBy(now) {
      reach = now;
    },
    stop: releases.stop,
  };
}
