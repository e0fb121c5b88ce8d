import { stepKey } from '../async/mint.ts';
import { type Conversations, createConversations } from '../community/directs/aside.ts';
import { type ConversationDesk, createConversationDesk } from '../community/directs/conversations.ts';
import { startReleases } from '../community/directs/releases.ts';
import { noticeStep } from '../pipeline/steps.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { HubOptions } from './options.ts';

export interface Directs {
  readonly desk: ConversationDesk;
  readonly conversations: Conversations;
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
}

/** Private conversations on this hub. */
export function openDirects({ sql, live, knowledge }: Parts, { clock, log: logger }: HubOptions): Directs {
  const { directory, history, views } = knowledge;
  const { log } = live.store;
  const desk = createConversationDesk({
    sql,
    directory,
    clock,
    whyNot: () => 'no bridge of this hub can write to people there.',
    owe: async () => undefined,
    async ask(channel, member, by) {
      const say = `${by.name} has asked ${member.name} in.`;
      const key = stepKey('asked', channel.id, member.user, String(member.since));
      const step = noticeStep(channel, 'invited', say, key, clock.now());
      await log.append({ ...step, note: { actor: by.user, asks: member.user } });
    },
  });
  const conversations = createConversations({ directory, views, askAgain: desk.askAgain });
  const releases = startReleases({ sql, log, directory, history, views, clock, logger });
  return { desk, conversations, stop: releases.stop };
}
